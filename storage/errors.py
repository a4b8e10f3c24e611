"""What can go wrong while storing and finding. Each message names the thing and the next step."""

from datetime import datetime


class StorageError(Exception):
    """Base of all that this package raises on purpose; the message is fit for users."""


class UnknownArticleError(StorageError):
    """No article of that id within the scope; whether it exists elsewhere is not told."""

    def __init__(self) -> None:
        super().__init__(
            "That article is not here, or no longer: it may have been taken back, or its channel deleted or closed. "
            "Type part of a title to see what is here, or bring it in again with /add."
        )


class UnknownUploadError(StorageError):
    """No upload of that id within the scope."""

    def __init__(self) -> None:
        super().__init__(
            "That upload is not here, or no longer, so there is nothing to change. Use /add to bring it in again."
        )


class UnknownCorrectionError(StorageError):
    """No standing correction of that id within the scope."""

    def __init__(self) -> None:
        super().__init__("That correction is not here, or was taken back already. Use /article show to see what holds.")


class UnknownNameError(StorageError):
    """A name that no article within the scope spells so."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No article here names “{name}”. Type part of a name to see who is known.")


class UnknownDecisionError(StorageError):
    """No standing decision of that id within the scope."""

    def __init__(self) -> None:
        super().__init__("That decision is not here, or was taken back already. Use /entity show to see what holds.")


class CorrectionError(StorageError):
    """A correction cannot be done; nothing was changed."""


class ErasedError(StorageError):
    """A file of which an article was taken out for good is not there as it was received any more."""

    def __init__(self) -> None:
        super().__init__(
            "The file itself is not kept any more, because an article was taken out of it for good. What else was read "
            "in it is here."
        )


class UnknownActionError(StorageError):
    """A button whose action has expired or never existed in this desk."""

    def __init__(self) -> None:
        super().__init__("This button has expired. Run the command again for fresh ones.")


class QueryError(StorageError):
    """What is looked for cannot be understood."""

    def __init__(self, why: str, example: str) -> None:
        self.example = example
        super().__init__(f"I can't search for this: {why}. For example: {example}")


class BusyError(StorageError):
    """The database did not answer within its time limit."""

    def __init__(self) -> None:
        super().__init__("The archive is busy right now and nothing was changed. Try again in a minute.")


class FullError(StorageError):
    """The disk that holds the database is full."""

    def __init__(self) -> None:
        super().__init__("The archive's disk is full and nothing was changed. Tell whoever runs this bot.")


class FailedDatabaseError(StorageError):
    """The engine gave up: a damaged file, an unreadable disk, a database gone read-only."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"The archive failed ({why}) and nothing was changed. Tell whoever runs this bot.")


class MissingExtractionError(StorageError):
    """An upload was to share what had been read in the same bytes, and that has gone in the meantime."""

    def __init__(self) -> None:
        super().__init__("Another copy of this file was removed just now. Send the file again to have it read anew.")


class DatabaseUrlError(StorageError):
    """DATABASE_URL names an engine that is not supported."""

    def __init__(self, url: str) -> None:
        super().__init__(f"DATABASE_URL “{url}” is not supported. Use sqlite+aiosqlite:///data/verbatim.db.")


class UnreachableDatabaseError(StorageError):
    """The database cannot be opened."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"The database {where} cannot be opened: {why}. Check DATABASE_URL, the folder and its owner.")


class NewerDatabaseError(StorageError):
    """The database was written by a later version of the program."""

    def __init__(self, found: str) -> None:
        super().__init__(f"The database is at revision {found}, newer than this program. Upgrade Verbatim first.")


class MigrationError(StorageError):
    """A migration failed; the database is as it was before."""

    def __init__(self, why: str, copy: str | None) -> None:
        kept = f" The copy made before is {copy}." if copy else ""
        advice = "Go on with the version that you had before, and report this."
        super().__init__(f"The database could not be migrated and is as it was: {why}.{kept} {advice}")


class OverLimitError(StorageError):
    """A limit on what a desk, or one person in it, may bring is reached."""

    def __init__(self, limit: str, most: int, opens: datetime | None) -> None:
        self.limit = limit
        """`person uploads`, `person bytes`, `desk uploads` or `desk bytes`."""
        self.most = most
        self.opens = opens
        """When there is room again; None where waiting does not help."""
        super().__init__(f"The limit of {most:,} ({limit}) is reached and nothing was changed.")


class TooManySchedulesError(StorageError):
    """As many schedules of a kind as there may be."""

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} of them already, and there may be no more. Remove one first.")


class UnknownScheduleError(StorageError):
    """No schedule of that id within the scope."""

    def __init__(self) -> None:
        super().__init__("That schedule is not here, or was removed. Look at the list to see which there are.")


class UnknownFeedError(StorageError):
    """No feed of that id within the scope."""

    def __init__(self) -> None:
        super().__init__("That feed is not followed here, or was removed. /feed list shows which are.")


class AlreadyFollowedError(StorageError):
    """The same feed is followed for the same readers."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url} is followed there already. /feed list shows how it is doing.")


class FeedsFullError(StorageError):
    """A desk follows as many feeds as it may."""

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"{most:,} feeds are followed here, the limit. Remove one with /feed remove to add another.")


class SameWatchError(StorageError):
    """The same is watched for already, and told in the same place."""

    def __init__(self, schedule_id: int) -> None:
        self.schedule_id = schedule_id
        super().__init__("I watch for that already, and tell it there. /watch list shows it.")


class TooManyWatchesError(StorageError):
    """As many watches as there may be."""

    def __init__(self, most: int, *, own: bool) -> None:
        whose = "You have" if own else "This desk has"
        super().__init__(f"{whose} {most:,} watches, the most there may be. /watch remove makes room.")
