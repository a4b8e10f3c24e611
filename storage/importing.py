"""Reading an export into a database: desk by desk, in pieces, so that it goes on where it was stopped.

A desk has to be empty, or to be one that this same file was being read into: a mark in it says how far that came, and
is written with each piece. In the end all of it is read back and compared with the file.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from storage import forgetting
from storage.archive import DeskContents, Digest, Reader, Told, open_archive
from storage.errors import DamagedArchiveError, DeskTakenError, ImportMismatchError, UsedMeanwhileError
from storage.exporting import read_part
from storage.naming import unnamed_rows
from storage.parts import MARK, ORIGINAL, PARTS, READ_ANEW, SENTENCES, TEXT, Part, Row
from storage.signing import read_numbers, sign_rows, unsigned_rows
from storage.spelling import spell_article
from storage.tables import (
    alias_word,
    article,
    blob,
    desk,
    extraction,
    feed_source,
    fingerprint,
    sentence,
    signature,
    signature_key,
    spelling,
    unnamed,
)
from storage.turns import Database
from summariser.model import Signature

# One transaction's work.
_MOST_ROWS = 500
_MOST_BYTES = 4 * 2**20

# However busy the machine is: nobody waits for an import.
_SECONDS = 300.0
# Reading back what a large desk holds.
_COMPARE_SECONDS = 86_400.0

_ARTICLE = [column.name for column in article.c]

# How often a new feed's address is polled until the feed itself says more. Seconds.
_EVERY = 3600


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did with one desk."""

    desk_id: int
    rows: int
    articles: int
    already: bool
    """It had been imported before."""
    changed: bool
    """And is not as it was in the file any more."""
    complete: bool


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far an import came."""

    archive: str
    part: int = 0
    """The number of the part that comes next."""
    lines: int = 0
    """How many of its lines are here."""
    done: bool = False

    def print(self) -> str:
        return json.dumps([self.archive, self.part, self.lines, self.done])


async def import_archive(database: Database, path: Path, *, begins: Told, told: Told) -> tuple[Imported, ...]:
    """Read an export into a database, and return what was done with each desk.

    `begins` is told how many lines there are to be looked at, once, and `told` each few that were: first all of them
    are looked at before anything is written, then they are written, then they are read back.

    Raises:
        StorageError: the file is none of ours, or damaged: then nothing was changed. Or a desk holds something else.
    """
    with open_archive(path) as reader:
        begins(3 * reader.rows)
        await asyncio.to_thread(reader.check, told)
        for contents in reader.manifest.desks:
            await database.read(partial(_check_free, reader=reader, contents=contents))
        return tuple([await _import_desk(database, reader, contents, told) for contents in reader.manifest.desks])


async def _import_desk(database: Database, reader: Reader, contents: DeskContents, told: Told) -> Imported:
    begun = await database.read(lambda c: _find_mark(c, contents.desk_id))
    mark = begun or _Mark(reader.manifest.archive)
    already = mark.done
    if not mark.done:
        try:
            await _write_desk(database, _Filling(reader, contents, mark), told)
        except (IntegrityError, _UnfitError) as error:
            if begun is not None:
                # Not all that is in it need be ours.
                raise UsedMeanwhileError(contents.desk_id) from error
            # It was empty before: what was begun of it goes again.
            await _take_out(database, contents.desk_id)
            what = str(error) if isinstance(error, _UnfitError) else "its rows do not fit together"
            raise DamagedArchiveError(str(contents.desk_id), what) from error
    else:
        told(contents.rows)
    differs = await database.read(lambda c: _differing(c, contents, told), seconds=_COMPARE_SECONDS)
    if differs and not already:
        raise ImportMismatchError(contents.desk_id, ", ".join(differs))
    await _write(database, contents.desk_id, lambda c: _keep_mark(c, contents.desk_id, replace(mark, done=True)))
    articles = next((part.rows for part in contents.parts if part.part == "articles"), 0)
    return Imported(contents.desk_id, contents.rows, articles, already, bool(differs), contents.complete)


async def _write_desk(database: Database, filling: "_Filling", told: Told) -> None:
    told(filling.passed)
    while (piece := await asyncio.to_thread(filling.take)) is not None:
        await _write(database, filling.desk_id, piece.store)
        told(piece.counted)


async def _write(database: Database, desk_id: int, work: Callable[[Connection], None]) -> None:
    await database.write(work, desk=desk_id, seconds=_SECONDS)


async def _take_out(database: Database, desk_id: int) -> None:
    """Delete what was begun of a desk."""
    await _write(database, desk_id, lambda c: _give_up(c, desk_id))
    done = False
    while not done:
        done = await database.write(
            lambda c: forgetting.drop_left(c, forgetting.LONG_AGO, desk_id), desk=desk_id, seconds=_SECONDS
        )


def _give_up(connection: Connection, desk_id: int) -> None:
    if connection.execute(select(desk.c.desk_id).where(desk.c.desk_id == desk_id)).first() is None:
        connection.execute(insert(desk), {"desk_id": desk_id, "left_at": None})
    forgetting.give_up(connection, desk_id)


def _check_free(connection: Connection, reader: Reader, contents: DeskContents) -> None:
    """Look whether a desk may be read into.

    Raises:
        DeskTakenError: it holds something else.
    """
    desk_id = contents.desk_id
    there = connection.execute(select(desk.c.desk_id).where(desk.c.desk_id == desk_id)).first() is not None
    mark = _find_mark(connection, desk_id)
    if mark is not None and mark.archive == reader.manifest.archive:
        return
    if mark is not None and not mark.done:
        raise DeskTakenError(desk_id, "is being imported from another file, which was not finished")
    if there:
        raise DeskTakenError(desk_id, "holds something already")


def _find_mark(connection: Connection, desk_id: int) -> _Mark | None:
    this = and_(fingerprint.c.desk_id == desk_id, fingerprint.c.name == MARK)
    kept = connection.execute(select(fingerprint.c.value).where(this)).scalar()
    return None if kept is None else _Mark(*json.loads(kept))


def _keep_mark(connection: Connection, desk_id: int, mark: _Mark) -> None:
    connection.execute(delete(fingerprint).where(fingerprint.c.desk_id == desk_id, fingerprint.c.name == MARK))
    row = {"desk_id": desk_id, "name": MARK, "value": mark.print(), "updated_at": datetime.now(UTC)}
    connection.execute(insert(fingerprint), row)


class _UnfitError(Exception):
    """What a line says is not so; the message says what."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is written at one go, with how far it brings the import."""

    desk_id: int
    part: Part
    rows: Sequence[Row]
    counted: int
    mark: _Mark
    complete: bool

    def store(self, connection: Connection) -> None:
        """Write it."""
        rows = [{**row, "desk_id": self.desk_id} for row in self.rows]
        if rows:
            _STORES.get(self.part.table.name, _store)(connection, self.part, rows)
        if self.part.table is article and rows and not self.complete:
            _have_read_anew(connection, self.desk_id, [row["article_id"] for row in rows])
        _keep_mark(connection, self.desk_id, self.mark)


class _Filling:
    """The pieces of one desk that are still to be written."""

    def __init__(self, reader: Reader, contents: DeskContents, mark: _Mark) -> None:
        self.desk_id = contents.desk_id
        self._reader = reader
        self._contents = contents
        self._mark = mark
        self._lines: Iterator[tuple[Row, int]] | None = None
        earlier = (contents.of(part) for part in PARTS[: mark.part])
        self.passed = sum(one.rows for one in earlier if one is not None) + mark.lines
        """How many lines an earlier run had written."""

    def take(self) -> _Piece | None:
        """Return the next piece, None where there is none."""
        if self._mark.part >= len(PARTS):
            return None
        part = PARTS[self._mark.part]
        if self._lines is None:
            self._lines = self._begin(part)
        taken = self._some()
        rows = [self._with_bytes(row) for row in taken] if part.table is blob else taken
        if taken:
            self._mark = replace(self._mark, lines=self._mark.lines + len(taken))
        else:
            self._mark = replace(self._mark, part=self._mark.part + 1, lines=0)
            self._lines = None
        left_anew = not self._contents.complete and part.name in READ_ANEW
        return _Piece(self.desk_id, part, [] if left_anew else rows, len(taken), self._mark, self._contents.complete)

    def _begin(self, part: Part) -> Iterator[tuple[Row, int]]:
        contents = self._contents.of(part)
        return iter(()) if contents is None else islice(self._reader.lines(contents), self._mark.lines, None)

    def _some(self) -> list[Row]:
        """Return the lines that are written at one go."""
        taken: list[Row] = []
        size = 0
        for row, length in self._lines or ():
            taken.append(row)
            size += length + (row.get("size", 0) if ORIGINAL in row else 0)
            if len(taken) >= _MOST_ROWS or size >= _MOST_BYTES:
                break
        return taken

    def _with_bytes(self, row: Row) -> Row:
        """Return the row of bytes with the bytes themselves."""
        told = {name: value for name, value in row.items() if name != ORIGINAL}
        original = row[ORIGINAL]
        return {**told, "data": self._reader.original(original) if original else b""}


def _store(connection: Connection, part: Part, rows: Sequence[Row]) -> None:
    connection.execute(insert(part.table), rows)


def _store_readings(connection: Connection, part: Part, rows: Sequence[Row]) -> None:
    """Store what was read in files.

    Raises:
        _UnfitError: a text is not the one that it is said to be.
    """
    if any(sha256(row["text"].encode()).hexdigest() != row["text_sha256"] for row in rows):
        raise _UnfitError("a text is not what it was")
    _store(connection, part, rows)


def _store_articles(connection: Connection, part: Part, rows: Sequence[Row]) -> None:
    """Store articles with their sentences and the words that they are searched by.

    Raises:
        _UnfitError: one does not stand where it says.
    """
    _store(connection, part, [{name: row[name] for name in _ARTICLE} for row in rows])
    texts = _texts_of(connection, rows)
    if any(not _fits(row, texts.get(row["article_id"])) for row in rows):
        raise _UnfitError("an article does not stand where it says")
    keys = [{"desk_id": row["desk_id"], "article_id": row["article_id"]} for row in rows]
    spans = [
        {**key, "ordinal": number, "start": start, "end": end}
        for key, row in zip(keys, rows, strict=True)
        for number, (start, end) in enumerate(row[SENTENCES])
    ]
    if spans:
        connection.execute(insert(sentence), spans)
    words = (spell_article(texts[row["article_id"]], row["title"], row["republished_title"]) for row in rows)
    connection.execute(insert(spelling), [{**key, "words": one} for key, one in zip(keys, words, strict=True)])


def _texts_of(connection: Connection, rows: Sequence[Row]) -> dict[int, str]:
    """Return what stands in the stored texts where these articles are."""
    desk_id, ids = rows[0]["desk_id"], [row["article_id"] for row in rows]
    read = and_(extraction.c.desk_id == article.c.desk_id, extraction.c.extraction_id == article.c.extraction_id)
    cut = func.substr(extraction.c.text, article.c.start + 1, article.c.end - article.c.start)
    these = select(article.c.article_id, cut).select_from(article.join(extraction, read))
    found = connection.execute(these.where(article.c.desk_id == desk_id, article.c.article_id.in_(ids)))
    return {row[0]: row[1] for row in found}


def _fits(row: Row, text: str | None) -> bool:
    """Tell whether an article, and its sentences, stand where they say."""
    length = row["end"] - row["start"]
    if text is None or text != row[TEXT] or len(text) != length or row["start"] < 0:
        return False
    named = sha256(text.encode()).hexdigest() == row["content_sha256"]
    return named and all(end <= length for _, end in row[SENTENCES])


def _store_signatures(connection: Connection, part: Part, rows: Sequence[Row]) -> None:
    """Store signatures, and the keys that they are looked up by."""
    _store(connection, part, rows)
    signed = {row["article_id"]: row for row in rows if row["shingles"] is not None}
    if any(row["smallest"] is None or len(row["smallest"]) % 8 for row in signed.values()):
        raise _UnfitError("a signature is none")
    made = {one: Signature(row["shingles"], read_numbers(row["smallest"])) for one, row in signed.items()}
    _, keys = sign_rows(rows[0]["desk_id"], made)
    if keys:
        connection.execute(insert(signature_key), keys)


def _store_aliases(connection: Connection, part: Part, rows: Sequence[Row]) -> None:
    """Store the ways in which names are written, and the words that complete them."""
    _store(connection, part, rows)
    key = ("desk_id", "name_id", "surface")
    words = [
        {**{name: row[name] for name in key}, "word": word}
        for row in rows
        for word in dict.fromkeys(row["spelled"].split())
    ]
    if words:
        connection.execute(insert(alias_word), words)


def _store_feeds(connection: Connection, part: Part, rows: Sequence[Row]) -> None:
    """Store feeds, and have their addresses polled."""
    _store(connection, part, rows)
    followed = {row["source"]: row["url"] for row in rows if row["removed_at"] is None}
    known = select(feed_source.c.source).where(feed_source.c.desk_id == 0, feed_source.c.source.in_(followed))
    there = set(connection.execute(known).scalars())
    fresh: dict[str, Any] = dict.fromkeys(("etag", "last_modified", "owner", "leased_until", "failed_since"))
    fresh |= {"desk_id": 0, "next_at": datetime.now(UTC), "every": _EVERY, "failures": 0}
    new = [{**fresh, "source": source, "url": url} for source, url in followed.items() if source not in there]
    if new:
        connection.execute(insert(feed_source), new)


_STORES: dict[str, Callable[[Connection, Part, Sequence[Row]], None]] = {
    "extraction": _store_readings,
    "article": _store_articles,
    "signature": _store_signatures,
    "alias": _store_aliases,
    "feed": _store_feeds,
}


def _have_read_anew(connection: Connection, desk_id: int, article_ids: Sequence[int]) -> None:
    """Note that names and signatures of articles are to be found in the background."""
    connection.execute(insert(signature), unsigned_rows(desk_id, article_ids))
    connection.execute(insert(unnamed), unnamed_rows(desk_id, article_ids))


def _differing(connection: Connection, contents: DeskContents, told: Told) -> list[str]:
    """Read a desk back; return what of it is not what stood in the file."""
    return [part.name for part in PARTS if not _same(connection, part, contents, told)]


def _same(connection: Connection, part: Part, contents: DeskContents, told: Told) -> bool:
    """Tell whether a part is what stood in the file."""
    listed = contents.of(part)
    if not contents.complete and (listed is None or part.name in READ_ANEW):
        told(listed.rows if listed else 0)
        return True
    counted = Digest()
    for line, data in read_part(connection, part, contents.desk_id):
        named = {ORIGINAL: sha256(data).hexdigest() if data else None} if part.table is blob else {}
        counted.add(part, {**line, **named})
    told(counted.rows)
    return listed is not None and (counted.rows, counted.hex) == (listed.rows, listed.digest)
