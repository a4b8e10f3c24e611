"""What Tab offers: commands, options, choices, files, and what the services suggest."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.console.declared import Declared, Kind, Option
from bot.console.errors import LineError
from bot.console.parsing import find_command, quoted, typed_before
from bot.console.session import Session
from bot.render.terminal import clean
from bot.services.errors import explain

_BUILT_IN = ("help", "quit")
_TYPING_VALUE = re.compile(r'(?:^|\s)([A-Za-z][\w-]*):("[^"]*|\S*)$')
_MOST_FILES = 200


class LineCompleter(Completer):
    """Completes one line of the console."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(
        self,
        document: Document,  # noqa: ARG002  the library's signature
        complete_event: CompleteEvent,  # noqa: ARG002  the library's signature
    ) -> Iterable[Completion]:
        """Return nothing: suggestions come from the services, which are asynchronous."""
        return ()

    async def get_completions_async(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002  the library's signature
    ) -> AsyncGenerator[Completion, None]:
        """Yield what may stand at the cursor."""
        line = document.text_before_cursor
        try:
            command, rest = find_command(line, self._session.commands)
        except LineError:
            for name in self._names(line):
                yield name
            return
        if not rest and not line.endswith(" "):
            return
        async for completion in self._inside(command, rest if not line.endswith(" ") else rest + " "):
            yield completion

    def _names(self, line: str) -> Iterator[Completion]:
        typed = line.lstrip().removeprefix("/").lower()
        for command in self._session.commands:
            if command.name.startswith(typed):
                yield Completion(command.name + " ", -len(typed), "/" + command.name, clean(command.description))
        for name in _BUILT_IN:
            if name.startswith(typed) and all(command.name != name for command in self._session.commands):
                yield Completion(name, -len(typed))

    async def _inside(self, command: Declared, rest: str) -> AsyncIterator[Completion]:
        typing = _TYPING_VALUE.search(rest)
        option = command.option(typing[1]) if typing else None
        if typing and option:
            before = typed_before(rest[: typing.start()].strip(), command)
            async for completion in self._values(command, option, typing[2], before):
                yield completion
            return
        word = rest.rpartition(" ")[2].lower()
        used = set(re.findall(r"(?:^|\s)([\w-]+):", rest.lower()))
        for other in command.options:
            if other.name.startswith(word) and other.name not in used and not other.asked:
                yield Completion(f"{other.name}:", -len(word), display_meta=clean(other.description))

    async def _values(
        self, command: Declared, option: Option, typed: str, before: Mapping[str, str]
    ) -> AsyncIterator[Completion]:
        words = typed.removeprefix('"')
        if option.suggests:
            async for suggested in self._suggested(command, option, typed, before):
                yield suggested
        elif option.kind is Kind.FILE:
            for path in _files(words):
                yield Completion(quoted(path), -len(typed), Path(path).name + ("/" if path.endswith("/") else ""))
        else:
            for value in _fixed(option):
                if value.lower().startswith(words.lower()):
                    yield Completion(quoted(value), -len(typed))

    async def _suggested(
        self, command: Declared, option: Option, typed: str, before: Mapping[str, str]
    ) -> AsyncIterator[Completion]:
        try:
            offered = await self._session.suggest(command, option.keyword, typed.removeprefix('"'), given=before)
        except Exception as error:
            if explain(error) is None:
                raise
            return
        for suggestion in offered:
            yield Completion(quoted(suggestion.value), -len(typed), clean(suggestion.label))


def _fixed(option: Option) -> list[str]:
    if option.kind is Kind.YES_NO:
        return ["yes", "no"]
    return [str(value) for _, value in option.choices]


def _files(typed: str) -> Iterator[str]:
    """Yield the paths that begin with what was typed, folders with a slash; hidden ones only where asked for."""
    folder, slash, start = typed.rpartition("/")
    try:
        entries = sorted(Path(folder + slash or ".").expanduser().iterdir())[:_MOST_FILES]
    except (OSError, RuntimeError):
        return
    for entry in entries:
        if entry.name.startswith(start) and (start or not entry.name.startswith(".")):
            yield folder + slash + entry.name + ("/" if entry.is_dir() else "")
