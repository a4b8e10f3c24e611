"""Putting articles right, taking that back, and doing it again on a new reading of the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, insert, select, update

from storage.base import Corrected, Correction, KeptCorrection, Scope, Split
from storage.copies import own_copy
from storage.corrections import Change, Piece, Words, apply, bind, concerned, relocate
from storage.errors import CorrectionError, UnknownCorrectionError
from storage.ids import new_id
from storage.notation import name_of, read_change, read_pieces, write_change, write_pieces
from storage.places import find_place
from storage.rebuilding import load_pieces, store_pieces
from storage.rows import Row
from storage.tables import correction as corrections_made
from storage.tables import extraction, uncorrected
from storage.visibility import brought


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the parser read in some bytes, and the corrections to it that stand, the earliest first."""

    desk_id: int
    extraction_id: int
    text: str
    articles: tuple[Piece, ...]
    changes: tuple[Change, ...]


def correct(
    connection: Connection, scope: Scope, article_id: int, correction: Correction, *, made_by: int, now: datetime
) -> Corrected:
    """Put an article right; see `Storage.correct`."""
    place = find_place(connection, scope, article_id)
    if place.superseded:
        raise CorrectionError(
            "This article is from an earlier reading of its file. Use /article list to find it as it is read now."
        )
    own = own_copy(connection, scope, place.blob, now)
    reading = _load(connection, scope.desk_id, own.blob)
    # Later than all others, whatever the clock says: their order is what they are applied in.
    correction_id = max([new_id(now), *(change.correction_id + 1 for change in reading.changes)])
    target = own.ids.get(place.article_id, place.article_id)
    new = Change(correction_id, target, reading.extraction_id, correction, Words("", ()))
    change = bind(reading.text, reading.articles, reading.changes, new, new_id(now))
    row = {"desk_id": scope.desk_id, "blob": own.blob, "made_by": made_by, "made_at": now, **_row(change)}
    connection.execute(insert(corrections_made), row)
    return _rebuild(connection, reading, (*reading.changes, change), change)


def withdraw(connection: Connection, scope: Scope, correction_id: int, *, now: datetime) -> Corrected:
    """Take a correction back; see `Storage.withdraw`."""
    standing = and_(
        corrections_made.c.desk_id == scope.desk_id,
        corrections_made.c.correction_id == correction_id,
        corrections_made.c.withdrawn_at.is_(None),
    )
    statement = select(corrections_made.c.blob, corrections_made.c["values"]).where(
        standing, brought(scope, corrections_made.c.blob)
    )
    found = [row.blob for row in connection.execute(statement).all() if not row[1].get("settled")]
    if not found:
        raise UnknownCorrectionError
    # Bytes that became two copies after they had been put right carry the same correction twice.
    first, *_ = [_withdraw_one(connection, scope, digest, correction_id, now) for digest in found]
    return first


def corrections(connection: Connection, scope: Scope, article_id: int) -> tuple[KeptCorrection, ...]:
    """Return what was put right in a file; see `Storage.corrections`."""
    digest = find_place(connection, scope, article_id).blob
    statement = select(corrections_made).where(_of(scope.desk_id, digest))
    rows = connection.execute(statement.order_by(corrections_made.c.correction_id.desc())).mappings()
    return tuple(
        KeptCorrection(
            correction_id=row["correction_id"],
            article_id=row["article_id"],
            correction=_change(row).correction,
            made_by=row["made_by"],
            made_at=row["made_at"],
            withdrawn=row["withdrawn_at"] is not None,
            final=bool(row["values"].get("settled")),
        )
        for row in rows
    )


def replay(connection: Connection, desk_id: int, digest: str, now: datetime) -> None:
    """Make the standing corrections to these bytes again, on the newest reading of them."""
    reading = _load(connection, desk_id, digest, every=True)
    changes: list[Change] = []
    for old in reading.changes:
        state = apply(reading.text, reading.articles, changes)
        found = relocate(reading.text, state, _with_fresh_id(old, now), reading.extraction_id)
        if found is not None:
            changes.append(found)
            _update(connection, desk_id, digest, found)
    after = apply(reading.text, reading.articles, changes)
    store_pieces(connection, desk_id, reading.extraction_id, reading.text, after)


def _withdraw_one(connection: Connection, scope: Scope, digest: str, correction_id: int, now: datetime) -> Corrected:
    """Take a correction back in one copy of the bytes."""
    own = own_copy(connection, scope, digest, now)
    reading = _load(connection, scope.desk_id, own.blob, every=True)
    change = next(change for change in reading.changes if change.correction_id == correction_id)
    this = and_(_of(scope.desk_id, own.blob), corrections_made.c.correction_id == correction_id)
    connection.execute(update(corrections_made).where(this).values(withdrawn_at=now))
    others = [other for other in reading.changes if other is not change]
    here = tuple(other for other in others if other.extraction_id == reading.extraction_id)
    return _rebuild(connection, reading, here, change)


def _rebuild(connection: Connection, reading: _Reading, changes: Sequence[Change], change: Change) -> Corrected:
    """Bring the articles to what these corrections make of them; return where that one shows."""
    after = apply(reading.text, reading.articles, changes)
    before = store_pieces(connection, reading.desk_id, reading.extraction_id, reading.text, after)
    return Corrected(change.correction_id, concerned(before, after, change))


def _load(connection: Connection, desk_id: int, digest: str, *, every: bool = False) -> _Reading:
    """Return the newest reading of these bytes, as the parser read it, and the corrections to it.

    With `every` those too that have no place in it.
    """
    current = and_(extraction.c.desk_id == desk_id, extraction.c.blob == digest, ~extraction.c.superseded)
    row = connection.execute(select(extraction.c.extraction_id, extraction.c.text).where(current)).one()
    statement = select(corrections_made).where(_of(desk_id, digest), corrections_made.c.withdrawn_at.is_(None))
    rows = connection.execute(statement.order_by(corrections_made.c.correction_id)).mappings()
    changes = (_change(row) for row in rows if not row["values"].get("settled"))
    here = tuple(change for change in changes if every or change.extraction_id == row.extraction_id)
    return _Reading(desk_id, row.extraction_id, row.text, _uncorrected(connection, desk_id, row.extraction_id), here)


def _uncorrected(connection: Connection, desk_id: int, extraction_id: int) -> tuple[Piece, ...]:
    """Return the articles as the parser read them; before the first correction that is what is stored."""
    this = and_(uncorrected.c.desk_id == desk_id, uncorrected.c.extraction_id == extraction_id)
    kept = connection.execute(select(uncorrected.c.articles).where(this)).scalar_one_or_none()
    if kept is not None:
        return read_pieces(kept)
    pieces = load_pieces(connection, desk_id, extraction_id)
    row = {"desk_id": desk_id, "extraction_id": extraction_id, "articles": write_pieces(pieces)}
    connection.execute(insert(uncorrected), row)
    return pieces


def _of(desk_id: int, digest: str) -> ColumnElement[bool]:
    return and_(corrections_made.c.desk_id == desk_id, corrections_made.c.blob == digest)


def _change(row: RowMapping) -> Change:
    return read_change(row["correction_id"], row["article_id"], row["change"], row["values"])


def _row(change: Change) -> Row:
    return {
        "correction_id": change.correction_id,
        "article_id": change.article_id,
        "change": name_of(change.correction),
        "values": write_change(change),
    }


def _update(connection: Connection, desk_id: int, digest: str, change: Change) -> None:
    """Write down the new place of a correction."""
    this = and_(_of(desk_id, digest), corrections_made.c.correction_id == change.correction_id)
    connection.execute(update(corrections_made).where(this).values(**_row(change)))


def _with_fresh_id(change: Change, now: datetime) -> Change:
    """Return a change whose split makes an article with an id of its own, since the old one keeps its id."""
    if change.cut is None or not isinstance(change.correction, Split):
        return change
    return replace(change, cut=replace(change.cut, second=new_id(now)))
