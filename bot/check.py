"""`verbatim check`: what works, what does not, and what to do about it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.config import Settings
from bot.services.compute import Compute
from bot.services.errors import UserError
from bot.services.wording import count
from bot.shards import told as shards_told
from bot.turnstile import SPARE
from storage.base import Shards
from storage.errors import StorageError
from storage.looking import Look, look
from storage.migrate import HEAD
from summariser.errors import MissingPipelineError, SummariserError
from summariser.limits import Limits

SAMPLE = Path(__file__).parent / "samples" / "1-tamboro-mirror.txt"

_DISCORD = "https://discord.com/api/v10"
_SECONDS = 5
# A copy before a migration, a log of what is being written: below this a start may fail half-way. Bytes.
_LEAST_ROOM = 64 * 2**20
# Discord's application flags GATEWAY_MESSAGE_CONTENT and GATEWAY_MESSAGE_CONTENT_LIMITED.
_MESSAGE_CONTENT = 1 << 18 | 1 << 19


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried."""

    ok: bool
    what: str
    told: str


async def check(settings: Settings) -> AsyncIterator[Finding]:
    """Try everything that the settings name, one thing after another; nothing is written anywhere."""
    yield Finding(True, "Settings", "read, and each of them is valid.")
    async for finding in _database(settings):
        yield finding
    yield await _reading(settings)
    if settings.spacy_pipeline:
        yield await _naming(settings, settings.spacy_pipeline)
    async for finding in _discord(settings):
        yield finding


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    try:
        found = await look(settings.database_url)
    except StorageError as error:
        yield Finding(False, "Database", str(error))
        return
    yield _stands(found)
    if found.watching and not settings.message_content_intent:
        servers = count(found.watching, "server has", "servers have")
        told = f"{servers} set channels to watch, and nothing posted there is seen."
        advice = "Allow the intent in the developer portal and set MESSAGE_CONTENT_INTENT=true."
        yield Finding(False, "Watched channels", f"{told} {advice}")


def _stands(found: Look) -> Finding:
    """Tell how the database stands."""
    what = "Database"
    if found.verdict != "ok":
        kept = "the last good copy of the file" if found.server is None else "the last good backup of the database"
        advice = f"Stop the bot and put {kept} in its place."
        return Finding(False, what, f"its integrity check says: {found.verdict}. {advice}")
    if found.room is not None and found.room < _LEAST_ROOM:
        told = f"only {count(found.room // 2**20, 'MiB', 'MiB')} are free on the disk of {found.path}. Make room there."
        return Finding(False, what, told)
    return Finding(True, what, _told_of(found))


def _told_of(found: Look) -> str:
    """Tell how a database stands in which nothing is wrong."""
    if found.server is None and found.path is None:
        return "in memory, so that nothing outlives the process."
    if found.revision is None and found.server is not None:
        return f"{found.server} is empty, and its tables are made at the first start."
    if found.revision is None:
        return f"{found.path} is not there yet, and is made at the first start."
    sound = f"{found.server} is sound, and" if found.server else "is whole, can be written, and"
    if found.revision == HEAD:
        return f"{sound} stands at revision {HEAD}."
    kept = "" if found.server else " and keeps a copy"
    sound = sound.replace(", can be written,", ",")
    return f"{sound} stands at revision {found.revision}. The next start brings it to {HEAD}{kept}."


async def _reading(settings: Settings) -> Finding:
    data = await asyncio.to_thread(SAMPLE.read_bytes)
    try:
        async with Compute(workers=1, memory_mib=settings.read_memory_mib, seconds=settings.read_seconds) as compute:
            reading = await compute.read(data, SAMPLE.name, Limits())
    except (UserError, SummariserError) as error:
        return Finding(
            False, "Reading", f"{error} Raise READ_SECONDS or READ_MEMORY_MIB if they are low; the log says more."
        )
    found = count(len(reading.document.articles), "article")
    return Finding(True, "Reading", f"a worker read a sample and found {found} in it.")


async def _naming(settings: Settings, pipeline: str) -> Finding:
    what = "Names"
    try:
        async with Compute(
            workers=1, memory_mib=settings.read_memory_mib, seconds=settings.read_seconds, pipeline=pipeline
        ) as compute:
            await compute.find_pipeline()
    except MissingPipelineError as error:
        return Finding(False, what, str(error))
    except (UserError, SummariserError) as error:
        advice = "Raise READ_SECONDS or READ_MEMORY_MIB, or take SPACY_PIPELINE away; the log says more."
        return Finding(False, what, f"the pipeline “{pipeline}” found none in a sample: {error} {advice}")
    return Finding(True, what, f"a worker found them in a sample by the spaCy pipeline “{pipeline}”.")


async def _discord(settings: Settings) -> AsyncIterator[Finding]:
    if settings.discord_token is None:
        told = "none: the console and the demo work without. For Discord, set DISCORD_TOKEN in .env."
        yield Finding(True, "Token", told)
        if settings.shards:
            yield Finding(True, "Shards", f"{shards_told(settings.shards)}.")
        return
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    headers = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    async with aiohttp.ClientSession(timeout=timeout, headers=headers) as http:
        base = (settings.discord_api_url or _DISCORD).rstrip("/")
        token = await _token(http, base)
        yield token
        if token.ok:
            yield await _intent(http, base, wanted=settings.message_content_intent)
            yield await _shards(http, base, settings.shards)


async def _token(http: aiohttp.ClientSession, base: str) -> Finding:
    try:
        async with http.get(f"{base}/users/@me") as response:
            if response.status == 401:
                advice = "Reset it in the developer portal (Bot, Reset Token) and put the new one in DISCORD_TOKEN."
                return Finding(False, "Token", f"Discord refuses it. {advice}")
            response.raise_for_status()
            me = await response.json()
            return Finding(True, "Token", f"Discord knows it as {me['username']}.")
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
        return Finding(False, "Token", f"could not be tried, {_why(error)}. Check the network, then try again.")


async def _intent(http: aiohttp.ClientSession, base: str, *, wanted: bool) -> Finding:
    what = "Message content"
    if not wanted:
        told = "off: commands, direct messages and mentions work; watching channels needs MESSAGE_CONTENT_INTENT=true."
        return Finding(True, what, told)
    try:
        async with http.get(f"{base}/oauth2/applications/@me") as response:
            response.raise_for_status()
            flags = int((await response.json()).get("flags", 0))
    except (aiohttp.ClientError, TimeoutError, ValueError, AttributeError, TypeError) as error:
        return Finding(False, what, f"could not be looked up, {_why(error)}. Try again in a minute.")
    if flags & _MESSAGE_CONTENT:
        return Finding(True, what, "on here and in the developer portal.")
    advice = "Turn it on there (Bot, Privileged Gateway Intents), or set MESSAGE_CONTENT_INTENT=false."
    return Finding(False, what, f"asked for, but off in the developer portal. {advice}")


async def _shards(http: aiohttp.ClientSession, base: str, shards: Shards | None) -> Finding:
    """Tell which shards would run, and whether they are as many, and may log in as often, as Discord has it."""
    what = "Shards"
    ours = shards_told(shards) if shards else "all that Discord advises"
    try:
        async with http.get(f"{base}/gateway/bot") as response:
            response.raise_for_status()
            answer = await response.json()
            advised, limits = int(answer["shards"]), answer["session_start_limit"]
            left, most, at_once = int(limits["remaining"]), int(limits["total"]), int(limits["max_concurrency"])
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
        return Finding(False, what, f"{ours}; what Discord advises could not be asked, {_why(error)}. Try again.")
    if left <= SPARE:
        told_left = (
            f"of {most} logins a day {left} are left. Find what restarts the bot, and start it when they are back."
        )
        return Finding(False, what, told_left)
    logins = f"{left} of {most} logins are left today, {at_once} at a time"
    fewer = (
        " Where fewer are too few, it closes them: then raise SHARD_COUNT." if shards and shards.count < advised else ""
    )
    return Finding(True, what, f"{ours}; Discord advises {advised}.{fewer} {logins}.")


def _why(error: Exception) -> str:
    """Say why Discord did not answer, without its address or ours."""
    if isinstance(error, TimeoutError):
        return f"no answer within {_SECONDS} seconds"
    if isinstance(error, aiohttp.ClientResponseError):
        return f"Discord answered {error.status}"
    if isinstance(error, aiohttp.ClientError):
        return "Discord cannot be reached"
    return "the answer was not Discord's"
