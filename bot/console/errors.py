"""What can be wrong with a line that was typed. Each message names the thing and the next step."""

from collections.abc import Sequence

from bot.services.errors import UserError
from bot.services.wording import shorten


class LineError(UserError):
    """Base of all that is wrong with the line itself."""


class UnknownCommandError(LineError):
    """No command of that name."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        meant = " or ".join(f"/{command}" for command in near)
        super().__init__(f"There is no command “{name}”. " + (f"Did you mean {meant}?" if near else "Try /help."))


class UnknownOptionError(LineError):
    """An option that the command does not have."""

    def __init__(self, command: str, option: str, known: Sequence[str]) -> None:
        takes = f"takes {', '.join(known)}" if known else "takes no options"
        super().__init__(
            f"/{command} has no option “{option}”: it {takes}. A value with a colon in it needs quotes around it."
        )


class RepeatedOptionError(LineError):
    """The same option twice."""

    def __init__(self, option: str) -> None:
        super().__init__(f"“{option}:” stands there twice. Give it once.")


class StrayWordsError(LineError):
    """Words that belong to no option."""

    def __init__(self, command: str, words: str, known: Sequence[str]) -> None:
        advice = f"Write option:value, such as /{command} {known[0]}:…" if known else f"/{command} takes no options."
        super().__init__(f"“{shorten(words, 60)}” belongs to no option. {advice}")


class UnclosedQuoteError(LineError):
    """A quotation mark that is never closed."""

    def __init__(self, option: str) -> None:
        super().__init__(f"The quotation mark after “{option}:” is never closed. Add one where the value ends.")


class MissingOptionError(LineError):
    """A required option that was not given."""

    def __init__(self, command: str, option: str, description: str) -> None:
        super().__init__(f"/{command} needs “{option}:” ({description}). Add it and try again.")


class ValueMismatchError(LineError):
    """A value that the option does not take."""

    def __init__(self, option: str, value: str, takes: str) -> None:
        given = f"not “{shorten(value, 60)}”" if value else "and nothing was given"
        super().__init__(f"“{option}:” takes {takes}, {given}.")


class NoFileError(LineError):
    """A path that leads to no file that can be read."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"“{path}” {why}. Check the path; quotes go around one with spaces.")


class NoControlError(LineError):
    """A number that no control of the last answer has."""

    def __init__(self, typed: str, shown: Sequence[int], what: str) -> None:
        if not shown:
            super().__init__(f"There is no {what} to choose yet. Run a command first.")
            return
        have = f"{what}s {shown[0]} to {shown[-1]}" if len(shown) > 1 else f"only {what} {shown[0]}"
        super().__init__(f"The last answer has no {what} {shorten(typed, 20)}: it has {have}.")


_TEXT_ITSELF = "Give it a file (file:…), a page (url:…), or the text itself as {}."


class NeedsPromptError(LineError):
    """A form that must be filled in, where nobody sits at the keyboard."""

    def __init__(self, command: str, fields: Sequence[str], *, known: bool = False) -> None:
        options = " ".join(f'{name}:"…"' for name in fields)
        what = f"Say what is to change: {options}." if known else _TEXT_ITSELF.format(options)
        super().__init__(f"/{command} has nothing to work on. {what}")
