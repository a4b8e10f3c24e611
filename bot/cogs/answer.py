"""The one way out: every interaction is acknowledged, and ends in an answer or in an error that says what to try."""

import asyncio
import logging
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, cast

import discord
from discord import app_commands

from bot.cogs.calls import Interaction, bare_call, call_to_server, full_call, is_elsewhere
from bot.cogs.controls import Used, answers, pressed, sent_in
from bot.cogs.exchange import UNSENT, Exchange, Mode, is_forbidden, is_gone
from bot.cogs.permissions import lacks, spots
from bot.cogs.posts import about, pointed_at
from bot.cogs.servers import Servers
from bot.metrics import SILENT, Metrics
from bot.render.discord import LONGEST_OPTION, MOST_OPTIONS, Layout, lay_out, modal
from bot.render.escape import plain
from bot.services import Services
from bot.services.calls import Call, Progress, quiet
from bot.services.controls import Control
from bot.services.errors import LimitError, NothingGivenError, UnknownRequestError, explain
from bot.services.replies import (
    Command,
    Form,
    Inline,
    Line,
    Looked,
    Moment,
    Reply,
    Suggestion,
    Tone,
    Who,
    Words,
)
from storage.base import DeskSettings
from storage.errors import BusyError, StorageError

log = logging.getLogger(__name__)

# Discord takes an answer for 15 minutes after the click; the last minute is for delivering it.
LONGEST_SECONDS = 13 * 60.0

# What has to be looked up before an acknowledgement may take this long of its three seconds.
LOOK_UP_SECONDS = 2.0

# How long a person has to wait for suggestions while typing. Discord drops them three seconds after the key was
# pressed, of which the way there and back takes a part, and so does the loop when there is much to do.
SUGGEST_SECONDS = 2.0

# As many interactions are worked at in one process; who comes then is told so at once, and not when it is too late.
# Those that bring files, or what somebody has typed into a form, are taken on for longer: it is trouble to send them
# again.
MOST_AT_ONCE = 60
MOST_BROUGHT_AT_ONCE = 240

# While so many are worked at nothing is suggested: answers come first. Nor are there more suggestions made at a time.
MOST_BESIDE_SUGGESTIONS = 30
MOST_SUGGESTED_AT_ONCE = 10

# For telling those whose work is given back, within the five seconds of a shutdown.
FAREWELL_SECONDS = 1.0

UseCase = Callable[..., Awaitable[Reply | Form]]

Ask = Callable[..., Awaitable[Form | None]]
"""Looks up what must be asked first, where the form shows what is kept."""

RESTARTING = Reply(
    "I am being restarted",
    (Line(("Your request was not finished and nothing more is done for it. Try again in a minute.",)),),
    tone=Tone.WARNING,
)
BUSY = Reply(
    "One moment",
    (Line(("Too many people are asking me something just now, and nothing was done. Try again in half a minute.",)),),
    tone=Tone.WARNING,
)
TOO_SLOW = Reply(
    "This took too long",
    (
        Line(
            ("I stopped after 13 minutes, because Discord takes no answer later. Try it with fewer or smaller files.",)
        ),
    ),
    tone=Tone.ERROR,
)
_MAY_NOT = Reply(
    "I may not answer here",
    (
        Line(("My role lacks a permission in this channel: View Channel, Send Messages or Attach Files.",)),
        Line(("Ask whoever runs the server to grant it, or use me in another channel or in a direct message.",)),
    ),
    tone=Tone.ERROR,
)
_CHANGED = Reply(
    "This command has changed",
    (Line(("Discord still shows you its old form. Restart the app (on a computer: Ctrl+R), then run it again.",)),),
    tone=Tone.ERROR,
)


class Answering:
    """Runs use cases for interactions and sends what comes back."""

    def __init__(self, services: Services, metrics: Metrics = SILENT) -> None:
        self._services = services
        self.metrics = metrics
        self._servers = Servers()
        self._running: set[asyncio.Task[Any]] = set()
        self._suggesting = 0
        self._closing = False
        self.commands: dict[str, int] = {}
        """The ids that Discord gave our commands, which make them clickable in a text."""

    async def command(
        self,
        interaction: Interaction,
        use_case: UseCase,
        *,
        private: bool | None,
        form: Form | None,
        options: dict[str, Any],
        message: discord.Message | None = None,
        ask: Ask | None = None,
    ) -> None:
        """Answer a command: with its form, if it has to ask first, else with what the use case says.

        Where the app is not at home the answer is the asker's alone, and with `private` left open it is as the desk has
        set. `message` is the one that a command was used on.
        """

        async def run(exchange: Exchange) -> None:
            settings = await self._enter(interaction)
            alone = is_elsewhere(interaction) or (settings.private if private is None else private)
            asked = form or (await self._look_up_form(interaction, settings, ask, options) if ask else None)
            if asked is not None:
                await self._ask(exchange, interaction, Control(asked.request, private=alone, anew=True), asked)
                return
            await exchange.open(Mode.PRIVATE if alone else Mode.PUBLIC)
            call = _call(interaction, settings, private=alone, progress=exchange.progress)
            call = call if message is None else about(call, interaction, message)
            await self._show(exchange, interaction, call, await use_case(call, **options))

        await self._run(interaction, run)

    async def other(self, interaction: Interaction) -> None:
        """Answer what is no command: buttons, menus and forms."""
        if interaction.type is discord.InteractionType.component:
            await self._run(interaction, partial(self._press, interaction))
        elif interaction.type is discord.InteractionType.modal_submit:
            await self._run(interaction, partial(self._send_in, interaction))

    async def failed(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        """Answer a command that never reached its cog."""
        if interaction.type is discord.InteractionType.autocomplete:
            return
        known = isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch)
        await self._fail(Exchange(interaction), interaction, _CHANGED if known else self._apology(interaction, error))

    async def drain(self, seconds: float) -> None:
        """Take nothing new, give work in hand these seconds to end, then give the rest back and tell who asked."""
        self._closing = True
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running, timeout=FAREWELL_SECONDS)

    async def _run(self, interaction: Interaction, run: Callable[[Exchange], Awaitable[None]]) -> None:
        """Run one interaction to its end."""
        exchange = Exchange(interaction)
        if self._closing:
            await self._fail(exchange, interaction, RESTARTING)
            return
        if len(self._running) >= (MOST_BROUGHT_AT_ONCE if _brings(interaction) else MOST_AT_ONCE):
            await self._turn_away(exchange, interaction)
            return
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
        try:
            async with asyncio.timeout(LONGEST_SECONDS) as limit, self._timed(interaction, exchange):
                await run(exchange)
        except asyncio.CancelledError:
            await self._bid_farewell(exchange, interaction)
            raise
        except discord.HTTPException as error:
            await self._undelivered(exchange, interaction, error)
        except Exception as error:  # noqa: BLE001  the last resort: whatever is raised must end in words for the user
            late = isinstance(error, TimeoutError) and limit.expired()
            await self._fail(exchange, interaction, TOO_SLOW if late else self._apology(interaction, error))
        finally:
            if task is not None:
                self._running.discard(task)

    async def _turn_away(self, exchange: Exchange, interaction: Interaction) -> None:
        """Say at once that there is too much to do."""
        began = asyncio.get_running_loop().time()
        await self._fail(exchange, interaction, BUSY)
        seconds = asyncio.get_running_loop().time() - began
        self.metrics.command(_used(interaction), "busy", acked=None, seconds=seconds)

    @contextmanager
    def suggesting(self) -> Iterator[bool]:
        """Tell whether there is time for suggestions, and count those that are being made."""
        self._suggesting += 1
        try:
            beside = len(self._running)
            yield self._suggesting <= MOST_SUGGESTED_AT_ONCE and beside < MOST_BESIDE_SUGGESTIONS
        finally:
            self._suggesting -= 1

    @asynccontextmanager
    async def _timed(self, interaction: Interaction, exchange: Exchange) -> AsyncIterator[None]:
        """Tell the metrics how it went, what it was and how long it took."""
        began, outcome = asyncio.get_running_loop().time(), "answered"
        try:
            yield
        except (Exception, asyncio.CancelledError) as error:
            outcome = _outcome(error)
            raise
        finally:
            acked = None if exchange.acked_at is None else exchange.acked_at - began
            seconds = asyncio.get_running_loop().time() - began
            self.metrics.command(_used(interaction), outcome, acked=acked, seconds=seconds)

    async def _press(self, interaction: Interaction, exchange: Exchange) -> None:
        """Answer a press of a button, or a choice from a menu."""
        settings = await self._enter(interaction)
        control = await self._take(interaction, pressed(_data(interaction)))
        if form := await self._form(interaction, settings, control):
            await self._ask(exchange, interaction, replace(control, request=form.request), form)
            return
        await self._perform(exchange, interaction, control, settings)

    async def _send_in(self, interaction: Interaction, exchange: Exchange) -> None:
        """Answer a form that was sent in."""
        # It was counted when it was opened; what somebody has typed is not thrown away for asking too often.
        async with _looking_up():
            settings = await self.settings(interaction)
        control = await self._take(interaction, sent_in(_data(interaction)))
        if not control.fields:
            # A button's place in a form's custom_id would press it uncounted.
            raise UnknownRequestError
        request = control.request
        options = {**request.options, **answers(_data(interaction), control.fields)}
        filled = replace(control, request=replace(request, options=options))
        await self._perform(exchange, interaction, filled, settings)

    async def _perform(
        self, exchange: Exchange, interaction: Interaction, control: Control, settings: DeskSettings
    ) -> None:
        mode = _mode(interaction, control)
        await exchange.open(mode)
        private = mode is Mode.PRIVATE or (mode is Mode.PLACE and _is_private(interaction))
        call = _call(interaction, settings, private=private, progress=exchange.progress)
        if control.desk_id is not None:
            asked = self._services.settings.of
            call = await call_to_server(interaction, control.desk_id, self._servers, asked, progress=exchange.progress)
        reply = await self._services.perform(call, control.request)
        await self._show(exchange, interaction, call, reply, page=control.request.page)

    async def _ask(self, exchange: Exchange, interaction: Interaction, control: Control, form: Form) -> None:
        async with _looking_up():
            # What stands in its fields to begin with is an article's, and nothing to be kept twice.
            asking = replace(control, fields=tuple(replace(field, value="") for field in form.fields))
            kept = await self._services.controls.keep(bare_call(interaction), [asking])
        await exchange.ask(modal(form, f"vf:{kept}:0"))

    async def _enter(self, interaction: Interaction) -> DeskSettings:
        """Return what the desk has set, once it is certain that the asker has not asked too often."""
        async with _looking_up():
            return await self._services.enter(bare_call(interaction))

    async def settings(self, interaction: Interaction) -> DeskSettings:
        """Return what the desk has set."""
        return await self._services.settings.of(bare_call(interaction))

    async def _take(self, interaction: Interaction, used: Used) -> Control:
        async with _looking_up():
            return await self._services.controls.take(bare_call(interaction), used.actions_id, used.index)

    async def _form(self, interaction: Interaction, settings: DeskSettings, control: Control) -> Form | None:
        """Return what must be asked before this can be done."""
        request = control.request
        name, _, method = request.name.partition(".")
        service = getattr(self._services, name, None)
        plain_form: Callable[..., Form | None] | None = getattr(service, f"{method}_form", None)
        filled: Ask | None = getattr(service, f"ask_{method}", None)
        try:
            if filled:
                return await self._look_up_form(interaction, settings, filled, request.options, control.desk_id)
            return plain_form(**request.options) if plain_form else None
        except TypeError as error:
            raise UnknownRequestError from error

    async def _look_up_form(
        self,
        interaction: Interaction,
        settings: DeskSettings,
        ask: Ask,
        options: Mapping[str, Any],
        desk_id: int | None = None,
    ) -> Form | None:
        """Return a form with what is kept filled in, as far as the asker may see it: nobody else sees a form."""
        async with _looking_up():
            call = _call(interaction, settings, private=True)
            if desk_id is not None:
                call = await call_to_server(interaction, desk_id, self._servers, self._services.settings.of)
            return await ask(call, **options)

    async def _keep(self, interaction: Interaction, call: Call, controls: Sequence[Control]) -> int:
        """Let the controls of an answer do what they are for, where they are used: in this place."""
        here = bare_call(interaction)
        if call.scope.desk_id == here.scope.desk_id:
            return await self._services.controls.keep(call, controls)
        asking = [replace(control, desk_id=call.scope.desk_id) for control in controls]
        return await self._services.controls.keep(here, asking)

    async def _note_look(self, interaction: Interaction, call: Call, looked: Looked) -> None:
        try:
            await self._services.catchup.sent(call, looked)
        except StorageError as error:
            # The answer stands; the next one tells the same again.
            log.warning("a look at what is new was not noted", extra={**_fields(interaction), "error": error})

    async def _show(
        self, exchange: Exchange, interaction: Interaction, call: Call, reply: Reply | Form, *, page: int = 0
    ) -> None:
        if isinstance(reply, Form):
            raise NothingGivenError
        # A long answer takes a tenth of a second to lay out.
        layout = await asyncio.to_thread(lay_out, reply, page=page, commands=self.commands)
        kept = await self._keep(interaction, call, layout.controls) if layout.controls else None
        message = await exchange.show(layout, kept, keeps_files=reply.keeps_files)
        if reply.looked is not None:
            await self._note_look(interaction, call, reply.looked)
        if not reply.anchors:
            return
        try:
            await self._services.corpus.sent(call, reply, channel_id=call.channel_id, message_id=message.id)
        except StorageError as error:
            # The answer stands; its quotes are without a link until the article is brought again.
            log.warning("an answer was not kept as the place to cite", extra={**_fields(interaction), "error": error})

    async def _fail(self, exchange: Exchange, interaction: Interaction, reply: Reply) -> None:
        """Say what went wrong, unless the answer is there already or nobody is left to read it."""
        if exchange.answered:
            return
        try:
            await exchange.fail(self.lay_out(reply))
        except UNSENT as error:
            log.warning("an error could not be told", extra={**_fields(interaction), "error": error})

    async def _undelivered(self, exchange: Exchange, interaction: Interaction, error: discord.HTTPException) -> None:
        about = {**_fields(interaction), "status": error.status, "code": error.code}
        if is_gone(error):
            log.warning("nobody was left to answer", extra=about)
        elif is_forbidden(error):
            log.warning("an answer was not allowed", extra=about)
            await self._fail(exchange, interaction, _MAY_NOT)
        else:
            await self._fail(exchange, interaction, self._apology(interaction, error))

    async def _bid_farewell(self, exchange: Exchange, interaction: Interaction) -> None:
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self._fail(exchange, interaction, RESTARTING)
        except TimeoutError:
            log.warning("a request was given back untold", extra=_fields(interaction))

    def _apology(self, interaction: Interaction, error: Exception) -> Reply:
        return self.apologise(error, _fields(interaction))

    def apologise(self, error: Exception, fields: dict[str, Any]) -> Reply:
        """Return what to tell of an error; a bug goes to the log with these fields, under the number that is told."""
        if isinstance(error, LimitError) and error.opens:
            wait = (*self._words(error.limit), " Try again ", Moment(_shown_late(error.opens), relative=True), ".")
            return Reply("One moment", (Line(wait),), tone=Tone.WARNING)
        if (told := explain(error)) is not None:
            return Reply("That did not work", (Line(self._words(told)),), tone=Tone.ERROR)
        number = secrets.token_hex(4)
        log.error("a use case failed", exc_info=error, extra={**fields, "error_id": number})
        words = (
            "Something broke on my side. Try again; if it happens again, give whoever runs me this number: ",
            number,
        )
        return Reply("This went wrong", (Line(words),), tone=Tone.ERROR)

    def _words(self, text: str) -> Words:
        """Make the commands clickable that an error names as the next step."""
        known = {page.name for page in self._services.help.pages if page.name.partition(" ")[0] in self.commands}
        names = "|".join(map(re.escape, sorted(known, key=len, reverse=True))) or r"(?!)"
        parts: list[Inline] = []
        for place, part in enumerate(re.split(rf"(?<!\S)/({names})\b", text)):
            parts.append(Command(part) if place % 2 else part)
        return tuple(parts)

    def lay_out(self, reply: Reply, *, beside: str = "") -> Layout:
        """Lay out the first page of a reply, with commands that can be clicked, and room for words beside it."""
        return lay_out(reply, commands=self.commands, beside=beside)


class _HasAnswering(Protocol):
    answering: Answering


def answering(interaction: Interaction) -> Answering:
    """Return what the running bot answers with."""
    return cast("_HasAnswering", interaction.client).answering


async def answer(
    interaction: Interaction,
    use_case: UseCase,
    /,
    *,
    answer_privately: bool | None = False,
    form: Form | None = None,
    ask_first: Ask | None = None,
    **options: Any,  # noqa: ANN401  each use case takes what its command takes
) -> None:
    """Hand a slash command over to its use case and see to the answer.

    It is private or public as `answer_privately` says, and where that says nothing (None), as the desk has set.
    """
    here = answering(interaction)
    await here.command(interaction, use_case, private=answer_privately, form=form, ask=ask_first, options=options)


async def answer_about(interaction: Interaction, message: discord.Message, use_case: UseCase) -> None:
    """Hand what a message brings over to a use case and see to the answer, which is the asker's alone."""
    options = pointed_at(interaction, message).options()
    here = answering(interaction)
    await here.command(interaction, use_case, private=True, form=None, options=options, message=message)


async def suggest(
    interaction: Interaction,
    ask: Callable[[Call, str], Awaitable[Sequence[Suggestion]]],
    typed: str,
    *,
    answered_privately: bool | None = None,
) -> list[app_commands.Choice[str]]:
    """Return what to offer for the option that is being typed; nothing when it takes too long.

    It draws on what the answer will: as the option `private` and the desk's setting say, unless the command answers in
    one way alone.
    """
    given: bool | None = getattr(interaction.namespace, "private", None)
    typed_private = answered_privately if given is None else given
    metrics, began = answering(interaction).metrics, asyncio.get_running_loop().time()
    try:
        with answering(interaction).suggesting() as there_is_time:
            if not there_is_time:
                metrics.suggested("left out", seconds=0.0)
                return []
            async with asyncio.timeout(SUGGEST_SECONDS):
                settings = await answering(interaction).settings(interaction)
                usual = settings.private and _has_private(interaction)
                private = is_elsewhere(interaction) or (usual if typed_private is None else typed_private)
                offered = await ask(_call(interaction, settings, private=private), typed)
    except (TimeoutError, StorageError) as error:
        log.warning("no suggestions", extra={**_fields(interaction), "error": error})
        metrics.suggested("none in time", seconds=asyncio.get_running_loop().time() - began)
        return []
    metrics.suggested("offered", seconds=asyncio.get_running_loop().time() - began)
    fitting = [item for item in offered if 0 < len(item.value) <= LONGEST_OPTION]
    return [app_commands.Choice(name=plain(item.label, LONGEST_OPTION), value=item.value) for item in fitting][
        :MOST_OPTIONS
    ]


def _call(interaction: Interaction, settings: DeskSettings, *, private: bool, progress: Progress = quiet) -> Call:
    """Return the call, with what the desk has set."""
    call = full_call(interaction, private=private, shared=settings.shared, progress=progress)
    return replace(call, lacks=lacks(interaction), spots=spots(interaction, settings.shared))


def _has_private(interaction: Interaction) -> bool:
    """Tell whether the command that is being typed can be asked for a private answer."""
    command = interaction.command
    return isinstance(command, app_commands.Command) and command.get_parameter("private") is not None


def _mode(interaction: Interaction, control: Control) -> Mode:
    """Return where the answer to a control appears.

    A message changes in place for the one who asked for it alone: everyone else gets a private answer of their own, so
    that nobody turns the pages under somebody else's eyes.
    """
    if control.private:
        return Mode.PRIVATE
    if control.openly and not is_elsewhere(interaction):
        return Mode.PUBLIC
    if control.anew or interaction.message is None:
        return Mode.PRIVATE if interaction.message and _is_private(interaction) else Mode.PUBLIC
    if control.who is Who.ANYONE and not _is_private(interaction) and not _asked(interaction):
        return Mode.PRIVATE
    return Mode.PLACE


def _is_private(interaction: Interaction) -> bool:
    return interaction.message is not None and interaction.message.flags.ephemeral


def _asked(interaction: Interaction) -> bool:
    """Tell whether the message answers the very person who presses."""
    message = interaction.message
    told = message.interaction_metadata if message else None
    if told is not None:
        return told.user.id == interaction.user.id
    asked = message.reference.resolved if message and message.reference else None
    return isinstance(asked, discord.Message) and asked.author.id == interaction.user.id


def _shown_late(when: datetime) -> datetime:
    """Return the second after a moment: Discord counts whole seconds, and nobody should be sent too early."""
    return when + timedelta(seconds=1)


@asynccontextmanager
async def _looking_up() -> AsyncIterator[None]:
    """Bound what has to be known before the acknowledgement."""
    try:
        async with asyncio.timeout(LOOK_UP_SECONDS):
            yield
    except TimeoutError as error:
        raise BusyError from error


def _brings(interaction: Interaction) -> bool:
    """Tell whether there is something with it that somebody would have to send once more."""
    sent_in = interaction.type is discord.InteractionType.modal_submit
    return sent_in or bool(_data(interaction).get("resolved", {}).get("attachments"))


def _used(interaction: Interaction) -> str:
    """Return what was used, as metrics tell it: a command's name, which is ours, or what kind of control."""
    if interaction.command is not None:
        return interaction.command.qualified_name.lower()
    return "form" if interaction.type is discord.InteractionType.modal_submit else "control"


def _outcome(error: BaseException) -> str:
    """Return how an interaction ended that had no answer, as metrics tell it."""
    match error:
        case asyncio.CancelledError():  # by the time limit, or because the program stops
            return "cut off"
        case LimitError():
            return "limited"
        case discord.HTTPException():
            return "undelivered"
        case BusyError():
            return "busy"
    return "failed" if explain(error) is None else "refused"


def _data(interaction: Interaction) -> dict[str, Any]:
    """Return what Discord sent with it; the library knows its shape only for some types of interactions."""
    return cast("dict[str, Any]", interaction.data or {})


def _fields(interaction: Interaction) -> dict[str, Any]:
    command = interaction.command
    return {
        "interaction": interaction.id,
        "asked": command.qualified_name if command else interaction.type.name,
        "guild": interaction.guild_id,
    }
