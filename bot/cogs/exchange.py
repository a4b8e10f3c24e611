"""One interaction and its answer: acknowledged at once, kept informed, brought home whatever Discord does meanwhile."""

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto
from typing import TypeVar

import aiohttp
import discord

from bot.cogs.calls import Interaction
from bot.render.discord import WHOLE, Layout, working
from bot.services.replies import Attachment

log = logging.getLogger(__name__)

T = TypeVar("T")

# Seconds between tries of what can be done twice; discord.py itself tries five times against a 5xx before it gives up.
PAUSES = (0.5, 1.0, 2.0)

# An acknowledgement counts within three seconds of the click.
ACK_SECONDS = 2.0
ACK_TRIES = 3

# Edits of one message are limited to five in five seconds; people do not read faster anyway.
PROGRESS_SECONDS = 1.2

# How long an answer waits for an edit that is on its way.
HUSH_SECONDS = 3.0

# Either the line to Discord went, or what was sent was refused. A connection reset by Linux (104) is a ConnectionError.
UNSENT = (
    discord.HTTPException,
    aiohttp.ClientConnectionError,
    aiohttp.ClientPayloadError,
    ConnectionError,
    TimeoutError,
)

ALREADY_ACKNOWLEDGED = 40060

# Nobody is left to answer: unknown interaction, message, channel, webhook; token expired.
_GONE = frozenset({10062, 10008, 10003, 10015, 50027})

# Access or a permission is missing.
_FORBIDDEN = frozenset({50001, 50013})


class Mode(Enum):
    """Where the answer appears; Discord has it fixed with the acknowledgement."""

    PUBLIC = auto()
    PRIVATE = auto()
    PLACE = auto()
    """In place of the message whose control was pressed."""


class Exchange:
    """Says things to the one who asked, in the order that Discord allows."""

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction
        self._mode: Mode | None = None
        self._news = ""
        self._telling: asyncio.Task[None] | None = None
        self._tell_at = 0.0
        self._editing = False
        self._waits_no_more = False
        self.answered = False
        """The answer, or an error, has arrived."""
        self.acked_at: float | None = None
        """When Discord had our acknowledgement, by the loop's clock."""

    async def open(self, mode: Mode) -> None:
        """Acknowledge: Discord shows that something is being done.

        Raises:
            discord.NotFound: too late, nobody waits any more.
        """
        self._mode = mode
        self._tell_at = asyncio.get_running_loop().time() + PROGRESS_SECONDS
        response = self._interaction.response
        thinking = mode is not Mode.PLACE
        await self._acknowledge(lambda: response.defer(ephemeral=mode is Mode.PRIVATE, thinking=thinking))

    async def ask(self, modal: discord.ui.Modal) -> None:
        """Open a form, which is an acknowledgement too; raises as `open` does."""
        await self._acknowledge(lambda: self._interaction.response.send_modal(modal))
        self.answered = True

    async def progress(self, text: str) -> None:
        """Show what is being done, now or as soon as the message may be edited again; the latest text wins."""
        if self._mode in (None, Mode.PLACE) or self.answered:
            return
        self._news = text
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def show(self, layout: Layout, controls_id: int | None, *, keeps_files: bool) -> discord.Message:
        """Show the answer and return the message that carries it.

        Raises:
            discord.HTTPException: Discord does not take it, or nobody is left to answer.
        """
        await self._hush()
        message = self._interaction.message if self._mode is Mode.PLACE else None
        names = {WHOLE, *(item.filename for item in layout.attachments)}
        had = message.attachments if message and keeps_files else []
        kept = [attachment for attachment in had if attachment.filename not in names]

        async def attempt(attached: Sequence[Attachment]) -> discord.Message:
            view = layout.view(
                controls_id, kept=[item.filename for item in kept], files=bool(attached) or not layout.attachments
            )
            files: list[discord.Attachment | discord.File] = [*kept, *map(file_of, attached)]
            return await self._interaction.edit_original_response(view=view, attachments=files)

        shown = await self._show_with_files(layout.attachments, attempt)
        self.answered = True
        return shown

    async def fail(self, layout: Layout) -> None:
        """Say privately what went wrong; a message that was to be public is taken back first.

        Raises:
            discord.HTTPException: nobody is left to answer.
        """
        await self._hush()
        view = layout.view()
        interaction, follow_up = self._interaction, self._interaction.followup
        if self._mode is None:
            await self._acknowledge(lambda: interaction.response.send_message(view=view, ephemeral=True))
        elif self._mode is Mode.PRIVATE:
            await persist(lambda: interaction.edit_original_response(view=view, attachments=[]))
        else:
            if self._mode is Mode.PUBLIC:
                await self._take_back()
            await persist(lambda: follow_up.send(view=view, ephemeral=True, wait=True))
        self.answered = True

    async def _acknowledge(self, attempt: Callable[[], Awaitable[object]]) -> None:
        await _acknowledge(attempt)
        self.acked_at = asyncio.get_running_loop().time()

    async def _take_back(self) -> None:
        """Take the public message that waits for an answer away.

        While it waits, Discord makes the first follow-up its content, whatever is said about privacy. So it gets some
        content first: then an error stays private even if the message cannot be deleted.
        """
        interaction = self._interaction
        try:
            if not self._waits_no_more:
                await persist(lambda: interaction.edit_original_response(view=working("That did not work, one moment")))
            await persist(interaction.delete_original_response)
        except UNSENT as error:
            log.info("a message that waited could not be taken back", extra={"error": error})

    async def _show_with_files(
        self, attachments: Sequence[Attachment], attempt: Callable[[Sequence[Attachment]], Awaitable[discord.Message]]
    ) -> discord.Message:
        """Show an answer with its files, or without them where they are too large or not allowed here."""
        fitting = [item for item in attachments if len(item.data) <= self._interaction.filesize_limit]
        attached = fitting if len(fitting) == len(attachments) else []
        try:
            return await persist(lambda: attempt(attached))
        except discord.HTTPException as error:
            if not attached or is_gone(error):
                raise
            log.warning("files could not be attached", extra={"status": error.status, "code": error.code})
            return await persist(lambda: attempt([]))

    async def _tell(self) -> None:
        loop = asyncio.get_running_loop()
        told = ""
        while self._news not in ("", told):
            await asyncio.sleep(max(0.0, self._tell_at - loop.time()))
            self._tell_at = loop.time() + PROGRESS_SECONDS
            told = self._news
            self._editing = True
            try:
                await self._interaction.edit_original_response(view=working(told))
                self._waits_no_more = True
            except UNSENT as error:
                log.info("progress could not be shown", extra={"error": error})
                return
            finally:
                self._editing = False

    async def _hush(self) -> None:
        """End what `progress` began: an edit on its way arrives before the answer, or not at all."""
        telling, self._telling = self._telling, None
        if telling is None or telling.done():
            return
        self._news = ""
        if self._editing:
            await asyncio.wait({telling}, timeout=HUSH_SECONDS)
        telling.cancel()
        await asyncio.wait({telling})


async def persist(attempt: Callable[[], Awaitable[T]]) -> T:
    """Do what may be done twice until it is done, a bounded number of times; raises what the last try raised."""
    for pause in PAUSES:
        try:
            return await attempt()
        except UNSENT as error:
            if not _is_lost(error):
                raise
            log.info("Discord did not take it, trying again", extra={"error": error, "seconds": pause})
            await asyncio.sleep(pause)
    return await attempt()


def is_gone(error: discord.HTTPException) -> bool:
    """Tell whether nobody is left to answer."""
    return error.code in _GONE or isinstance(error, discord.NotFound)


def is_forbidden(error: discord.HTTPException) -> bool:
    """Tell whether the bot may not do here what it would have to."""
    return error.code in _FORBIDDEN


async def _acknowledge(attempt: Callable[[], Awaitable[object]]) -> None:
    """Acknowledge within Discord's three seconds as far as it lies with us.

    When every try is lost on the way, one of them may have arrived all the same: then the work goes on, and the answer
    will show. An acknowledgement that is said to have been given already was ours, too.
    """
    for _ in range(ACK_TRIES):
        try:
            async with asyncio.timeout(ACK_SECONDS):
                await attempt()
        except UNSENT as error:
            if isinstance(error, discord.HTTPException) and error.code == ALREADY_ACKNOWLEDGED:
                return
            if not _is_lost(error):
                raise
            log.warning("an acknowledgement was lost", extra={"error": error})
        else:
            return


def _is_lost(error: Exception) -> bool:
    """Tell whether it was lost on the way, or by Discord, so that another try may get through.

    A proxy answers 408 where Discord took too long, and 429 where another of its kind is out of reach.
    """
    return not isinstance(error, discord.HTTPException) or error.status in {408, 429} or error.status >= 500


def file_of(attachment: Attachment) -> discord.File:
    """Return the file anew for each try: discord.py closes what it has sent."""
    return discord.File(io.BytesIO(attachment.data), attachment.filename, description=attachment.description or None)
