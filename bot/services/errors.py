"""What can go wrong in a use case. Each message names the thing and the next step."""

from collections.abc import Sequence

from storage.errors import StorageError
from summariser.errors import SummariserError


class UserError(Exception):
    """Base of all that a user can put right; the message is shown as it is."""


class NothingGivenError(UserError):
    """A command without the file, address or text that it needs."""

    def __init__(self) -> None:
        super().__init__("There is nothing to read yet. Attach a file or give a link, then run the command again.")


class NothingAddedError(UserError):
    """None of the things given could be taken in."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))


class FileTooLargeError(UserError):
    """A file over the limit; told before it is fetched where its size is known."""

    def __init__(self, filename: str, limit: int) -> None:
        super().__init__(
            f"“{filename}” is over the limit of {limit / 2**20:g} MiB. Split it, or send only the pages that matter."
        )


class DownloadError(UserError):
    """The bytes did not arrive, or not all of them."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"“{what}” could not be fetched: {why}.")


class AddressError(UserError):
    """An address that will not be fetched."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"I can't open {url}: {why}.")


class WorkerDiedError(UserError):
    """Reading crashed or ran over its limits; the worker was replaced."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"“{what}” could not be read: {why}. Nothing was stored. Send its text as .txt instead.")


class WorkFailedError(WorkerDiedError):
    """Work over stored text crashed or ran over its limits; the worker was replaced."""

    def __init__(self, why: str) -> None:
        UserError.__init__(
            self, f"I could not finish this: {why}. Nothing was changed. Try again, with fewer or shorter articles."
        )


class NoSuchArticleError(UserError):
    """No stored title comes near what was asked."""

    def __init__(self, asked: str, near: Sequence[str]) -> None:
        titles = ", ".join(f"“{title}”" for title in near)
        hint = f"Did you mean {titles}?" if near else "Use /add to bring an article in first."
        super().__init__(f"There is no article “{asked}” here. {hint}")


class AmbiguousArticleError(UserError):
    """Several titles fit."""

    def __init__(self, asked: str, fitting: Sequence[str]) -> None:
        titles = ", ".join(f"“{title}”" for title in fitting)
        super().__init__(
            f"Several articles fit “{asked}”: {titles}. Pick one from the list, or type more of its title."
        )


class NotYoursError(UserError):
    """A control that belongs to somebody else."""

    def __init__(self, who: str, *, advice: str = "Run the command yourself to get your own.") -> None:
        super().__init__(f"This button is for {who}. {advice}")


class UnknownRequestError(UserError):
    """A control that this version no longer understands."""

    def __init__(self) -> None:
        super().__init__("This button is from another version of me. Run the command again for fresh ones.")


def explain(error: BaseException) -> str | None:
    """Return what to tell the user of this error, or None where it is a bug and belongs in the log."""
    if isinstance(error, UserError | SummariserError | StorageError):
        return str(error)
    return None
