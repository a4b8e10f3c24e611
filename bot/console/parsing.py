"""From a typed line to a command and its options."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bot.console.declared import Declared, Kind, Option
from bot.console.errors import (
    LineError,
    MissingOptionError,
    NoFileError,
    RepeatedOptionError,
    StrayWordsError,
    UnclosedQuoteError,
    UnknownCommandError,
    UnknownOptionError,
    ValueMismatchError,
)
from bot.services.calls import Incoming

# `https://` begins no option.
_NAME = re.compile(r"([A-Za-z][\w-]*):(?!//)")
_NEXT = re.compile(rf"\s+(?={_NAME.pattern})")
_QUOTED = {
    '"': re.compile(r'"((?:\\"|[^"])*)"(?=\s|$)'),
    "“": re.compile(r"“([^”]*)”(?=\s|$)"),
    "'": re.compile(r"'([^']*)'(?=\s|$)"),
}
_YES = frozenset({"yes", "y", "true", "on", "1"})
_NO = frozenset({"no", "n", "false", "off", "0"})

Passed = str | int | float | bool | Incoming | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a line asks for."""

    command: Declared
    options: Mapping[str, Passed]
    """By the service's keywords; what was not typed has its declared default."""


def parse(line: str, commands: Sequence[Declared], *, folder: Path) -> Wanted:
    """Return what a line such as `/summarise article:"Harbour bridge" sentences:4` asks for.

    Paths are relative to `folder`.

    Raises:
        LineError: the line names no command, or gives it something that it does not take.
    """
    command, rest = find_command(line, commands)
    typed = dict(_pairs(rest, command))
    options: dict[str, Passed] = {option.keyword: option.default for option in command.options if not option.asked}
    files = 0
    for option in command.options:
        if option.name in typed:
            files += option.kind is Kind.FILE
            options[option.keyword] = _value(option, typed[option.name], folder=folder, place=files)
        elif option.required:
            raise MissingOptionError(command.name, option.name, option.description)
    return Wanted(command, options)


def find_command(line: str, commands: Sequence[Declared]) -> tuple[Declared, str]:
    """Return the command that a line begins with, and the rest of the line.

    Raises:
        UnknownCommandError: it begins with none.
    """
    text = line.strip().removeprefix("/")
    for command in sorted(commands, key=lambda command: -len(command.name)):
        words = r"\s+".join(map(re.escape, command.name.split()))
        found = re.match(rf"{words}(?=\s|$)", text, re.IGNORECASE)
        if found:
            return command, text[found.end() :].strip()
    name = text.partition(" ")[0]
    near = get_close_matches(name.lower(), [command.name for command in commands], n=2)
    raise UnknownCommandError(name, near)


def typed_before(line: str, command: Declared) -> dict[str, str]:
    """Return the options on an unfinished line by the service's keywords, as far as they can be told."""
    try:
        pairs = _pairs(line, command)
    except LineError:
        return {}
    options = {option.name: option.keyword for option in command.options}
    return {options[name]: value for name, value in pairs}


def quoted(value: str) -> str:
    """Return a value the way it is typed: in quotation marks if it needs them."""
    return '"' + value.replace('"', '\\"') + '"' if re.search(r"[\s\"'“:]", value) or not value else value


def _pairs(rest: str, command: Declared) -> list[tuple[str, str]]:
    known = [option.name for option in command.options if not option.asked]
    pairs: list[tuple[str, str]] = []
    while rest:
        named = _NAME.match(rest)
        if not named:
            raise StrayWordsError(command.name, _NEXT.split(rest)[0], known)
        option = command.option(named[1])
        if option is None:
            raise UnknownOptionError(command.name, named[1], known)
        if any(name == option.name for name, _ in pairs):
            raise RepeatedOptionError(option.name)
        value, rest = _cut_value(option.name, rest[named.end() :])
        pairs.append((option.name, value))
    return pairs


def _cut_value(name: str, text: str) -> tuple[str, str]:
    """Return a value and what follows it; without quotation marks it ends where the next option begins."""
    mark = text[:1]
    if mark in _QUOTED:
        found = _QUOTED[mark].match(text)
        if found:
            return found[1].replace('\\"', '"'), text[found.end() :].lstrip()
        if mark != "'":
            raise UnclosedQuoteError(name)
    following = _NEXT.search(text)
    if not following:
        return text.strip(), ""
    return text[: following.start()].strip(), text[following.end() :]


def _value(option: Option, typed: str, *, folder: Path, place: int) -> Passed:
    if option.kind is Kind.FILE:
        return incoming(typed, folder=folder, place=place)
    if option.kind is Kind.YES_NO:
        return _yes_or_no(option, typed)
    if option.choices:
        return _choice(option, typed)
    if option.kind in (Kind.WHOLE, Kind.NUMBER):
        return _number(option, typed)
    if option.kind is Kind.CHANNEL:
        return _channel(option, typed)
    if option.kind is Kind.DISCORD:
        raise ValueMismatchError(option.name, typed, "something that only Discord has; leave it out here")
    return _text(option, typed)


def incoming(typed: str, *, folder: Path, place: int = 1) -> Incoming:
    """Return the file at a path, which is not opened yet; `place` tells the files of one command apart.

    Raises:
        NoFileError: nothing is there, or no file.
    """
    path = folder / Path(typed).expanduser()
    try:
        if not path.is_file():
            raise NoFileError(typed, _no_file(path))
        return Incoming(path.name, size=path.stat().st_size, attachment_id=place, path=str(path))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise NoFileError(typed, f"cannot be read: {why}") from error


def _no_file(path: Path) -> str:
    """Say what stands at a path in place of a file."""
    if path.is_dir():
        return "is a folder, not a file"
    return "is a device or a pipe, not a file" if path.exists() else "does not exist"


def _channel(option: Option, typed: str) -> int:
    """Return the id that Discord gave a channel, also where it was copied as a mention."""
    found = re.fullmatch(r"<?#?([0-9]{1,19})>?", typed)
    if not found:
        raise ValueMismatchError(option.name, typed, "the id of a channel (Discord: Developer Mode, Copy Channel ID)")
    return int(found[1])


def split_paths(typed: str) -> list[str]:
    """Return the paths on a line, with quotes around those with spaces; a lone quote is part of a name."""
    try:
        return shlex.split(typed)
    except ValueError:
        return typed.split()


def _yes_or_no(option: Option, typed: str) -> bool:
    if typed.lower() in _YES:
        return True
    if typed.lower() in _NO:
        return False
    raise ValueMismatchError(option.name, typed, "yes or no")


def _choice(option: Option, typed: str) -> Passed:
    for name, value in option.choices:
        if typed.casefold() in (name.casefold(), str(value).casefold()):
            return value
    raise ValueMismatchError(option.name, typed, "one of " + ", ".join(str(value) for _, value in option.choices))


def _number(option: Option, typed: str) -> int | float:
    try:
        number = int(typed) if option.kind is Kind.WHOLE else float(typed)
    except ValueError as error:
        raise ValueMismatchError(option.name, typed, takes(option)) from error
    low = number if option.least is None else option.least
    high = number if option.most is None else option.most
    if not low <= number <= high:
        raise ValueMismatchError(option.name, typed, takes(option))
    return number


def _text(option: Option, typed: str) -> str:
    # A line has no room for line breaks, and a pasted article has many.
    text = typed.replace("\\n", "\n") if option.asked else typed
    if not text or not (option.least or 0) <= len(text) <= (option.most or len(text)):
        raise ValueMismatchError(option.name, typed, takes(option))
    return text


def takes(option: Option) -> str:
    """Say what an option takes, with its range."""
    if option.choices:
        return "one of " + ", ".join(str(value) for _, value in option.choices)
    what = {Kind.TEXT: "words", Kind.FILE: "the path of a file"}.get(option.kind, option.kind.value)
    if option.kind is Kind.TEXT and option.least is option.most is None:
        return what
    return f"text of {_range(option)} characters" if option.kind is Kind.TEXT else f"{what} {_range(option)}".strip()


def _range(option: Option) -> str:
    low, high = option.least, option.most
    if low is not None and high is not None:
        between = "" if option.kind is Kind.TEXT else "from "
        return f"{between}{low:g} to {high:g}"
    if low is not None:
        return f"at least {low:g}" if option.kind is Kind.TEXT else f"of at least {low:g}"
    if high is None:
        return ""
    return f"up to {high:g}" if option.kind is Kind.TEXT else f"of at most {high:g}"
