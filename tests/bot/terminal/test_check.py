import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from loopback import LoopbackDiscord

from bot.check import check
from bot.cli import main
from bot.config import Settings
from bot.services.compute import Compute
from bot.services.errors import WorkerDiedError
from storage import open_storage
from storage.migrate import HEAD
from summariser.model import Document, Reading


@pytest.fixture
def reading_works(monkeypatch):
    """Reading is tried for real once; the other tests are about Discord."""

    async def read(self, data, filename, limits):
        return Reading(Document("", ()), ())

    monkeypatch.setattr(Compute, "read", read)


async def findings(**settings):
    told = Settings(_env_file=None, database_url="sqlite+aiosqlite://", **settings)
    return {finding.what: finding async for finding in check(told)}


@pytest.fixture
async def discord():
    async with LoopbackDiscord() as running:
        yield running


def test_without_a_token_everything_else_is_tried_and_well(folder, capsys):
    code = main(["check"])

    told = capsys.readouterr().out
    assert code == 0
    assert [line.split()[:2] for line in told.splitlines() if line.startswith("OK")] == [
        ["OK", "Settings:"],
        ["OK", "Database:"],
        ["OK", "Reading:"],
        ["OK", "Token:"],
    ]
    assert "the console and the demo work without" in told


def test_a_wrong_setting_is_told_and_fails(folder, monkeypatch, capsys):
    monkeypatch.setenv("WORKERS", "none")

    assert main(["check"]) == 1
    assert capsys.readouterr().out.startswith("FAILED  Settings: WORKERS is not valid")


async def test_a_database_that_does_not_open_is_told_and_the_rest_still_tried(folder, reading_works):
    settings = Settings(_env_file=None, database_url="sqlite+aiosqlite:////dev/null/x.db")

    found = [(finding.what, finding.ok) async for finding in check(settings)]

    assert found == [("Settings", True), ("Database", False), ("Reading", True), ("Token", True)]


@pytest.mark.trust("operator-check")
async def test_a_database_that_is_not_there_yet_is_told_and_not_made(folder, reading_works):
    settings = Settings(_env_file=None, database_url=f"sqlite+aiosqlite:///{folder}/data/verbatim.db")

    (told,) = [finding async for finding in check(settings) if finding.what == "Database"]

    assert told.ok
    assert "is made at the first start" in told.told
    assert not (folder / "data").exists()


async def test_a_database_of_an_earlier_version_is_told_and_not_migrated(folder, reading_works):
    path = folder / "verbatim.db"
    async with open_storage(f"sqlite+aiosqlite:///{path}"):
        pass
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    before = path.read_bytes()

    settings = Settings(_env_file=None, database_url=f"sqlite+aiosqlite:///{path}")
    (told,) = [finding async for finding in check(settings) if finding.what == "Database"]

    assert told.ok
    assert f"stands at revision 0001. The next start brings it to {HEAD}" in told.told
    assert path.read_bytes() == before


async def test_a_disk_that_is_nearly_full_is_told(folder, reading_works, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=5 * 2**20))

    settings = Settings(_env_file=None, database_url=f"sqlite+aiosqlite:///{folder}/verbatim.db")
    (told,) = [finding async for finding in check(settings) if finding.what == "Database"]

    assert not told.ok
    assert "only 5 MiB are free" in told.told


async def test_channels_that_are_to_be_watched_without_the_intent_are_told(folder, reading_works):
    url = f"sqlite+aiosqlite:///{folder}/verbatim.db"
    async with open_storage(url) as storage:
        await storage.change_settings(
            5, lambda kept: replace(kept, watched=frozenset({9})), changed_by=1, now=datetime.now(UTC)
        )

    blind = [finding async for finding in check(Settings(_env_file=None, database_url=url))]
    seeing = [
        finding async for finding in check(Settings(_env_file=None, database_url=url, message_content_intent=True))
    ]

    (told,) = [finding for finding in blind if finding.what == "Watched channels"]
    assert not told.ok
    assert "MESSAGE_CONTENT_INTENT=true" in told.told
    assert "Watched channels" not in {finding.what for finding in seeing}


async def test_a_worker_that_dies_is_told_with_what_to_raise(folder, monkeypatch):
    async def die(self, data, filename, limits):
        raise WorkerDiedError(filename, "it ran out of memory")

    monkeypatch.setattr(Compute, "read", die)

    found = (await findings())["Reading"]

    assert not found.ok
    assert "READ_MEMORY_MIB" in found.told


async def test_a_spacy_pipeline_that_workers_cannot_load_is_told_with_how_to_install_it(folder, reading_works):
    found = await findings(spacy_pipeline="en_not_there")

    assert not found["Names"].ok
    assert "The spaCy pipeline “en_not_there” is not there" in found["Names"].told
    assert "Names" not in await findings()


async def test_the_token_is_tried_and_the_bot_named(folder, reading_works, discord):
    found = await findings(discord_token=discord.token, discord_api_url=discord.url)

    assert found["Token"].ok
    assert discord.state.bot.name.lower() in found["Token"].told.lower()
    assert found["Message content"].ok
    assert "MESSAGE_CONTENT_INTENT=true" in found["Message content"].told


@pytest.mark.trust("operator-settings")
async def test_a_refused_token_is_told_without_showing_it(folder, reading_works, discord):
    found = await findings(discord_token="SHAMEFUL", discord_api_url=discord.url)

    assert not found["Token"].ok
    assert "Reset it in the developer portal" in found["Token"].told
    assert "SHAMEFUL" not in str(found)
    assert "Message content" not in found


@pytest.mark.parametrize(("failure", "told"), [(503, "Discord answered 503"), ("cut", "cannot be reached")])
async def test_a_discord_that_does_not_answer_well_is_told(failure, told, folder, reading_works, discord):
    discord.faults.next("GET /users/@me", status=failure, times=9)

    found = await findings(discord_token=discord.token, discord_api_url=discord.url)

    assert told in found["Token"].told


async def test_an_intent_that_the_portal_does_not_give_is_told(folder, reading_works, discord):
    found = await findings(discord_token=discord.token, discord_api_url=discord.url, message_content_intent=True)

    assert not found["Message content"].ok
    assert "Privileged Gateway Intents" in found["Message content"].told


async def test_an_intent_that_cannot_be_looked_up_is_told(folder, reading_works, discord):
    discord.faults.next("GET /oauth2/applications/@me", status=500, times=9)

    found = await findings(discord_token=discord.token, discord_api_url=discord.url, message_content_intent=True)

    assert "could not be looked up, Discord answered 500" in found["Message content"].told


async def test_the_shards_that_would_run_are_told_with_what_discord_advises(folder, reading_works, discord):
    discord.gateway.shards = 4
    online = {"discord_token": discord.token, "discord_api_url": discord.url}

    usual = await findings(**online)
    some = await findings(**online, shard_ids="0-1", shard_count=2)
    without_token = await findings(shard_ids="0-3", shard_count=16)

    assert all(found["Shards"].ok for found in (usual, some, without_token))
    assert "all that Discord advises; Discord advises 4." in usual["Shards"].told
    assert "all 2 shards; Discord advises 4." in some["Shards"].told
    assert "raise SHARD_COUNT" in some["Shards"].told
    assert "of 1000 logins" in some["Shards"].told
    assert without_token["Shards"].told == "shards 0 to 3 of 16."


async def test_logins_that_are_used_up_are_told_before_they_cost_the_token(folder, reading_works, discord):
    discord.gateway.session_starts = 3

    found = await findings(discord_token=discord.token, discord_api_url=discord.url)

    assert not found["Shards"].ok
    assert "of 1000 logins a day 3 are left" in found["Shards"].told


async def test_a_discord_that_advises_nothing_is_told(folder, reading_works, discord):
    discord.faults.next("GET /gateway/bot", status=500, times=9)

    found = await findings(discord_token=discord.token, discord_api_url=discord.url)

    assert "could not be asked, Discord answered 500" in found["Shards"].told
