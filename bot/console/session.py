"""One sitting at the terminal: lines in, replies out, and the numbers of the controls that were shown last."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from inspect import signature
from pathlib import Path
from typing import Any

from bot.cogs import build as build_cogs
from bot.console.declared import Declared, read_commands, with_questions
from bot.console.errors import NeedsPromptError, NoControlError
from bot.console.help import with_prompt, with_questions_of
from bot.console.parsing import find_command, incoming, parse, split_paths
from bot.render.terminal import Controls, number
from bot.services import Services
from bot.services.calls import Call, Progress, quiet
from bot.services.replies import Asked, Form, Reply, Request, Suggestion
from storage.base import LOCAL_DESK, LOCAL_PERSON, Scope
from storage.ids import new_id

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time it is."""
    return datetime.now(UTC)


def call_at(desk_id: int, now: datetime, *, origin_id: int | None = None, progress: Progress = quiet) -> Call:
    """Return a call by the person at the terminal, who sees the whole desk.

    What they add is for the desk's people: for everyone in a server (its id stands for them), for the person whose
    desk it is.
    """
    audience = LOCAL_PERSON if desk_id == LOCAL_DESK else abs(desk_id)
    return Call(
        scope=Scope(desk_id, LOCAL_PERSON, audiences=None),
        channel_id=0,
        audience_id=audience,
        origin_id=new_id(now) if origin_id is None else origin_id,
        now=now,
        manager=True,
        admin=True,
        progress=progress,
    )


class Session:
    """Answers typed lines."""

    def __init__(
        self, services: Services, *, desk_id: int = LOCAL_DESK, folder: Path | None = None, clock: Clock = utc_now
    ) -> None:
        self._services = services
        self._desk_id = desk_id
        self._folder = folder or Path()
        self._clock = clock
        self.commands: Sequence[Declared] = with_questions(read_commands(build_cogs(services)), services)
        self.controls = Controls()

    async def answer(self, line: str, progress: Progress = quiet) -> Reply | Form:
        """Do what a line asks; a form comes back where something must be asked first.

        Raises:
            UserError, SummariserError, StorageError: with what to tell the person.
        """
        request = self._control(line)
        if request:
            return await self._noted(await self._services.perform(self._call(progress), request))
        helped = await self._help(line, progress)
        if helped:
            return self._show(helped)
        wanted = parse(line, self.commands, folder=self._folder)
        form = self._form(wanted.command, wanted.options)
        if form:
            return form
        use_case = getattr(self._service(wanted.command), wanted.command.method)
        return await self._noted(await use_case(self._call(progress), **wanted.options))

    async def submit(self, form: Form, answers: Mapping[str, str], progress: Progress = quiet) -> Reply | Form:
        """Do what a form was for, with what was answered; raises as `answer` does."""
        filled = self._filled(form, answers)
        request = replace(form.request, options={**form.request.options, **filled})
        return self._show(await self._services.perform(self._call(progress), request))

    async def suggest(
        self, command: Declared, keyword: str, typed: str, *, given: Mapping[str, str] | None = None
    ) -> Sequence[Suggestion]:
        """Return what the service offers for an option while it is typed; `given` are the options before it."""
        offer = getattr(self._service(command), f"suggest_{keyword}")
        asked = signature(offer).parameters
        further = {name: value for name, value in (given or {}).items() if name in asked}
        offered: Sequence[Suggestion] = await offer(self._call(quiet), typed, **further)
        return offered

    def needs_prompt(self, line: str, form: Form) -> NeedsPromptError:
        """Return the error that says how a script gives what a form would ask."""
        command, _ = find_command(line, self.commands)
        names = [field.name for field in form.fields if field.kind is Asked.TEXT]
        options = [option for name in names if (option := command.option(name))]
        return NeedsPromptError(command.name, names, known=not any(option.asked for option in options))

    def _filled(self, form: Form, answers: Mapping[str, str]) -> dict[str, Any]:
        """Return the answers as the use case takes them: for a question about files, the files at these paths.

        Raises:
            NoFileError: nothing is at one of them.
        """
        filled: dict[str, Any] = dict(answers)
        for field in form.fields:
            if field.kind is Asked.FILES:
                paths = split_paths(answers.get(field.name, ""))
                filled[field.name] = [
                    incoming(path, folder=self._folder, place=place) for place, path in enumerate(paths, 1)
                ]
        return filled

    def _call(self, progress: Progress) -> Call:
        return call_at(self._desk_id, self._clock(), progress=progress)

    def _service(self, command: Declared) -> object:
        service: object = getattr(self._services, command.service)
        return service

    def _form(self, command: Declared, options: Mapping[str, Any]) -> Form | None:
        form_of = getattr(self._service(command), f"{command.method}_form", None)
        form: Form | None = form_of(**options) if form_of else None
        return form

    async def _noted(self, answer: Reply | Form) -> Reply | Form:
        """Return the answer to be shown; what it shows as new counts as seen."""
        if isinstance(answer, Reply) and answer.looked is not None:
            await self._services.catchup.sent(self._call(quiet), answer.looked)
        return self._show(answer)

    def _show(self, answer: Reply | Form) -> Reply | Form:
        # An opened passage has no controls: the answer that it was opened from keeps its own, as a message does.
        if isinstance(answer, Reply) and (answer.actions or answer.menus):
            self.controls = number(answer)
        return answer

    def _control(self, line: str) -> Request | None:
        """Return what a number or `open 2` asks for, or None where the line is a command."""
        words = line.split()
        if len(words) == 1 and words[0].isdecimal():
            return self._press(words[0])
        if len(words) == 2 and words[0].lower().removeprefix("/") == "open":
            return self._passage(words[1])
        return None

    def _press(self, typed: str) -> Request:
        found = next((press for press in self.controls.presses if press.number == int(typed)), None)
        if not found:
            raise NoControlError(typed, [press.number for press in self.controls.presses], "control")
        return found.request

    def _passage(self, typed: str) -> Request:
        found = self.controls.passages.get(int(typed)) if typed.isdecimal() else None
        if not found:
            raise NoControlError(typed, sorted(self.controls.passages), "quote")
        return found

    async def _help(self, line: str, progress: Progress) -> Reply | None:
        """Return help where it is asked for in the console's own way: `?`, `help`, `help add`."""
        word, _, topic = line.strip().removeprefix("/").partition(" ")
        if word.lower() not in ("help", "?") or topic.strip().lower().startswith("command:"):
            return None
        reply = await self._services.help.help(self._call(progress), command=topic)
        return with_questions_of(reply, topic, self.commands) if topic.strip() else with_prompt(reply)
