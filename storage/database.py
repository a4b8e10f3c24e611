"""The contract on SQL: each method is one transaction around the statements of its module."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from sqlalchemy import Connection

from storage import actions as remembered
from storage import adding, articles, fulltext, quota, uploads
from storage import search as searching
from storage import settings as kept
from storage.base import (
    Added,
    ArticleHead,
    Ceilings,
    DeskSettings,
    DeskUsage,
    Found,
    KeptActions,
    NewExtraction,
    NewUpload,
    Removed,
    Scope,
    Search,
    Storage,
    StoredArticle,
    StoredUpload,
)
from storage.engine import Database, locate
from storage.errors import BusyError, FailedDatabaseError, UnreachableDatabaseError
from storage.migrate import migrate, stored_revision
from storage.rows import pack
from summariser.model import Span

# The integrity check reads the whole file.
_CHECK_SECONDS = 600.0


@asynccontextmanager
async def open_storage(url: str, *, seconds: float = 5.0) -> AsyncIterator[Storage]:
    """Open a database, migrate it if it needs to be, and close it when the block ends.

    A call waits at most `seconds` for its turn, and its transaction takes at most as long again.

    Raises:
        DatabaseUrlError: the URL names an engine that is not supported.
        UnreachableDatabaseError: it cannot be opened, or belongs to another program.
        NewerDatabaseError: a later version of the program wrote it.
        MigrationError: it could not be migrated and is as it was.
    """
    database = Database(locate(url), seconds=seconds)
    try:
        await _prepare(database)
        yield SqlStorage(database)
    finally:
        await database.close()


async def _prepare(database: Database) -> None:
    """Migrate; tell a database that cannot be opened from one that fails later."""
    try:
        await migrate(database)
    except FailedDatabaseError as error:
        raise UnreachableDatabaseError(str(database.path), error.why) from error


class SqlStorage:
    """`storage.base.Storage` on a database; what each method returns and raises is said there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def close(self) -> None:
        """Give every connection back; finish what is being written."""
        await self._database.close()

    async def check(self) -> str:
        """Run SQLite's own integrity check; a file too damaged for it is told in the same way."""
        try:
            return await self._database.read(_check, seconds=_CHECK_SECONDS)
        except FailedDatabaseError as error:
            return error.why

    async def revision(self) -> str:
        """Return the schema's revision."""
        return str(await self._database.read(stored_revision))

    async def has_extraction(self, desk_id: int, blob: str, *, parser: str, parser_version: int) -> bool:
        """Tell whether these bytes were already read by this parser."""
        return await self._database.read(lambda c: adding.has_extraction(c, desk_id, blob, parser, parser_version))

    async def add(
        self, scope: Scope, upload: NewUpload, extraction: NewExtraction | None, *, ceilings: Ceilings | None = None
    ) -> Added:
        """Store an upload with what was read in it, all or nothing.

        Raises:
            MissingExtractionError: it was to share an extraction that is not there.
            OverLimitError: it is one more than the ceilings allow.
        """
        return await self._database.write(
            lambda c: adding.add(c, scope, pack(scope.desk_id, upload, extraction), ceilings)
        )

    async def anchor(self, scope: Scope, upload_ids: Sequence[int], *, channel_id: int, message_id: int) -> None:
        """Record the message that carries these uploads."""
        await self._database.write(lambda c: uploads.anchor(c, scope, upload_ids, channel_id, message_id))

    async def uploads(self, scope: Scope, upload_ids: Sequence[int]) -> tuple[StoredUpload, ...]:
        """Return the visible ones among these uploads."""
        return await self._database.read(lambda c: uploads.uploads(c, scope, upload_ids))

    async def origins(self, scope: Scope, article_id: int) -> tuple[StoredUpload, ...]:
        """Return the visible uploads that brought an article."""
        return await self._database.read(lambda c: uploads.origins(c, scope, article_id))

    async def remove_uploads(self, scope: Scope, upload_ids: Sequence[int]) -> Removed:
        """Delete the visible ones among these uploads."""
        removed = await self._database.write(lambda c: uploads.remove_uploads(c, scope, upload_ids))
        # It is out of sight already; what is left of it in the index's file goes here if it is little, else in time.
        with suppress(BusyError):
            await self.purge_search()
        return removed

    async def article(self, scope: Scope, article_id: int) -> StoredArticle:
        """Return one article."""
        return await self._database.read(lambda c: articles.article(c, scope, article_id))

    async def sentences(self, scope: Scope, article_id: int) -> tuple[Span, ...]:
        """Return an article's sentences."""
        return await self._database.read(lambda c: articles.sentences(c, scope, article_id))

    async def newest(self, scope: Scope, *, limit: int = 25) -> tuple[ArticleHead, ...]:
        """Return the visible articles that were added last."""
        return await self._database.read(lambda c: articles.newest(c, scope, limit))

    async def suggest(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[ArticleHead, ...]:
        """Return visible articles that hold every typed word."""
        return await self._database.read(lambda c: articles.suggest(c, scope, typed, limit))

    async def search(self, scope: Scope, asked: Search, *, first: int = 0, limit: int = 10) -> Found:
        """Return the visible articles that fit."""
        return await self._database.read(lambda c: searching.search(c, scope, asked, first, limit))

    async def sources(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[str, ...]:
        """Return the sources of visible articles."""
        return await self._database.read(lambda c: searching.sources(c, scope, typed, limit))

    async def nearby(self, scope: Scope, word: str, *, limit: int = 3) -> tuple[str, ...]:
        """Return words of visible articles that are spelled alike."""
        return await self._database.read(lambda c: searching.nearby(c, scope, word, limit))

    async def purge_search(self) -> bool:
        """Erase what removals left in the search index."""
        return await self._database.write(fulltext.purge)

    async def count(self, scope: Scope) -> int:
        """Return how many articles are visible."""
        return await self._database.read(lambda c: articles.count(c, scope))

    async def keep_actions(self, desk_id: int, actions: KeptActions) -> None:
        """Remember what a reply's controls do."""
        await self._database.write(lambda c: remembered.keep_actions(c, desk_id, actions))

    async def actions(self, desk_id: int, actions_id: int, *, now: datetime) -> KeptActions:
        """Return what a reply's controls do."""
        return await self._database.read(lambda c: remembered.find_actions(c, desk_id, actions_id, now))

    async def prune_actions(self, *, now: datetime) -> int:
        """Delete the expired actions of all desks."""
        return await self._database.write(lambda c: remembered.prune_actions(c, now))

    async def fingerprint(self, name: str) -> str | None:
        """Return what was last stored under this name."""
        return await self._database.read(lambda c: remembered.find_fingerprint(c, name))

    async def set_fingerprint(self, name: str, value: str, *, now: datetime) -> None:
        """Remember a fingerprint."""
        await self._database.write(lambda c: remembered.set_fingerprint(c, name, value, now))

    async def claim(self, desk_id: int, name: str, *, now: datetime) -> bool:
        """Tell whether nobody has claimed this name in the desk before."""
        return await self._database.write(lambda c: remembered.claim(c, desk_id, name, now))

    async def settings(self, desk_id: int) -> DeskSettings:
        """Return what a desk has set."""
        return await self._database.read(lambda c: kept.find_settings(c, desk_id))

    async def change_settings(
        self, desk_id: int, change: Callable[[DeskSettings], DeskSettings], *, changed_by: int, now: datetime
    ) -> tuple[DeskSettings, DeskSettings]:
        """Change a desk's settings."""
        return await self._database.write(lambda c: kept.change_settings(c, desk_id, change, changed_by, now))

    async def watching(self) -> int:
        """Return how many desks have channels to watch."""
        return await self._database.read(kept.count_watching)

    async def usage(self, desk_id: int, person_id: int, *, since: datetime) -> DeskUsage:
        """Return what was brought since then, and how many articles there are."""
        return await self._database.read(lambda c: quota.usage(c, desk_id, person_id, since))

    async def held(self, desk_id: int) -> int:
        """Return how many articles a desk holds."""
        return await self._database.read(lambda c: quota.held(c, desk_id))

    async def check_room(self, desk_id: int, person_id: int, *, size: int, ceilings: Ceilings, now: datetime) -> None:
        """Look whether a person may bring one upload more."""
        await self._database.read(
            lambda c: quota.check_day(c, desk_id, person_id, size=size, ceilings=ceilings, now=now)
        )


def _check(connection: Connection) -> str:
    """Return `ok`, or the first of what SQLite finds wrong."""
    return str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())
