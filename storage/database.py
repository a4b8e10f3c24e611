"""The contract on SQL: each method is one transaction around the statements of its module."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection

from storage import actions as remembered
from storage import (
    adding,
    articles,
    correcting,
    deciding,
    erasing,
    exporting,
    feeding,
    forgetting,
    fulltext,
    gate,
    names,
    naming,
    pairing,
    quota,
    retention,
    sharing,
    signing,
    stories,
    texts,
    trash,
    uploads,
    watching,
)
from storage import scheduling as timetable
from storage import search as searching
from storage import settings as kept
from storage.base import (
    Added,
    Alerting,
    Alike,
    Arrival,
    ArticleHead,
    Beside,
    Ceilings,
    Claimed,
    Corrected,
    Correction,
    Delivery,
    DeskSettings,
    DeskUsage,
    Dropped,
    Exported,
    FeedSource,
    FollowedFeed,
    Found,
    Heard,
    HeardEntry,
    Hit,
    InTrash,
    KeptActions,
    KeptCorrection,
    KeptDecision,
    KnownName,
    Listed,
    NamedInPage,
    NamedWith,
    NewExtraction,
    NewFeed,
    NewSchedule,
    NewUpload,
    Opening,
    Origin,
    Outcome,
    Records,
    Removed,
    Rewritten,
    Schedule,
    Scope,
    Search,
    Seen,
    Shards,
    Spelled,
    Split,
    Standing,
    Storage,
    StoredArticle,
    StoredText,
    StoredUpload,
    SuggestedName,
    Trashed,
    Unnamed,
    Unsigned,
    WaitingEntry,
)
from storage.connecting import open_database
from storage.errors import AwayError, BusyError, FailedDatabaseError, UnreachableDatabaseError
from storage.ids import new_id
from storage.migrate import drop_copies, migrate, stored_revision
from storage.postgres.checking import check as check_server
from storage.postgres.copies import find_copies
from storage.query import Query
from storage.rows import pack
from storage.turns import Database
from storage.urls import find_server
from storage.watched import Watch, WatchedDatabase
from summariser.model import Decision, Name, Named, Signature, Span

# The integrity check reads the whole file.
_CHECK_SECONDS = 600.0

# Where thousands of articles went at once, FTS5 walks through what they left in one go: 0.1 ms an article.
_PURGE_SECONDS = 60.0

# What one member can read is gathered in memory, and packs to a third or less.
_UNPACKED = 4
_EXPORT_SECONDS = 60.0


@asynccontextmanager
async def open_storage(url: str, *, seconds: float = 5.0, watch: Watch | None = None) -> AsyncIterator[Storage]:
    """Open a database, migrate it if it needs to be, and close it when the block ends.

    A call waits at most `seconds` for its turn, and its transaction takes at most as long again; `watch` surrounds it.

    Raises:
        DatabaseUrlError: the URL names an engine that is not supported.
        UnreachableDatabaseError: it cannot be opened, or belongs to another program.
        NewerDatabaseError: a later version of the program wrote it.
        MigrationError: it could not be migrated and is as it was.
    """
    database = open_database(url, seconds=seconds)
    try:
        await prepare(database)
        yield SqlStorage(WatchedDatabase(database, watch) if watch else database, url)
    finally:
        await database.close()


async def prepare(database: Database) -> None:
    """Migrate; tell a database that cannot be opened from one that fails later."""
    try:
        await migrate(database)
    except FailedDatabaseError as error:
        raise UnreachableDatabaseError(database.where, error.why) from error
    except AwayError as error:
        raise UnreachableDatabaseError.of_server(database.where, error.why) from error


class SqlStorage:
    """`storage.base.Storage` on a database; what each method returns and raises is said there."""

    def __init__(self, database: Database, url: str | None = None) -> None:
        self._database = database
        self._url = url
        self._expiring = retention.Walk()

    async def close(self) -> None:
        """Give every connection back; finish what is being written."""
        await self._database.close()

    async def check(self) -> str:
        """Run the engine's own check; what is too damaged for it is told in the same way."""
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
            lambda c: adding.add(c, scope, pack(scope.desk_id, upload, extraction), ceilings), desk=scope.desk_id
        )

    async def anchor(self, scope: Scope, upload_ids: Sequence[int], *, channel_id: int, message_id: int) -> None:
        """Record the message that carries these uploads."""
        await self._database.write(
            lambda c: uploads.anchor(c, scope, upload_ids, channel_id, message_id), desk=scope.desk_id
        )

    async def uploads(self, scope: Scope, upload_ids: Sequence[int]) -> tuple[StoredUpload, ...]:
        """Return the visible ones among these uploads."""
        return await self._database.read(lambda c: uploads.uploads(c, scope, upload_ids), keyed=True)

    async def origins(self, scope: Scope, article_id: int) -> tuple[StoredUpload, ...]:
        """Return the visible uploads that brought an article."""
        return await self._database.read(lambda c: uploads.origins(c, scope, article_id), keyed=True)

    async def remove_uploads(self, scope: Scope, upload_ids: Sequence[int]) -> Removed:
        """Delete the visible ones among these uploads."""
        removed = await self._database.write(lambda c: _remove_uploads(c, scope, upload_ids), desk=scope.desk_id)
        # It is out of sight already; what is left of it in the index's file goes here if it is little, else in time.
        with suppress(BusyError):
            await self.purge_search()
        return removed

    async def correct(
        self, scope: Scope, article_id: int, correction: Correction, *, made_by: int, now: datetime
    ) -> Corrected:
        """Put an article right."""
        return await self._database.write(
            lambda c: correcting.correct(c, scope, article_id, correction, made_by=made_by, now=now), desk=scope.desk_id
        )

    async def withdraw(self, scope: Scope, correction_id: int, *, now: datetime) -> Corrected:
        """Take a correction back."""
        return await self._database.write(
            lambda c: correcting.withdraw(c, scope, correction_id, now=now), desk=scope.desk_id
        )

    async def corrections(self, scope: Scope, article_id: int) -> tuple[KeptCorrection, ...]:
        """Return what was put right in the file of an article."""
        return await self._database.read(lambda c: correcting.corrections(c, scope, article_id))

    async def proposals(self, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Split, ...]]:
        """Return where another article may begin."""
        return await self._database.read(lambda c: stories.proposals(c, scope, article_ids))

    async def alike(self, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Alike, ...]]:
        """Return the other visible articles of the same stories."""
        return await self._database.read(lambda c: stories.alike(c, scope, article_ids), long=True)

    async def unsigned(self, *, limit: int = 20) -> tuple[Unsigned, ...]:
        """Return articles that are still to be signed."""
        return await self._database.read(lambda c: signing.unsigned(c, limit))

    async def sign(self, one: Unsigned, signature: Signature) -> None:
        """Keep the signature of an article."""
        await self._database.write(lambda c: signing.sign(c, one, signature), desk=one.desk_id)

    async def pair_some(self, *, limit: int = 10) -> bool:
        """Find the copies of some articles."""
        waiting = await self._database.read(lambda c: pairing.unpaired(c, limit))
        if waiting is not None:
            await self._database.write(lambda c: pairing.pair(c, waiting), desk=waiting.desk_id)
        return waiting is None

    async def unnamed(self, *, limit: int = 20) -> tuple[Unnamed, ...]:
        """Return articles in which names are still to be found."""
        return await self._database.read(lambda c: naming.find_unnamed(c, limit))

    async def articles_after(self, desk_id: int, article_id: int, *, limit: int = 20) -> tuple[Unnamed, ...]:
        """Return the articles that come after one."""
        return await self._database.read(lambda c: naming.find_named(c, desk_id, article_id, limit))

    async def nameless(self, scope: Scope) -> int:
        """Return in how many visible articles names are still to be found."""
        return await self._database.read(lambda c: naming.count_nameless(c, scope))

    async def keep_names(self, one: Unnamed, named: Sequence[Named]) -> None:
        """Keep who is named in an article.

        Raises:
            ValueError: a mention does not stand where it says.
        """
        naming.check_names(one.text, named)
        await self._database.write(lambda c: naming.keep_names(c, one, named), desk=one.desk_id)

    async def suggest_names(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[SuggestedName, ...]:
        """Return visible names with a spelling that holds every typed word."""
        return await self._database.read(lambda c: names.suggest_names(c, scope, typed, limit))

    async def names_called(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[KnownName, ...]:
        """Return the visible names that are spelled just so."""
        return await self._database.read(lambda c: names.names_called(c, scope, typed, limit), keyed=True)

    async def names_like(self, scope: Scope, keys: Collection[str], *, limit: int = 500) -> tuple[KnownName, ...]:
        """Return the visible names that share one of these keys."""
        return await self._database.read(lambda c: names.names_like(c, scope, keys, limit))

    async def spellings(self, scope: Scope, name_ids: Collection[int]) -> tuple[Spelled, ...]:
        """Return how these names are written."""
        return await self._database.read(lambda c: names.spellings(c, scope, name_ids), long=True, keyed=True)

    async def seen(self, scope: Scope, name_ids: Collection[int]) -> Seen:
        """Return when and how often these names were meant."""
        return await self._database.read(lambda c: names.seen(c, scope, name_ids), long=True, keyed=True)

    async def named_most(self, scope: Scope, name_ids: Collection[int], *, limit: int = 10) -> tuple[ArticleHead, ...]:
        """Return the visible articles that mean these names most often."""
        return await self._database.read(lambda c: names.named_most(c, scope, name_ids, limit), long=True)

    async def named_in(
        self, scope: Scope, name_ids: Collection[int], *, first: int = 0, limit: int = 10
    ) -> NamedInPage:
        """Return a page of the visible articles that mean one of these names."""
        return await self._database.read(
            lambda c: names.named_in(c, scope, name_ids, first=first, limit=limit), long=True
        )

    async def named_with(self, scope: Scope, name_ids: Collection[int], *, limit: int = 10) -> tuple[NamedWith, ...]:
        """Return the other names that the same visible articles mention."""
        return await self._database.read(lambda c: names.named_with(c, scope, name_ids, limit), long=True)

    async def names_of(
        self, scope: Scope, article_ids: Collection[int], name_ids: Collection[int] | None = None
    ) -> dict[int, tuple[Standing, ...]]:
        """Return who is named in the visible ones among these articles."""
        return await self._database.read(lambda c: names.names_of(c, scope, article_ids, name_ids), keyed=True)

    async def headlines(self, scope: Scope, name_ids: Collection[int], *, limit: int = 25) -> tuple[Rewritten, ...]:
        """Return the visible articles that mean one of these names and got another headline."""
        return await self._database.read(lambda c: names.headlines(c, scope, name_ids, limit), long=True)

    async def decide(self, scope: Scope, decision: Decision, *, made_by: int, now: datetime) -> int:
        """Keep a decision on names."""
        return await self._database.write(
            lambda c: deciding.decide(c, scope, decision, made_by=made_by, now=now), desk=scope.desk_id
        )

    async def withdraw_decision(self, scope: Scope, decision_id: int, *, now: datetime) -> KeptDecision:
        """Take a decision back."""
        return await self._database.write(
            lambda c: deciding.withdraw_decision(c, scope, decision_id, now=now), desk=scope.desk_id
        )

    async def decisions(
        self, scope: Scope, names: Collection[Name] | None = None, *, withdrawn: bool = False, limit: int = 500
    ) -> tuple[KeptDecision, ...]:
        """Return the decisions of which each name is visible."""
        return await self._database.read(
            lambda c: deciding.decisions(c, scope, names, withdrawn=withdrawn, limit=limit)
        )

    async def passage(self, scope: Scope, article_id: int, span: Span) -> tuple[StoredArticle, Span]:
        """Return the article that holds what stood there."""
        return await self._database.read(lambda c: articles.passage(c, scope, article_id, span), keyed=True)

    async def listed(self, scope: Scope, *, first: int = 0, limit: int = 10, uploader_id: int | None = None) -> Listed:
        """Return a page of the visible articles."""
        return await self._database.read(lambda c: articles.listed(c, scope, first, limit, uploader_id))

    async def original(self, scope: Scope, article_id: int) -> tuple[StoredUpload, bytes]:
        """Return the first visible upload of an article, and its bytes."""
        return await self._database.read(lambda c: sharing.original(c, scope, article_id))

    async def share(self, scope: Scope, article_id: int, *, audience_id: int, origin_id: int, now: datetime) -> Added:
        """Let a further audience see the file that an article came in."""
        return await self._database.write(
            lambda c: sharing.share(c, scope, article_id, audience_id=audience_id, origin_id=origin_id, now=now),
            desk=scope.desk_id,
        )

    async def trash(self, scope: Scope, upload_ids: Sequence[int], *, removed_by: int | None, now: datetime) -> Trashed:
        """Remove the visible ones among these uploads; `restore` brings them back."""
        return await self._database.write(
            lambda c: trash.throw_away(c, scope, upload_ids, removed_by, now), desk=scope.desk_id
        )

    async def trash_message(
        self, desk_id: int, message_id: int, *, kept: Collection[int] | None, now: datetime
    ) -> tuple[Trashed, frozenset[int]] | None:
        """Remove what a message brought."""
        # People delete many messages, and few of them brought anything: the others do not wait for the one who writes.
        if not await self._database.read(lambda c: trash.brings(c, desk_id, message_id)):
            return None
        return await self._database.write(
            lambda c: trash.throw_message_away(c, desk_id, message_id, kept, now), desk=desk_id
        )

    async def attachments_of(self, desk_id: int, message_id: int) -> frozenset[int]:
        """Return the `attachment_id` of all that came with a message."""
        return await self._database.read(lambda c: trash.attachments_of(c, desk_id, message_id))

    async def trash_channel(
        self, desk_id: int, channel_id: int, *, now: datetime, readers: int | None = None
    ) -> Trashed | None:
        """Remove what was brought for the readers of a channel that is gone."""
        removal = trash.Removal(new_id(now), None, now)
        await self._database.write(lambda c: feeding.stop_channel(c, desk_id, channel_id), desk=desk_id)
        told: Trashed | None = None
        while piece := await self._database.write(
            lambda c: trash.throw_channel_away(c, desk_id, channel_id, readers, removal), desk=desk_id
        ):
            so_far = told or Trashed(removal.removal_id, 0, 0)
            told = Trashed(removal.removal_id, so_far.uploads + piece.uploads, so_far.articles + piece.articles)
        return told

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
        return await self._database.write(lambda c: trash.restore(c, scope, removal_id), desk=scope.desk_id)

    async def empty_trash(self, *, before: datetime) -> bool:
        """Delete for good a piece of what was removed before then."""
        return await self._database.write(lambda c: _empty_trash(c, before))

    async def records(self, scope: Scope, person_id: int) -> Records:
        """Return what a desk keeps of a person."""
        return await self._database.read(lambda c: forgetting.records(c, scope, person_id))

    async def forget_person(self, scope: Scope, person_id: int, *, now: datetime) -> Records:
        """Delete everything that a person brought to a desk and every record of the person."""
        told = await self._database.write(lambda c: forgetting.let_go(c, scope, person_id, now))
        # It cannot be seen or brought back from here on; if the program stops now, `empty_trash` erases the rest.
        while not await self._database.write(lambda c: trash.erase_going(c, scope.desk_id), desk=scope.desk_id):
            pass
        await self._database.write(lambda c: deciding.drop_baseless(c, scope.desk_id), desk=scope.desk_id)
        return told

    async def forget_desk(self, desk_id: int) -> int:
        """Delete a desk with everything in it."""
        uploaded = await self._database.write(lambda c: forgetting.give_up(c, desk_id))
        while not await self._database.write(lambda c: forgetting.drop_left(c, forgetting.LONG_AGO, desk_id)):
            pass
        return uploaded

    async def leave(self, desk_id: int, *, now: datetime) -> None:
        """Note that the bot is no member any more."""
        await self._database.write(lambda c: forgetting.leave(c, desk_id, now), desk=desk_id)

    async def come_back(self, desk_ids: Collection[int]) -> int:
        """Note that the bot is a member of these servers."""
        return await self._database.write(lambda c: forgetting.come_back(c, desk_ids))

    async def members_of(self) -> tuple[int, ...]:
        """Return the servers' desks that the bot is not known to have left."""
        return await self._database.read(forgetting.members_of)

    async def drop_left(self, *, before: datetime) -> bool:
        """Delete for good a piece of a desk that the bot left before then."""
        return await self._database.write(lambda c: forgetting.drop_left(c, before))

    async def export(self, scope: Scope, *, most: int, originals: bool) -> Exported:
        """Return what the scope can read of its desk as a file."""
        found = await self._database.read(
            lambda c: exporting.view(c, scope, most=_UNPACKED * most, originals=originals),
            seconds=_EXPORT_SECONDS,
            long=True,
        )
        return await asyncio.to_thread(exporting.pack_view, found, most, whole=originals)

    async def expire(self, *, now: datetime) -> bool:
        """Move a piece of what is older than its desk keeps it to the trash."""
        walk = self._expiring
        if walk.rests(now):
            return True
        due, self._expiring = await self._database.read(lambda c: retention.look(c, walk, now))
        if due is not None:
            await self._database.write(lambda c: retention.expire(c, due, now), desk=due.desk_id)
        return self._expiring.ended_at is not None

    async def drop_copies(self, *, before: datetime) -> int:
        """Delete the copies that migrations and restores made before then."""
        path = self._database.path
        if path is not None:
            return await asyncio.to_thread(drop_copies, path, before)
        if self._url is None or find_server(self._url) is None:
            return 0
        copies = await self._database.read(find_copies)
        old = [name for name, made in copies if made is not None and made < before]
        if not old:
            return 0
        from storage import dumping  # noqa: PLC0415  SQLite's users need no driver

        return await dumping.drop_copies(self._url, old)

    async def article(self, scope: Scope, article_id: int) -> StoredArticle:
        """Return one article."""
        return await self._database.read(lambda c: articles.article(c, scope, article_id), keyed=True)

    async def sentences(self, scope: Scope, article_id: int) -> tuple[Span, ...]:
        """Return an article's sentences."""
        return await self._database.read(lambda c: articles.sentences(c, scope, article_id), keyed=True)

    async def texts(
        self, scope: Scope, article_ids: Sequence[int], *, characters: int = 4_000_000
    ) -> tuple[StoredText, ...]:
        """Return the visible ones among these articles with their sentences."""
        return await self._database.read(
            lambda c: texts.texts(c, scope, article_ids, characters), long=True, keyed=True
        )

    async def origins_of(self, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Origin, ...]]:
        """Return where the visible ones among these articles came from."""
        return await self._database.read(lambda c: texts.origins_of(c, scope, article_ids), keyed=True)

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
        return await self._database.read(lambda c: texts.recent(c, scope, wanted, limit), long=True)

    async def sources_between(self, scope: Scope, since: datetime, until: datetime) -> tuple[str, ...]:
        """Return the sources of visible articles published in that time."""
        return await self._database.read(lambda c: texts.sources_between(c, scope, since, until), long=True)

    async def newest(self, scope: Scope, *, limit: int = 25) -> tuple[ArticleHead, ...]:
        """Return the visible articles that were added last."""
        return await self._database.read(lambda c: articles.newest(c, scope, limit))

    async def arrived(
        self,
        scope: Scope,
        since: datetime,
        until: datetime,
        *,
        sources: Collection[str] | None = None,
        limit: int = 1000,
    ) -> tuple[ArticleHead, ...]:
        """Return the visible articles that came into sight within some time, the newest first."""
        return await self._database.read(
            lambda c: articles.arrived(c, scope, since, until, sources=sources, limit=limit), long=True
        )

    async def suggest(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[ArticleHead, ...]:
        """Return visible articles that hold every typed word."""
        return await self._database.read(lambda c: articles.suggest(c, scope, typed, limit))

    async def search(self, scope: Scope, asked: Search, *, first: int = 0, limit: int = 10) -> Found:
        """Return the visible articles that fit."""
        return await self._database.read(lambda c: searching.search(c, scope, asked, first, limit), long=True)

    async def sources(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[str, ...]:
        """Return the sources of visible articles."""
        return await self._database.read(lambda c: searching.sources(c, scope, typed, limit))

    async def nearby(self, scope: Scope, word: str, *, limit: int = 3) -> tuple[str, ...]:
        """Return words of visible articles that are spelled alike."""
        return await self._database.read(lambda c: searching.nearby(c, scope, word, limit), long=True)

    async def purge_search(self) -> bool:
        """Erase what removals left in the search index."""
        return await self._database.write(fulltext.purge, rows=True, seconds=_PURGE_SECONDS)

    async def count(self, scope: Scope) -> int:
        """Return how many articles are visible."""
        return await self._database.read(lambda c: articles.count(c, scope))

    async def keep_actions(self, desk_id: int, actions: KeptActions) -> None:
        """Remember what a reply's controls do."""
        await self._database.write(lambda c: remembered.keep_actions(c, desk_id, actions), desk=desk_id)

    async def actions(self, desk_id: int, actions_id: int, *, now: datetime) -> KeptActions:
        """Return what a reply's controls do."""
        return await self._database.read(lambda c: remembered.find_actions(c, desk_id, actions_id, now))

    async def prune_actions(self, *, now: datetime) -> int:
        """Delete the expired actions of all desks."""
        return await self._database.write(lambda c: remembered.prune_actions(c, now), rows=True)

    async def fingerprint(self, name: str) -> str | None:
        """Return what was last stored under this name."""
        return await self._database.read(lambda c: remembered.find_fingerprint(c, name))

    async def set_fingerprint(self, name: str, value: str, *, now: datetime) -> None:
        """Remember a fingerprint."""
        await self._database.write(lambda c: remembered.set_fingerprint(c, name, value, now), desk=0)

    async def take_turn(self, name: str, *, apart: timedelta, within: timedelta) -> timedelta | None:
        """Return how long to wait for one's turn."""
        return await self._database.write(lambda c: gate.take_turn(c, name, apart, within), desk=0)

    async def take_lease(self, name: str, owner: str, *, lease: timedelta) -> bool:
        """Tell whether something is the owner's alone for so long."""
        return await self._database.write(lambda c: gate.take_lease(c, name, owner, lease), desk=0)

    async def end_lease(self, name: str, owner: str) -> None:
        """Leave to others what was the owner's alone."""
        await self._database.write(lambda c: gate.end_lease(c, name, owner), desk=0)

    async def claim(self, desk_id: int, name: str, *, now: datetime) -> bool:
        """Tell whether nobody has claimed this name in the desk before."""
        return await self._database.write(lambda c: remembered.claim(c, desk_id, name, now), desk=desk_id)

    async def settings(self, desk_id: int) -> DeskSettings:
        """Return what a desk has set."""
        return await self._database.read(lambda c: kept.find_settings(c, desk_id))

    async def change_settings(
        self, desk_id: int, change: Callable[[DeskSettings], DeskSettings], *, changed_by: int, now: datetime
    ) -> tuple[DeskSettings, DeskSettings]:
        """Change a desk's settings."""
        return await self._database.write(
            lambda c: kept.change_settings(c, desk_id, change, changed_by, now), desk=desk_id
        )

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

    async def make_schedule(
        self, scope: Scope, new: NewSchedule, *, most: int | None = None, check: Beside | None = None
    ) -> Schedule:
        """Keep a new schedule."""
        return await self._database.write(lambda c: timetable.make(c, scope, new, most, check), desk=scope.desk_id)

    async def schedules(self, scope: Scope) -> tuple[Schedule, ...]:
        """Return the visible schedules."""
        return await self._database.read(lambda c: timetable.listed(c, scope))

    async def schedule(self, scope: Scope, schedule_id: int) -> Schedule:
        """Return one schedule."""
        return await self._database.read(lambda c: timetable.find(c, scope, schedule_id))

    async def change_schedule(
        self,
        scope: Scope,
        schedule_id: int,
        change: Callable[[Schedule], Schedule],
        *,
        check: Beside | None = None,
    ) -> tuple[Schedule, Schedule]:
        """Let `change` make another of a schedule."""
        work = partial(timetable.change, scope=scope, schedule_id=schedule_id, change=change, check=check)
        return await self._database.write(work, desk=scope.desk_id)

    async def remove_schedule(self, scope: Scope, schedule_id: int, *, now: datetime) -> Schedule:
        """Let a schedule run no more."""
        return await self._database.write(lambda c: timetable.remove(c, scope, schedule_id, now), desk=scope.desk_id)

    async def bring_schedule_back(
        self,
        scope: Scope,
        schedule_id: int,
        change: Callable[[Schedule], Schedule],
        *,
        most: Callable[[int | None], int] | None = None,
        check: Beside | None = None,
    ) -> Schedule:
        """Let a schedule be there again that was removed."""
        work = partial(
            timetable.bring_back, scope=scope, schedule_id=schedule_id, change=change, most=most, check=check
        )
        return await self._database.write(work, desk=scope.desk_id)

    async def run_schedule(self, scope: Scope, schedule_id: int, *, slot: str, now: datetime) -> bool:
        """Let a schedule run once at once."""
        return await self._database.write(lambda c: timetable.run(c, scope, schedule_id, slot, now), desk=scope.desk_id)

    async def deliveries(self, scope: Scope, schedule_id: int, *, limit: int = 25) -> tuple[Delivery, ...]:
        """Return the runs of a schedule."""
        return await self._database.read(lambda c: timetable.history(c, scope, schedule_id, limit))

    async def due_schedules(
        self, *, now: datetime, limit: int = 200, shards: Shards | None = None
    ) -> tuple[Schedule, ...]:
        """Return schedules whose next slot is due."""
        return await self._database.read(lambda c: timetable.due(c, now, limit, shards))

    async def running_schedules(self, *, after: tuple[int, int] | None, limit: int = 500) -> tuple[Schedule, ...]:
        """Return a page of the schedules that are not paused."""
        return await self._database.read(lambda c: timetable.running(c, after, limit))

    async def move_schedule(
        self, desk_id: int, schedule_id: int, *, expected_at: datetime, next_slot: str, next_at: datetime
    ) -> bool:
        """Set the next slot of a schedule."""
        return await self._database.write(
            lambda c: timetable.move(
                c, desk_id, schedule_id, expected_at=expected_at, next_slot=next_slot, next_at=next_at
            ),
            desk=desk_id,
        )

    async def halt_schedule(self, desk_id: int, schedule_id: int, *, reason: str) -> None:
        """Pause a schedule that cannot go on."""
        await self._database.write(lambda c: timetable.halt(c, desk_id, schedule_id, reason), desk=desk_id)

    async def open_deliveries(self, openings: Sequence[Opening], *, now: datetime) -> int:
        """Begin a delivery for each slot that is due."""
        return await self._database.write(
            lambda c: timetable.open_all(c, openings, now), desk={one.desk_id for one in openings}, durably=True
        )

    async def claim_deliveries(
        self, owner: str, *, now: datetime, lease: timedelta, limit: int, shards: Shards | None = None
    ) -> tuple[Claimed, ...]:
        """Take open deliveries that nobody has."""
        return await self._database.write(
            lambda c: timetable.claim(c, owner, now, lease, limit, shards=shards), rows=True
        )

    async def begin_try(
        self,
        delivery: Delivery,
        owner: str,
        *,
        place: dict[str, Any],
        payload: dict[str, Any],
        now: datetime,
        lease: timedelta,
    ) -> bool:
        """Keep what is about to be sent, for good before it is."""
        return await self._database.write(
            lambda c: timetable.begin_try(c, delivery, owner, place=place, payload=payload, now=now, lease=lease),
            desk=delivery.desk_id,
            durably=True,
        )

    async def put_off(self, delivery: Delivery, owner: str, *, until: datetime, reason: str) -> bool:
        """Give a delivery back, to be tried again later."""
        return await self._database.write(
            lambda c: timetable.put_off(c, delivery, owner, until, reason), desk=delivery.desk_id
        )

    async def give_back(self, owner: str, *, now: datetime) -> int:
        """Give back all that an owner has."""
        return await self._database.write(lambda c: timetable.give_back(c, owner, now), rows=True)

    async def end_delivery(self, delivery: Delivery, owner: str, outcome: Outcome, *, history: timedelta) -> bool:
        """Write down how a delivery ended."""
        return await self._database.write(
            lambda c: timetable.end(c, delivery, owner, outcome, history), desk=delivery.desk_id, durably=True
        )

    async def take_untold(self, *, limit: int = 10, shards: Shards | None = None) -> tuple[Schedule, ...]:
        """Return paused schedules whose makers are still to be told."""
        return await self._database.write(lambda c: timetable.take_untold(c, limit, shards), rows=True)

    async def leave_untold(self, desk_id: int, schedule_id: int) -> None:
        """Note that a maker could not be told yet."""
        await self._database.write(lambda c: timetable.leave_untold(c, desk_id, schedule_id), desk=desk_id)

    async def make_watch(self, scope: Scope, new: NewSchedule, *, most_own: int, most: int) -> Schedule:
        """Keep a new watch.

        Raises:
            TooManyWatchesError: there are as many as there may be.
            SameWatchError: it is there already.
        """
        return await self._database.write(
            lambda c: watching.make_watch(c, scope, new, most_own, most), desk=scope.desk_id
        )

    async def watches(self, scope: Scope) -> tuple[Schedule, ...]:
        """Return the watches in sight."""
        return await self._database.read(lambda c: watching.watches(c, scope))

    async def last_alerts(self, scope: Scope, schedule_ids: Collection[int]) -> dict[int, datetime]:
        """Return when these last posted."""
        return await self._database.read(lambda c: watching.last_alerts(c, scope, schedule_ids))

    async def brought_by(
        self, scope: Scope, upload_ids: Collection[int], query: Query | None = None
    ) -> tuple[tuple[int, ArticleHead], ...]:
        """Return the articles that these uploads first brought into sight."""
        return await self._database.read(lambda c: watching.brought_by(c, scope, upload_ids, query))

    async def arrivals(self, *, now: datetime, limit: int = 20) -> tuple[Arrival, ...]:
        """Return uploads that are still to be held against watches."""
        return await self._database.read(lambda c: watching.arrivals(c, now, limit))

    async def running_watches(self, desk_id: int) -> tuple[Schedule, ...]:
        """Return the watches of a desk that are not paused."""
        return await self._database.read(lambda c: watching.running_watches(c, desk_id))

    async def bring_watch_back(
        self, scope: Scope, schedule_id: int, change: Callable[[Schedule], Schedule], *, most_own: int, most: int
    ) -> Schedule:
        """Let a watch be there again that was removed."""
        work = partial(
            watching.bring_back, scope=scope, schedule_id=schedule_id, change=change, most_own=most_own, most=most
        )
        return await self._database.write(work, desk=scope.desk_id)

    async def note_hits(self, done: Sequence[Arrival], hits: Sequence[Hit], *, now: datetime) -> None:
        """Keep for which watches uploads may be."""
        await self._database.write(lambda c: watching.note_hits(c, done, hits, now), desk={one.desk_id for one in done})

    async def open_alerts(self, alerting: Alerting, *, now: datetime) -> int:
        """Begin a delivery for each watch that has something to tell."""
        desks = {desk_id for desk_id, _ in await self._database.read(watching.waiting)}
        if not desks:
            return 0
        return await self._database.write(lambda c: watching.open_alerts(c, now, alerting, desks), desk=desks)

    async def watch_hits(self, desk_id: int, schedule_id: int) -> tuple[int, ...]:
        """Return the uploads that may be for a watch and that it has not told of."""
        return await self._database.read(lambda c: watching.hits_of(c, desk_id, schedule_id))

    async def drop_watch_hits(self, desk_id: int, schedule_id: int, upload_ids: Collection[int]) -> None:
        """Let go of uploads that are not for a watch."""
        await self._database.write(lambda c: watching.drop_hits(c, desk_id, schedule_id, upload_ids), desk=desk_id)

    async def looked(self, scope: Scope) -> datetime | None:
        """Return up to when the asker was told what is new."""
        return await self._database.read(lambda c: watching.looked(c, scope))

    async def look(self, scope: Scope, *, before: datetime | None, after: datetime | None) -> bool:
        """Note up to when the asker was told what is new."""
        return await self._database.write(lambda c: watching.look(c, scope, before, after), desk=scope.desk_id)

    async def shown_items(self, desk_id: int, schedule_id: int, kind: str, *, among: Collection[str]) -> frozenset[str]:
        """Return which of these keys a schedule has shown."""
        return await self._database.read(lambda c: timetable.shown_items(c, desk_id, schedule_id, kind, list(among)))

    async def latest_items(self, desk_id: int, schedule_id: int, kind: str, *, limit: int) -> tuple[str, ...]:
        """Return the keys of what a schedule has shown last."""
        return await self._database.read(lambda c: timetable.latest_items(c, desk_id, schedule_id, kind, limit))

    async def make_feed(
        self, scope: Scope, new: NewFeed, heard: Heard, *, now: datetime, first: int, most: int
    ) -> FollowedFeed:
        """Follow a feed from now on."""
        return await self._database.write(lambda c: feeding.make(c, scope, new, heard, now=now, first=first, most=most))

    async def feeds(self, scope: Scope) -> tuple[FollowedFeed, ...]:
        """Return the visible feeds."""
        return await self._database.read(lambda c: feeding.listed(c, scope))

    async def feed(self, scope: Scope, feed_id: int) -> FollowedFeed:
        """Return one feed."""
        return await self._database.read(lambda c: feeding.find(c, scope, feed_id))

    async def feed_entries(self, scope: Scope, feed_id: int, *, limit: int = 10) -> tuple[HeardEntry, ...]:
        """Return what became of the latest entries of a feed."""
        return await self._database.read(lambda c: feeding.entries(c, scope, feed_id, limit))

    async def pause_feed(self, scope: Scope, feed_id: int, *, reason: str | None, now: datetime) -> FollowedFeed:
        """Pause a feed, or resume it."""
        return await self._database.write(lambda c: feeding.pause(c, scope, feed_id, reason, now))

    async def remove_feed(self, scope: Scope, feed_id: int, *, now: datetime) -> FollowedFeed:
        """Follow a feed no more."""
        return await self._database.write(lambda c: feeding.remove(c, scope, feed_id, now))

    async def bring_feed_back(self, scope: Scope, feed_id: int, *, now: datetime) -> FollowedFeed:
        """Follow a removed feed again."""
        return await self._database.write(lambda c: feeding.bring_back(c, scope, feed_id, now))

    async def claim_sources(self, owner: str, *, now: datetime, lease: timedelta, limit: int) -> tuple[FeedSource, ...]:
        """Take addresses of feeds that are due."""
        return await self._database.write(lambda c: feeding.claim_sources(c, owner, now, lease, limit), rows=True)

    async def hear(self, owner: str, source: FeedSource, heard: Heard, *, now: datetime) -> int:
        """Keep what a poll brought."""
        return await self._database.write(lambda c: feeding.hear(c, owner, source, heard, now), rows=True)

    async def miss(
        self, owner: str, source: FeedSource, *, error: str, next_at: datetime, now: datetime, pauses: bool
    ) -> None:
        """Note that a poll failed."""
        await self._database.write(
            lambda c: feeding.miss(c, owner, source, error=error, next_at=next_at, now=now, pauses=pauses), rows=True
        )

    async def give_back_feeds(self, owner: str, *, now: datetime) -> None:
        """Give back all addresses and entries that an owner has."""
        await self._database.write(lambda c: feeding.give_back(c, owner, now), rows=True)

    async def put_off_source(self, owner: str, source: FeedSource, *, until: datetime) -> None:
        """Give an address back, to be polled later."""
        await self._database.write(lambda c: feeding.put_off_source(c, owner, source, until), rows=True)

    async def claim_entries(
        self, owner: str, *, now: datetime, lease: timedelta, limit: int, feed: FollowedFeed | None = None
    ) -> tuple[WaitingEntry, ...]:
        """Take new entries that nobody has."""
        return await self._database.write(
            lambda c: feeding.claim_entries(c, owner, now=now, lease=lease, limit=limit, of=feed), rows=True
        )

    async def end_entry(
        self, owner: str, one: WaitingEntry, *, upload_id: int | None, reason: str | None, now: datetime
    ) -> bool:
        """Note what became of an entry."""
        ended = partial(feeding.end_entry, owner=owner, one=one, upload_id=upload_id, reason=reason, now=now)
        return await self._database.write(ended, desk=one.feed.desk_id)

    async def put_off_entry(self, owner: str, one: WaitingEntry, *, until: datetime, reason: str) -> bool:
        """Give an entry back, to be read later."""
        return await self._database.write(
            lambda c: feeding.put_off_entry(c, owner, one, until, reason), desk=one.feed.desk_id
        )

    async def hold_feed(self, owner: str, one: WaitingEntry, *, until: datetime, reason: str) -> None:
        """Let all new entries of a feed wait."""
        await self._database.write(lambda c: feeding.hold(c, owner, one, until, reason), desk=one.feed.desk_id)

    async def feeds_to_post(self, *, now: datetime, oldest: datetime, limit: int = 50) -> tuple[FollowedFeed, ...]:
        """Return feeds with entries that are still to be posted."""
        # Asked every other second by each process, mostly for nothing.
        if not await self._database.read(feeding.owes_posts):
            return ()
        return await self._database.write(lambda c: feeding.to_post(c, now, oldest, limit), rows=True)

    async def unposted(self, desk_id: int, schedule_id: int) -> tuple[HeardEntry, ...]:
        """Return what is still to be posted by a schedule."""
        return await self._database.read(lambda c: feeding.unposted(c, desk_id, schedule_id))

    async def take_untold_feeds(self, *, limit: int = 10, shards: Shards | None = None) -> tuple[FollowedFeed, ...]:
        """Return paused feeds whose makers are still to be told."""
        return await self._database.write(lambda c: feeding.take_untold(c, limit, shards), rows=True)

    async def leave_untold_feed(self, desk_id: int, feed_id: int) -> None:
        """Note that a feed's maker could not be told yet."""
        await self._database.write(lambda c: feeding.leave_untold(c, desk_id, feed_id), desk=desk_id)

    async def sweep_feeds(self, *, before: datetime) -> bool:
        """Delete a piece of the feeds that were removed before then."""
        if not await self._database.read(lambda c: feeding.has_removed(c, before)):
            return True
        return await self._database.write(lambda c: feeding.sweep(c, before))


def _remove_uploads(connection: Connection, scope: Scope, upload_ids: Sequence[int]) -> Removed:
    removed = uploads.remove_uploads(connection, scope, upload_ids)
    deciding.drop_baseless(connection, scope.desk_id)
    return removed


def _empty_trash(connection: Connection, before: datetime) -> bool:
    """Erase a piece; once nothing is left, also what was decided on names that went with it."""
    done = (
        timetable.sweep(connection, before)
        and trash.erase_due(connection, before)
        and erasing.erase_dropped(connection, before)
    )
    if done:
        deciding.drop_baseless(connection)
    return done


def _check(connection: Connection) -> str:
    """Return `ok`, or the first of what the engine finds wrong."""
    if connection.dialect.name == "postgresql":
        return check_server(connection)
    return str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())
