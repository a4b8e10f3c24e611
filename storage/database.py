"""The contract on SQL: each method is one transaction around the statements of its module."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from sqlalchemy import Connection

from storage import actions as remembered
from storage import (
    adding,
    articles,
    correcting,
    erasing,
    forgetting,
    fulltext,
    quota,
    sharing,
    signing,
    stories,
    texts,
    trash,
    uploads,
)
from storage import search as searching
from storage import settings as kept
from storage.base import (
    Added,
    Alike,
    ArticleHead,
    Ceilings,
    Corrected,
    Correction,
    DeskSettings,
    DeskUsage,
    Dropped,
    Found,
    InTrash,
    KeptActions,
    KeptCorrection,
    Listed,
    NewExtraction,
    NewUpload,
    Origin,
    Records,
    Removed,
    Scope,
    Search,
    Split,
    Storage,
    StoredArticle,
    StoredText,
    StoredUpload,
    Trashed,
    Unsigned,
)
from storage.engine import Database, locate
from storage.errors import BusyError, FailedDatabaseError, UnreachableDatabaseError
from storage.migrate import drop_copies, migrate, stored_revision
from storage.rows import pack
from summariser.model import Signature, Span

# The integrity check reads the whole file.
_CHECK_SECONDS = 600.0

# Where thousands of articles went at once, FTS5 walks through what they left in one go: 0.1 ms an article.
_PURGE_SECONDS = 60.0


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

    async def correct(
        self, scope: Scope, article_id: int, correction: Correction, *, made_by: int, now: datetime
    ) -> Corrected:
        """Put an article right."""
        return await self._database.write(
            lambda c: correcting.correct(c, scope, article_id, correction, made_by=made_by, now=now)
        )

    async def withdraw(self, scope: Scope, correction_id: int, *, now: datetime) -> Corrected:
        """Take a correction back."""
        return await self._database.write(lambda c: correcting.withdraw(c, scope, correction_id, now=now))

    async def corrections(self, scope: Scope, article_id: int) -> tuple[KeptCorrection, ...]:
        """Return what was put right in the file of an article."""
        return await self._database.read(lambda c: correcting.corrections(c, scope, article_id))

    async def proposals(self, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Split, ...]]:
        """Return where another article may begin."""
        return await self._database.read(lambda c: stories.proposals(c, scope, article_ids))

    async def alike(self, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Alike, ...]]:
        """Return the other visible articles of the same stories."""
        return await self._database.read(lambda c: stories.alike(c, scope, article_ids))

    async def unsigned(self, *, limit: int = 20) -> tuple[Unsigned, ...]:
        """Return articles that are still to be signed."""
        return await self._database.read(lambda c: signing.unsigned(c, limit))

    async def sign(self, one: Unsigned, signature: Signature) -> None:
        """Keep the signature of an article."""
        await self._database.write(lambda c: signing.sign(c, one, signature))

    async def passage(self, scope: Scope, article_id: int, span: Span) -> tuple[StoredArticle, Span]:
        """Return the article that holds what stood there."""
        return await self._database.read(lambda c: articles.passage(c, scope, article_id, span))

    async def listed(self, scope: Scope, *, first: int = 0, limit: int = 10, uploader_id: int | None = None) -> Listed:
        """Return a page of the visible articles."""
        return await self._database.read(lambda c: articles.listed(c, scope, first, limit, uploader_id))

    async def original(self, scope: Scope, article_id: int) -> tuple[StoredUpload, bytes]:
        """Return the first visible upload of an article, and its bytes."""
        return await self._database.read(lambda c: sharing.original(c, scope, article_id))

    async def share(self, scope: Scope, article_id: int, *, audience_id: int, origin_id: int, now: datetime) -> Added:
        """Let a further audience see the file that an article came in."""
        return await self._database.write(
            lambda c: sharing.share(c, scope, article_id, audience_id=audience_id, origin_id=origin_id, now=now)
        )

    async def trash(self, scope: Scope, upload_ids: Sequence[int], *, removed_by: int | None, now: datetime) -> Trashed:
        """Remove the visible ones among these uploads; `restore` brings them back."""
        return await self._database.write(lambda c: trash.throw_away(c, scope, upload_ids, removed_by, now))

    async def trash_message(
        self, desk_id: int, message_id: int, *, kept: Collection[int] | None, now: datetime
    ) -> tuple[Trashed, frozenset[int]] | None:
        """Remove what a message brought."""
        # People delete many messages, and few of them brought anything: the others do not wait for the one who writes.
        if not await self._database.read(lambda c: trash.brings(c, desk_id, message_id)):
            return None
        return await self._database.write(lambda c: trash.throw_message_away(c, desk_id, message_id, kept, now))

    async def attachments_of(self, desk_id: int, message_id: int) -> frozenset[int]:
        """Return the `attachment_id` of all that came with a message."""
        return await self._database.read(lambda c: trash.attachments_of(c, desk_id, message_id))

    async def trash_channel(
        self, desk_id: int, channel_id: int, *, now: datetime, readers: int | None = None
    ) -> Trashed | None:
        """Remove what was brought for the readers of a channel that is gone."""
        return await self._database.write(lambda c: trash.throw_channel_away(c, desk_id, channel_id, readers, now))

    async def in_trash(
        self, scope: Scope, *, removals: Collection[int] | None = None, limit: int = 25
    ) -> tuple[InTrash, ...]:
        """Return the removals that can be brought back."""
        return await self._database.read(lambda c: trash.in_trash(c, scope, removals, limit))

    async def dropped(self, scope: Scope, *, limit: int = 25) -> tuple[Dropped, ...]:
        """Return the articles taken out of visible files."""
        return await self._database.read(lambda c: erasing.dropped(c, scope, limit))

    async def restore(self, scope: Scope, removal_id: int) -> Removed:
        """Bring back what a removal took."""
        return await self._database.write(lambda c: trash.restore(c, scope, removal_id))

    async def empty_trash(self, *, before: datetime) -> bool:
        """Delete for good a piece of what was removed before then."""
        return await self._database.write(lambda c: trash.erase_due(c, before) and erasing.erase_dropped(c, before))

    async def records(self, scope: Scope, person_id: int) -> Records:
        """Return what a desk keeps of a person."""
        return await self._database.read(lambda c: forgetting.records(c, scope, person_id))

    async def forget_person(self, scope: Scope, person_id: int, *, now: datetime) -> Records:
        """Delete everything that a person brought to a desk and every record of the person."""
        told = await self._database.write(lambda c: forgetting.let_go(c, scope, person_id, now))
        # It cannot be seen or brought back from here on; if the program stops now, `empty_trash` erases the rest.
        while not await self._database.write(lambda c: trash.erase_going(c, scope.desk_id)):
            pass
        return told

    async def forget_desk(self, desk_id: int) -> int:
        """Delete a desk with everything in it."""
        uploaded = await self._database.write(lambda c: forgetting.give_up(c, desk_id))
        while not await self._database.write(lambda c: forgetting.drop_left(c, forgetting.LONG_AGO, desk_id)):
            pass
        return uploaded

    async def leave(self, desk_id: int, *, now: datetime) -> None:
        """Note that the bot is no member any more."""
        await self._database.write(lambda c: forgetting.leave(c, desk_id, now))

    async def come_back(self, desk_ids: Collection[int]) -> int:
        """Note that the bot is a member of these servers."""
        return await self._database.write(lambda c: forgetting.come_back(c, desk_ids))

    async def members_of(self) -> tuple[int, ...]:
        """Return the servers' desks that the bot is not known to have left."""
        return await self._database.read(forgetting.members_of)

    async def drop_left(self, *, before: datetime) -> bool:
        """Delete for good a piece of a desk that the bot left before then."""
        return await self._database.write(lambda c: forgetting.drop_left(c, before))

    async def drop_copies(self, *, before: datetime) -> int:
        """Delete the copies that migrations made before then."""
        path = self._database.path
        return 0 if path is None else await asyncio.to_thread(drop_copies, path, before)

    async def article(self, scope: Scope, article_id: int) -> StoredArticle:
        """Return one article."""
        return await self._database.read(lambda c: articles.article(c, scope, article_id))

    async def sentences(self, scope: Scope, article_id: int) -> tuple[Span, ...]:
        """Return an article's sentences."""
        return await self._database.read(lambda c: articles.sentences(c, scope, article_id))

    async def texts(
        self, scope: Scope, article_ids: Sequence[int], *, characters: int = 4_000_000
    ) -> tuple[StoredText, ...]:
        """Return the visible ones among these articles with their sentences."""
        return await self._database.read(lambda c: texts.texts(c, scope, article_ids, characters))

    async def origins_of(self, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Origin, ...]]:
        """Return where the visible ones among these articles came from."""
        return await self._database.read(lambda c: texts.origins_of(c, scope, article_ids))

    async def recent(
        self,
        scope: Scope,
        *,
        sources: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 25,
    ) -> Found:
        """Return visible articles of these sources and this time, the newest first."""
        wanted = texts.Wanted(None if sources is None else tuple(sources), since, until)
        return await self._database.read(lambda c: texts.recent(c, scope, wanted, limit))

    async def sources_between(self, scope: Scope, since: datetime, until: datetime) -> tuple[str, ...]:
        """Return the sources of visible articles published in that time."""
        return await self._database.read(lambda c: texts.sources_between(c, scope, since, until))

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
        return await self._database.write(fulltext.purge, seconds=_PURGE_SECONDS)

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
