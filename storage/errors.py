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


class AwayError(BusyError):
    """The database's server does not answer: it is being started anew, or the network is cut."""

    def __init__(self, why: str) -> None:
        self.why = why
        StorageError.__init__(
            self, "The archive cannot be reached right now and nothing was changed. Try again in a minute."
        )


class UncertainError(BusyError):
    """The connection was cut while a change was being kept: whether it was is not known."""

    def __init__(self) -> None:
        StorageError.__init__(
            self, "The archive was cut off just then, and may or may not have kept this. Look before you try again."
        )


class FullError(StorageError):
    """The disk that holds the database is full."""

    def __init__(self) -> None:
        super().__init__("The archive's disk is full and nothing was changed. Tell whoever runs this bot.")


class NulError(StorageError):
    """A text holds a character that no database of ours keeps."""

    def __init__(self) -> None:
        super().__init__("There is a character in it (NUL) that cannot be kept, and nothing was changed. Leave it out.")


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
        super().__init__(
            f"DATABASE_URL “{url}” is not supported. Use sqlite+aiosqlite:///data/verbatim.db, or "
            "postgresql+asyncpg://user:password@host/database."
        )


class MissingDriverError(DatabaseUrlError):
    """DATABASE_URL names an engine whose driver is not installed."""

    def __init__(self) -> None:
        StorageError.__init__(
            self,
            "DATABASE_URL names PostgreSQL, and its driver is not installed. Install it with: "
            "pip install 'verbatim-desk[postgres]'",
        )


class UnreachableDatabaseError(StorageError):
    """The database cannot be opened."""

    def __init__(self, where: str, why: str, look_at: str = "the folder and its owner") -> None:
        super().__init__(f"The database {where} cannot be opened: {why}. Check DATABASE_URL, {look_at}.")

    @classmethod
    def of_server(cls, where: str, why: str) -> "UnreachableDatabaseError":
        """Return what to say of a server that does not answer."""
        return cls(where, why, "that the server runs, and its host and port")


class NewerDatabaseError(StorageError):
    """The database was written by a later version of the program."""

    def __init__(self, found: str) -> None:
        super().__init__(f"The database is at revision {found}, newer than this program. Upgrade Verbatim first.")


class MigrationError(StorageError):
    """A migration failed; the database is as it was before."""

    def __init__(self, why: str, copy: str | None) -> None:
        self.why = why
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


class ForeignArchiveError(StorageError):
    """A file is not an export, or not one that may be trusted to be one; nothing was changed."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f"{where} is not an export of Verbatim: {why}. Nothing was changed. Name the .zip that /export or "
            "“verbatim export” made."
        )


class DamagedArchiveError(StorageError):
    """An export that is not whole any more; nothing was changed."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f"{where} is damaged: {why}. Nothing was changed. Take another copy of it, or make the export again."
        )


class NewerArchiveError(StorageError):
    """A later version of the program wrote the export; nothing was changed."""

    def __init__(self, where: str, version: int) -> None:
        super().__init__(f"{where} is an export of version {version}, newer than this program. Upgrade Verbatim first.")


class DeskTakenError(StorageError):
    """A desk holds something else than what is to be imported into it."""

    def __init__(self, desk_id: int, why: str) -> None:
        super().__init__(
            f"Desk {desk_id} {why}, so nothing was brought into it. Empty it with “verbatim forget desk {desk_id}”, "
            "or import into another database."
        )


class UsedMeanwhileError(StorageError):
    """An import goes on in a desk where something came in while it was stopped."""

    def __init__(self, desk_id: int) -> None:
        super().__init__(
            f"Desk {desk_id} was used while its import was stopped, and what came in does not go together with the "
            "file. Nothing was taken out of it. Stop the bot and import the file into another database."
        )


class ImportMismatchError(StorageError):
    """What stands in the database after an import is not what stood in the file."""

    def __init__(self, desk_id: int, parts: str) -> None:
        super().__init__(
            f"Desk {desk_id} was imported, but what is here now differs from the file in: {parts}. Something else "
            "wrote into it meanwhile. Empty it with "
            f"“verbatim forget desk {desk_id}”, stop whatever runs on this database, and import it again."
        )


class NothingToExportError(StorageError):
    """There is no such desk, or none at all."""

    def __init__(self, desk_id: int | None) -> None:
        which = "There is nothing here" if desk_id is None else f"There is no desk {desk_id} here"
        super().__init__(
            f"{which}, so there is nothing to write out. “verbatim export FILE” without --desk writes out all desks."
        )


class UnknownDeskError(StorageError):
    """There is no desk of that id."""

    def __init__(self, desk_id: int) -> None:
        super().__init__(
            f"There is no desk {desk_id} here. A desk goes by its server's id, or by a person's with a minus before it."
        )


class TooLargeExportError(StorageError):
    """What somebody can read is too much for one file in Discord."""

    def __init__(self) -> None:
        super().__init__(
            "What you can read here is too much for a file in Discord. Ask whoever runs this bot for "
            "“verbatim export”: it has no such limit."
        )


class FileThereError(StorageError):
    """A file that is to be written is there already."""

    def __init__(self, where: str) -> None:
        super().__init__(f"{where} is there already, and is left as it is. Give another name, or move it away first.")


class UnwritableFileError(StorageError):
    """A file cannot be written or read."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where} cannot be used: {why}. Check the folder, its owner, and the room on its disk.")


class InUseError(StorageError):
    """Something runs on the database that must have it to itself."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where} is in use, so nothing was changed. Stop the bot, and every console on it, then try again."
        )


class NotEmptyError(StorageError):
    """A backup is not put in the place of something else unasked."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where} is not empty, and is left as it is. With --replace the backup takes its place, and what is there "
            "now is kept aside."
        )


class NothingToBackUpError(StorageError):
    """There is no database in a file."""

    def __init__(self, where: str) -> None:
        super().__init__(f"There is no file {where}. Check DATABASE_URL: a backup needs a database that is kept.")


class DamagedBackupError(StorageError):
    """A file is not a backup that can be restored; nothing was changed."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f"{where} cannot be restored: {why}. Nothing was changed. Try an earlier backup, or the copy beside the "
            "database that an update made (*.bak)."
        )


class MissingToolError(StorageError):
    """A program of PostgreSQL is not installed, or is older than the server."""

    def __init__(self, tool: str, why: str) -> None:
        super().__init__(
            f"{tool} is needed for backups of PostgreSQL: {why}. Install the client programs of the server's version "
            "(Debian: postgresql-client)."
        )


class BackupRightError(StorageError):
    """The database's user may not make the new database that a backup is restored into."""

    def __init__(self, user: str) -> None:
        super().__init__(
            f"“{user}” may not create or rename databases, so nothing was changed. Have an administrator of the server "
            f'run: ALTER ROLE "{user}" CREATEDB'
        )
