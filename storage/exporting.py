"""Writing a desk out: everything for whoever runs the program, and for a member what that member can read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from typing import IO, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union,
)

from storage.archive import Manifest, Told, Writer
from storage.base import Exported, Scope
from storage.corrections import Piece
from storage.deciding import about_visible
from storage.derived import counted, in_sight
from storage.erasing import DROP, without_words
from storage.errors import NothingToExportError, TooLargeExportError
from storage.migrate import HEAD
from storage.parts import MARK, PARTS, SENTENCES, TEXT, Part, Row, columns, print_line, to_line
from storage.rebuilding import load_pieces
from storage.rows import text_id
from storage.tables import (
    alias,
    article,
    blob,
    corrected,
    correction,
    decision,
    decision_reader,
    delivery,
    delivery_item,
    desk,
    desk_setting,
    extraction,
    feed,
    feed_entry,
    fingerprint,
    mention,
    name,
    schedule,
    sentence,
    tally,
    uncorrected,
    upload,
)
from storage.visibility import brought, first_upload, visible

_Line = tuple[Row, bytes]
"""A line, and bytes as they were received that come with it."""

# The tables whose ids a member's file does not tell, by the column that has them there and wherever else.
_ID = "article_id"
_OWN = {"extraction_id": extraction, _ID: article, "name_id": name}

# The first number in their place, as long as an id: what is shorter is taken for a title (`bot.services.finder`).
_FIRST = 10**15 + 1

# What is in an order of such ids is put in one of the numbers in their place.
_ORDERS = {
    "uncorrected": ("extraction_id",),
    "mention": ("name_id", "surface", "article_id"),
    "delivery_item": ("schedule_id", "kind", "key"),
}


def desks(connection: Connection) -> tuple[int, ...]:
    """Return the desks that there is anything of."""
    known = union(
        select(desk.c.desk_id), select(fingerprint.c.desk_id).where(fingerprint.c.desk_id != 0, ~_marks(fingerprint))
    )
    return tuple(sorted(connection.execute(known).scalars()))


def count_rows(connection: Connection, desk_ids: Sequence[int]) -> int:
    """Return how many lines all of these come to."""
    total = 0
    for part in PARTS:
        mine = part.table.c.desk_id.in_(desk_ids)
        total += connection.execute(select(func.count()).select_from(part.table).where(mine)).scalar_one()
    return total


def export_desks(connection: Connection, file: IO[bytes], only: int | None, told: Told, begins: Told) -> Manifest:
    """Write one desk, or all, to a file; `begins` is told how many rows there are, `told` each few that are done.

    Raises:
        NothingToExportError: there is no such desk, or none.
    """
    there = desks(connection)
    chosen = there if only is None else tuple(one for one in there if one == only)
    if not chosen:
        raise NothingToExportError(only)
    begins(count_rows(connection, chosen))
    file.seek(0)
    file.truncate()
    with Writer(file, revision=HEAD, nested=len(chosen) > 1) as writer:
        for desk_id in chosen:
            target = writer.desk(desk_id, complete=True)
            for part in PARTS:
                target.write(part, _counted(read_part(connection, part, desk_id), told))
            target.close()
        return writer.close()


def read_part(connection: Connection, part: Part, desk_id: int) -> Iterator[_Line]:
    """Yield the lines of a desk."""
    statement = select(part.table).where(part.table.c.desk_id == desk_id)
    if part.table is fingerprint:
        statement = statement.where(~_marks(fingerprint))
    statement = statement.order_by(*part.table.primary_key.columns)
    for rows in _pages(connection, part, statement):
        yield from _lines(connection, part, desk_id, rows)


def _counted(lines: Iterator[_Line], told: Told) -> Iterator[_Line]:
    for line in lines:
        yield line
        told(1)


def _marks(source: Any) -> ColumnElement[bool]:  # noqa: ANN401  a table's columns are untyped
    condition: ColumnElement[bool] = source.c.name == MARK
    return condition


def _pages(connection: Connection, part: Part, statement: Select[*tuple[Any, ...]]) -> Iterator[list[Row]]:
    """Yield a few rows at a time, all of one state of the database."""
    found = connection.execute(statement, execution_options={"yield_per": part.at_once})
    for rows in found.mappings().partitions():
        yield [{str(key): value for key, value in row.items()} for row in rows]


def _lines(connection: Connection, part: Part, desk_id: int, rows: Sequence[Row]) -> Iterator[_Line]:
    added = _add_to_articles(connection, desk_id, rows) if part.table is article else {}
    for row in rows:
        yield to_line(part, row, added.get(row.get("article_id"), {})), row["data"] if part.table is blob else b""


def _add_to_articles(connection: Connection, desk_id: int, rows: Sequence[Mapping[str, Any]]) -> dict[Any, Row]:
    """Return the text and the sentences of articles."""
    ids = [row["article_id"] for row in rows]
    these = and_(article.c.desk_id == desk_id, article.c.article_id.in_(ids))
    read = and_(extraction.c.desk_id == article.c.desk_id, extraction.c.extraction_id == article.c.extraction_id)
    cut = func.substr(extraction.c.text, article.c.start + 1, article.c.end - article.c.start)
    texts = select(article.c.article_id, cut).select_from(article.join(extraction, read)).where(these)
    added: dict[Any, Row] = {row[0]: {TEXT: row[1], SENTENCES: []} for row in connection.execute(texts)}
    spans = select(sentence.c.article_id, sentence.c.start, sentence.c.end).where(
        sentence.c.desk_id == desk_id, sentence.c.article_id.in_(ids)
    )
    for row in connection.execute(spans.order_by(sentence.c.article_id, sentence.c.ordinal)):
        added[row.article_id][SENTENCES].append([row.start, row.end])
    return added


# For a member.


@dataclass(slots=True)
class View:
    """What one member can read of a desk: the lines of each part."""

    desk_id: int
    parts: dict[str, list[_Line]] = field(default_factory=dict)


def view(connection: Connection, scope: Scope, *, most: int, originals: bool) -> View:
    """Return what a scope can read of its desk, in an order that tells nothing of the rest.

    Left out is what nobody is shown: the trash, what was taken out of a file, who looked when, what waits; and what may
    rest on what is out of sight and can be found anew.

    Raises:
        TooLargeExportError: it comes to more than `most` bytes.
    """
    if connection.execute(select(desk.c.desk_id).where(desk.c.desk_id == scope.desk_id)).first() is None:
        raise NothingToExportError(scope.desk_id)
    found = View(scope.desk_id)
    veil = _Veil(connection, scope, originals=originals)
    numbers = _Numbers()
    room = most
    for part in PARTS:
        if not part.for_members:
            continue
        lines: list[_Line] = []
        for rows in _pages(connection, part, veil.statement(part)):
            for line, data in _lines(connection, part, scope.desk_id, veil.shown(part, rows)):
                lines.append((line, data))
                room -= len(print_line(line)) + len(data)
                if room < 0:
                    raise TooLargeExportError
        found.parts[part.name] = numbers.renumber(part, lines)
    return found


def pack_view(found: View, most: int, *, whole: bool) -> Exported:
    """Return what somebody can read as a file.

    Raises:
        TooLargeExportError: it is larger than `most` bytes.
    """
    file = BytesIO()
    with Writer(file, revision=HEAD, nested=False, most=most) as writer:
        target = writer.desk(found.desk_id, complete=False)
        for part in PARTS:
            if part.name in found.parts:
                target.write(part, iter(found.parts[part.name]))
        target.close()
        made = writer.close()
    return Exported(file.getvalue(), {part.part: part.rows for part in made.desks[0].parts}, made.originals, whole)


class _Numbers:
    """Numbers what is in the file by its place there.

    The ids of articles, of what they were read in and of names tell when bytes were first brought to the desk, by
    whomever. What stands in the file is numbered from `_FIRST` on, and articles that stand no longer from 1 on.
    """

    def __init__(self) -> None:
        self._given: dict[str, dict[int, int]] = {name: {} for name in _OWN}
        self._gone = count(1)

    def renumber(self, part: Part, lines: Sequence[_Line]) -> list[_Line]:
        """Return the lines of a part with their numbers, in an order that those tell; parts come in their order."""
        own = next((name for name, table in _OWN.items() if table is part.table), None)
        given = self._given[own] if own else {}
        if own:
            given.update((line[own], _FIRST + place) for place, (line, _) in enumerate(lines))
        renumbered = [(line | self._changed(part, line), data) for line, data in lines if self._is_known(part, line)]
        if order := _ORDERS.get(part.table.name):
            renumbered.sort(key=lambda one: [one[0][name] for name in order])
        return renumbered

    def _changed(self, part: Part, line: Row) -> Row:
        changed: Row = {name: self._called(name, line[name]) for name in _OWN if name in line}
        if part.table is uncorrected:
            changed["articles"] = [
                piece | {"article": self._called(_ID, piece["article"])} for piece in line["articles"]
            ]
        if part.table is correction and (cut := line["values"]["cut"]):
            changed["values"] = line["values"] | {"cut": cut | {"second": self._called(_ID, cut["second"])}}
        if _is_shown_article(part, line):
            changed["key"] = str(self._called(_ID, int(line["key"])))
        return changed

    def _called(self, name: str, number: int) -> int:
        given = self._given[name]
        if number not in given:
            given[number] = next(self._gone)
        return given[number]

    def _is_known(self, part: Part, line: Row) -> bool:
        """Tell whether a line is about something: that a schedule has shown what is gone is nothing to go by."""
        return not _is_shown_article(part, line) or int(line["key"]) in self._given[_ID]


def _is_shown_article(part: Part, line: Row) -> bool:
    return part.table is delivery_item and line["kind"] == "article"


class _Veil:
    """Hides from one scope what is not in its sight."""

    def __init__(self, connection: Connection, scope: Scope, *, originals: bool) -> None:
        self._connection = connection
        self._scope = scope
        self._originals = originals
        # What was taken out of a file stands in it for a day still: only what is left of it is given.
        standing = and_(correction.c.desk_id == scope.desk_id, correction.c.withdrawn_at.is_(None))
        dropped = select(correction.c.blob).where(standing, correction.c.change == DROP)
        self._opened = set(connection.execute(dropped.distinct()).scalars())

    def statement(self, part: Part) -> Select[*tuple[Any, ...]]:
        """Return the statement that finds the rows of a part that are in sight, in the order in which they came there.

        Ids say when something was first brought, by whomever: they order nothing here.
        """
        table = part.table
        where, order = self._in_sight()[table.name]
        return select(table).where(table.c.desk_id == self._scope.desk_id, where).order_by(*order)

    def _in_sight(self) -> dict[str, tuple[ColumnElement[bool], Sequence[Any]]]:
        """Return of each table what is in sight, and in which order."""
        scope = self._scope
        desk_id = scope.desk_id
        whole = correction.c.blob.not_in(self._opened)
        reading = and_(
            extraction.c.desk_id == desk_id,
            brought(scope, extraction.c.blob),
            or_(extraction.c.blob.not_in(self._opened), not_(extraction.c.superseded)),
        )
        seen = select(extraction.c.extraction_id).where(reading)
        untouched = seen.where(extraction.c.blob.not_in(self._opened))
        of_article = first_upload(
            scope,
            select(extraction.c.blob)
            .where(extraction.c.desk_id == desk_id, extraction.c.extraction_id == article.c.extraction_id)
            .correlate(article)
            .scalar_subquery(),
        )
        told = and_(tally.c.desk_id == desk_id, counted(scope))
        named = select(tally.c.name_id).where(told)
        written = select(literal(1)).where(told, tally.c.name_id == alias.c.name_id, tally.c.surface == alias.c.surface)
        decided = select(decision.c.decision_id).where(decision.c.desk_id == desk_id, about_visible(scope))
        posting = and_(visible(scope, schedule), schedule.c.removed_at.is_(None))
        posts = select(schedule.c.schedule_id).where(posting)
        follows = select(feed.c.feed_id).where(visible(scope, feed), feed.c.removed_at.is_(None))
        return {
            "desk": (true(), ()),
            "desk_setting": (true(), (desk_setting.c.name,)),
            "blob": (brought(scope, blob.c.sha256), (first_upload(scope, blob.c.sha256),)),
            "corrected": (
                and_(brought(scope, corrected.c.blob), corrected.c.blob.not_in(self._opened)),
                (first_upload(scope, corrected.c.blob),),
            ),
            "upload": (visible(scope), (upload.c.upload_id,)),
            "extraction": (reading, (first_upload(scope, extraction.c.blob), extraction.c.parser_version)),
            "article": (article.c.extraction_id.in_(seen), (of_article, article.c.extraction_id, article.c.ordinal)),
            "uncorrected": (uncorrected.c.extraction_id.in_(untouched), ()),
            "correction": (
                and_(brought(scope, correction.c.blob), whole),
                (correction.c.correction_id, first_upload(scope, correction.c.blob)),
            ),
            "name": (name.c.name_id.in_(named), (name.c.type, name.c.words)),
            "alias": (written.exists(), (alias.c.spelled, alias.c.surface, *self._of_name(alias))),
            "mention": (
                in_sight(scope, mention.c.extraction_id),
                (*self._of_name(mention), mention.c.surface),
            ),
            "decision": (about_visible(scope), (decision.c.decision_id,)),
            "decision_reader": (
                and_(visible(scope, decision_reader), decision_reader.c.decision_id.in_(decided)),
                (decision_reader.c.decision_id, decision_reader.c.place, decision_reader.c.audience_id),
            ),
            "schedule": (posting, (schedule.c.schedule_id,)),
            "delivery": (delivery.c.schedule_id.in_(posts), (delivery.c.schedule_id, delivery.c.slot)),
            "delivery_item": (
                delivery_item.c.schedule_id.in_(posts),
                (delivery_item.c.schedule_id, delivery_item.c.kind, delivery_item.c.key),
            ),
            "feed": (and_(visible(scope, feed), feed.c.removed_at.is_(None)), (feed.c.feed_id,)),
            "feed_entry": (feed_entry.c.feed_id.in_(follows), (feed_entry.c.feed_id, feed_entry.c.entry_id)),
        }

    def _of_name(self, source: Any) -> tuple[ColumnElement[Any], ...]:  # noqa: ANN401  a table's columns are untyped
        these = and_(name.c.desk_id == self._scope.desk_id, name.c.name_id == source.c.name_id)
        return tuple(select(column).where(these).scalar_subquery() for column in (name.c.type, name.c.words))

    def shown(self, part: Part, rows: Sequence[Row]) -> list[Row]:
        """Return rows without what is not for the scope in them."""
        shown = [row | self._changed(part, row) for row in rows]
        if part.table is upload:
            return self._without_bases(shown)
        return shown

    def _changed(self, part: Part, row: Row) -> Row:
        """Return what is told otherwise of a row."""
        changed: Row = {
            column.name: None for column in columns(part) if column.name in {"owner", "leased_until", "changed_by"}
        }
        if part.table is blob and (not self._originals or row["sha256"] in self._opened):
            changed["data"] = b""
        if part.table is delivery:
            changed["payload"] = None
        if part.table is extraction:
            changed |= self._of_reading(row)
        return changed

    def _of_reading(self, row: Row) -> Row:
        """Return of a reading when the scope saw it first; and its text and notes without what was taken out of it."""
        mine = and_(visible(self._scope), upload.c.blob == row["blob"])
        first = self._connection.execute(
            select(upload.c.created_at).where(mine).order_by(upload.c.upload_id).limit(1)
        ).scalar_one()
        if row["blob"] not in self._opened:
            return {"created_at": first}
        pieces = load_pieces(self._connection, self._scope.desk_id, row["extraction_id"])
        text = _left(row["text"], pieces)
        notes = without_words(row["notes"], pieces)
        return {"created_at": first, "text": text, "text_sha256": text_id(text), "notes": notes}

    def _without_bases(self, rows: list[Row]) -> list[Row]:
        """Return uploads that do not name another, out of sight, that they were shared from."""
        bases = {row["shared_from"] for row in rows} - {None}
        there = select(upload.c.upload_id).where(visible(self._scope), upload.c.upload_id.in_(bases))
        seen = set(self._connection.execute(there).scalars()) if bases else set()
        return [row | {"shared_from": row["shared_from"] if row["shared_from"] in seen else None} for row in rows]


def _left(text: str, pieces: Sequence[Piece]) -> str:
    """Return a text with spaces wherever no article stands."""
    shown = [" "] * len(text)
    for piece in pieces:
        shown[piece.start : piece.end] = text[piece.start : piece.end]
    return "".join(shown)
