"""Replies to messages: sent once, however often Discord has to be asked."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence

import discord

from bot.cogs.answer import Answering
from bot.cogs.exchange import UNSENT, file_of, is_gone, persist
from bot.cogs.posts import PLACES
from bot.services import Services
from bot.services.calls import Call
from bot.services.replies import Attachment, Reply

log = logging.getLogger(__name__)

# Discord shows for ten seconds that somebody is typing.
TYPING_SECONDS = 8.0


async def send(
    message: discord.Message,
    reply: Reply,
    answering: Answering,
    services: Services,
    call: Call,
    *,
    quiet: bool,
    nonce: str | None = None,
) -> discord.Message:
    """Reply to a message and return what was sent.

    Its nonce is made of the message alone, unless one is given: for some minutes Discord takes a second try, also of
    another process, for the same message.

    Raises:
        discord.HTTPException: Discord does not take it.
        StorageError: its buttons could not be kept.
    """
    layout = await asyncio.to_thread(answering.lay_out, reply)
    kept = await services.controls.keep(call, layout.controls) if layout.controls else None
    reference = message.to_reference(fail_if_not_exists=False)
    limit = message.guild.filesize_limit if message.guild else discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES

    async def attempt(attached: Sequence[Attachment]) -> discord.Message:
        return await message.channel.send(
            view=layout.view(kept, files=bool(attached) or not layout.attachments),
            files=[file_of(attachment) for attachment in attached],
            reference=reference,
            mention_author=False,
            silent=quiet,
            nonce=nonce or f"vr:{message.id}",
        )

    fitting = all(len(item.data) <= limit for item in layout.attachments)
    try:
        return await persist(lambda: attempt(layout.attachments if fitting else ()))
    except discord.HTTPException as error:
        if not fitting or not layout.attachments or is_gone(error):
            raise
        log.warning("files could not be attached", extra={"status": error.status, "code": error.code})
        return await persist(lambda: attempt(()))


async def post(channel: PLACES, reply: Reply, answering: Answering, services: Services, call: Call) -> discord.Message:
    """Say something in a channel without a notification, and return what was sent; raises as `send` does."""
    layout = await asyncio.to_thread(answering.lay_out, reply)
    kept = await services.controls.keep(call, layout.controls) if layout.controls else None
    nonce = f"vn:{kept or call.origin_id}"
    return await persist(lambda: channel.send(view=layout.view(kept), silent=True, nonce=nonce))


@contextlib.asynccontextmanager
async def typing(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show that something is being done, as far as Discord lets us."""
    showing = asyncio.create_task(_show_typing(channel))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.wait({showing})


async def _show_typing(channel: discord.abc.Messageable) -> None:
    try:
        while True:
            await channel.typing()
            await asyncio.sleep(TYPING_SECONDS)
    except UNSENT as error:
        log.info("typing could not be shown", extra={"error": error})
