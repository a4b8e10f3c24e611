"""The trash: what was removed can be brought back for a day, then it goes for good.

A removed upload moves from `upload` to `trash`, and with it out of every read's sight. What it brought stays as it is
until nothing holds it any more; then it is erased a piece at a time, so that nobody waits long for the write lock.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import accumulate, groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import Row as Found

from storage.base import ArticleHead, InTrash, Removed, Scope, Trashed
from storage.dialects import insert_into
from storage.errors import UnknownUploadError
from storage.ids import new_id
from storage.rows import Row
from storage.tables import article, blob, corrected, extraction, trash, upload
from storage.uploads import delete_unbrought, out_of_sight
from storage.visibility import visible

_Found = Found[*tuple[Any, ...]]

GOING = 0
"""The removal that cannot be taken back: what is in it only waits for its turn to be erased."""

# One call's work, with which the write lock is held for some 40 ms in a desk of 10,000 articles. What takes the time is
# the search index, which is told each word that goes; and of large files, overwriting them.
MOST_CHARACTERS = 100_000
MOST_BYTES = 4 * 2**20
MOST_UPLOADS = 200

# A channel goes in pieces of so many uploads, each of which takes some 40 ms more: who is named in it is counted off.
MOST_TRASHED = 100

# What a list of removals names of each.
_NAMED = 50

# They have columns of their own in the trash.
_APART = frozenset({"desk_id", "upload_id", "blob", "uploader_id", "audience_id"})


@dataclass(frozen=True, slots=True)
class Removal:
    """What is said of everything that is removed at one go."""

    removal_id: int
    removed_by: int | None
    removed_at: datetime


def throw_away(
    connection: Connection, scope: Scope, upload_ids: Sequence[int], removed_by: int | None, now: datetime
) -> Trashed:
    """Remove the visible ones among these; see `Storage.trash`."""
    removal_id = new_id(now)
    chosen = and_(visible(scope), upload.c.upload_id.in_(upload_ids))
    moved = move(connection, scope.desk_id, chosen, Removal(removal_id, removed_by, now))
    if not moved:
        raise UnknownUploadError
    # What was shared from them out of sight goes as well, and shows in no number.
    seen = [row for row in moved if scope.audiences is None or row["audience_id"] in scope.audiences]
    return Trashed(removal_id, len(seen), out_of_sight(connection, scope, {row["blob"] for row in seen}))


def brings(connection: Connection, desk_id: int, message_id: int) -> bool:
    """Tell whether something of the desk came with this message, or is cited as it."""
    of_message = (upload.c.desk_id == desk_id, upload.c.message_id == message_id)
    return connection.execute(select(literal(1)).where(*of_message).limit(1)).first() is not None


def attachments_of(connection: Connection, desk_id: int, message_id: int) -> frozenset[int]:
    """Return what a message has brought; see `Storage.attachments_of`."""
    asked = {"desk": desk_id, "message": message_id}
    return frozenset(connection.execute(_ATTACHMENTS, asked).scalars())


def throw_message_away(
    connection: Connection, desk_id: int, message_id: int, kept: Collection[int] | None, now: datetime
) -> tuple[Trashed, frozenset[int]] | None:
    """Remove what a message brought; see `Storage.trash_message`.

    What is only cited as the message, such as a receipt of ours that carried the originals, stays and has no place to
    cite any more.
    """
    removal_id = new_id(now)
    gone = _posted(desk_id, message_id)
    if kept is not None:
        # Links and text have no attachment's id, but one below 0 that their content makes.
        gone = and_(gone, upload.c.attachment_id > 0, upload.c.attachment_id.not_in(kept))
    moved = move(connection, desk_id, gone, Removal(removal_id, None, now), placeless=kept is None)
    if kept is None:
        cited = and_(upload.c.desk_id == desk_id, upload.c.message_id == message_id)
        connection.execute(update(upload).where(cited).values(message_id=None))
    if not moved:
        return None
    return _as_seen_there(connection, desk_id, removal_id, moved), frozenset(row["uploader_id"] for row in moved)


def throw_channel_away(
    connection: Connection, desk_id: int, channel_id: int, readers: int | None, removal: Removal
) -> Trashed | None:
    """Remove a piece of what was brought for the readers of a channel, or posted in it; None once nothing is left.

    A channel may have brought thousands, and nobody else can write meanwhile; see `Storage.trash_channel`.
    """
    removal_id = removal.removal_id
    posted = and_(upload.c.channel_id == channel_id, upload.c.origin_id == upload.c.message_id)
    gone = and_(upload.c.desk_id == desk_id, or_(upload.c.audience_id == channel_id, posted))
    piece = select(upload.c.upload_id).where(gone).order_by(upload.c.upload_id).limit(MOST_TRASHED)
    ids = connection.execute(piece).scalars().all()
    if not ids:
        cited = and_(upload.c.desk_id == desk_id, upload.c.channel_id == channel_id, upload.c.message_id.is_not(None))
        connection.execute(update(upload).where(cited).values(message_id=None))
        return None
    moved = move(connection, desk_id, upload.c.upload_id.in_(ids), removal, placeless=True)
    told = _as_seen_there(connection, desk_id, removal_id, moved)
    if readers is not None:
        of_channel = and_(_of(desk_id, removal_id), trash.c.audience_id == channel_id)
        connection.execute(update(trash).where(of_channel).values(audience_id=readers))
    return told


def move(
    connection: Connection, desk_id: int, which: ColumnElement[bool], removal: Removal, *, placeless: bool = False
) -> Sequence[RowMapping]:
    """Move uploads to the trash, and with them what was shared from them; return those that were meant.

    What is `placeless` came with a message that is no more: brought back, it has none to be cited as.
    """
    moved: Sequence[RowMapping] | None = None
    about = asdict(removal)
    while rows := connection.execute(select(upload).where(upload.c.desk_id == desk_id, which)).mappings().all():
        lost = {"message_id": None} if placeless and moved is None else {}
        connection.execute(insert(trash), [{**about, **_packed({**row, **lost})} for row in rows])
        taken = select(trash.c.upload_id).where(_of(desk_id, removal.removal_id)).scalar_subquery()
        connection.execute(delete(upload).where(upload.c.desk_id == desk_id, upload.c.upload_id.in_(taken)))
        moved = rows if moved is None else moved
        which = upload.c.shared_from.in_(taken)
    return moved or ()


def in_trash(connection: Connection, scope: Scope, removals: Collection[int] | None, limit: int) -> tuple[InTrash, ...]:
    """Return the removals that can be brought back, the latest first; see `Storage.in_trash`."""
    there = and_(visible(scope, trash), trash.c.removal_id != GOING)
    if removals is None:
        latest = select(trash.c.removal_id).where(there).distinct().order_by(trash.c.removal_id.desc()).limit(limit)
        removals = list(connection.execute(latest).scalars())
    statement = select(trash).where(there, trash.c.removal_id.in_(removals))
    rows = connection.execute(statement.order_by(trash.c.removal_id.desc(), trash.c.upload_id)).all()
    grouped = [list(group) for _, group in groupby(rows, attrgetter("removal_id"))]
    heads = _heads(connection, scope.desk_id, [row for group in grouped for row in group[:_NAMED]])
    return tuple(_in_trash(group, heads) for group in grouped)


def restore(connection: Connection, scope: Scope, removal_id: int) -> Removed:
    """Bring back what a removal took, as far as the scope may see it; see `Storage.restore`."""
    rows = connection.execute(select(trash).where(_of(scope.desk_id, removal_id))).all() if removal_id != GOING else []
    seen = and_(_of(scope.desk_id, removal_id), visible(scope, trash))
    mine = set(connection.execute(select(trash.c.upload_id).where(seen)).scalars())
    back = _with_what_hangs_on(rows, mine, _standing(connection, scope.desk_id, rows))
    if not back:
        raise UnknownUploadError
    articles = out_of_sight(connection, scope, {row.blob for row in back if row.upload_id in mine})
    # The same attachment of the same message may have been brought again meanwhile: then that one stays.
    connection.execute(insert_into(connection, upload).on_conflict_do_nothing(), [_unpacked(row) for row in back])
    ids = [row.upload_id for row in back]
    connection.execute(delete(trash).where(trash.c.desk_id == scope.desk_id, trash.c.upload_id.in_(ids)))
    delete_unbrought(connection, scope.desk_id, {row.blob for row in back})
    return Removed(sum(row.upload_id in mine for row in back), articles)


def drop_repeated(connection: Connection, row: Row, digest: str) -> None:
    """Drop from the trash what has just been brought again: the same attachment of the same message."""
    copies = select(corrected.c.blob).where(corrected.c.desk_id == row["desk_id"], corrected.c.copy_of == digest)
    alike = or_(trash.c.blob == digest, trash.c.blob.in_(copies.scalar_subquery()))
    statement = select(trash.c.upload_id, trash.c.blob, trash.c.row)
    found = connection.execute(statement.where(trash.c.desk_id == row["desk_id"], alike)).all()
    origin = (row["origin_id"], row["attachment_id"])
    same = [one for one in found if (one.row["origin_id"], one.row["attachment_id"]) == origin]
    if same:
        these = trash.c.upload_id.in_([one.upload_id for one in same])
        connection.execute(delete(trash).where(trash.c.desk_id == row["desk_id"], these))
        delete_unbrought(connection, row["desk_id"], {one.blob for one in same})


def erase_due(connection: Connection, before: datetime) -> bool:
    """Erase a piece of what was removed before then, in all desks; return whether nothing is left of it."""
    return _erase(connection, or_(trash.c.removed_at < before, trash.c.removal_id == GOING))


def erase_going(connection: Connection, desk_id: int) -> bool:
    """Erase a piece of what cannot be brought back in a desk; return whether nothing is left of it."""
    return _erase(connection, _of(desk_id, GOING))


def erase_blob(connection: Connection, desk_id: int, digest: str, most: int) -> int:
    """Delete bytes with what was read in them, or only articles of it while there are more than `most` characters.

    Returns how many characters went: as many as `most`, or more, where something may be left.
    """
    of_bytes = and_(extraction.c.desk_id == desk_id, extraction.c.blob == digest)
    read = select(extraction.c.extraction_id).where(of_bytes).scalar_subquery()
    held = and_(article.c.desk_id == desk_id, article.c.extraction_id.in_(read))
    length = (article.c.end - article.c.start).label("length")
    rows = connection.execute(select(article.c.article_id, length).where(held)).all()
    before = accumulate((row.length for row in rows), initial=0)
    chosen = [row for row, sum_before in zip(rows, before, strict=False) if sum_before < most]
    ids = [row.article_id for row in chosen]
    connection.execute(delete(article).where(article.c.desk_id == desk_id, article.c.article_id.in_(ids)))
    gone = int(sum(row.length for row in chosen))
    if gone >= most:
        # Whoever brings the same bytes before the rest is gone has them read again.
        connection.execute(update(extraction).where(of_bytes).values(parser="erased", superseded=True))
    else:
        connection.execute(delete(blob).where(blob.c.desk_id == desk_id, blob.c.sha256 == digest))
    return gone


def _erase(connection: Connection, due: ColumnElement[bool]) -> bool:
    """Erase a bounded piece of what is due; return whether nothing is left."""
    sized = select(trash.c.desk_id, trash.c.upload_id, trash.c.blob, blob.c.size).join(blob).where(due)
    rows = connection.execute(sized.limit(MOST_UPLOADS)).all()
    characters, size = MOST_CHARACTERS, MOST_BYTES
    for row in rows:
        this = and_(trash.c.desk_id == row.desk_id, trash.c.upload_id == row.upload_id)
        if _held_otherwise(connection, row):
            connection.execute(delete(trash).where(this))
            continue
        # Once something of it is gone, it cannot be brought back.
        connection.execute(update(trash).where(this).values(removal_id=GOING))
        characters -= erase_blob(connection, row.desk_id, row.blob, characters)
        size -= row.size
        if characters <= 0 or size <= 0:
            return False
    return len(rows) < MOST_UPLOADS


def _held_otherwise(connection: Connection, row: _Found) -> bool:
    """Tell whether something besides this row of the trash holds its bytes."""
    brought = exists(select(literal(1)).where(upload.c.desk_id == row.desk_id, upload.c.blob == row.blob))
    same = and_(trash.c.desk_id == row.desk_id, trash.c.blob == row.blob, trash.c.upload_id != row.upload_id)
    return bool(connection.execute(select(or_(brought, exists(select(literal(1)).where(same))))).scalar_one())


def _posted(desk_id: int | BindParameter[int], message_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """Return the condition that an upload came with this message, which then is its origin too."""
    return and_(upload.c.desk_id == desk_id, upload.c.message_id == message_id, upload.c.origin_id == message_id)


# Asked for each message of ours that changes, as each answer does, and made once.
_ATTACHMENTS = select(upload.c.attachment_id).where(
    _posted(bindparam("desk", type_=BigInteger), bindparam("message", type_=BigInteger))
)


def _of(desk_id: int, removal_id: int) -> ColumnElement[bool]:
    return and_(trash.c.desk_id == desk_id, trash.c.removal_id == removal_id)


def _as_seen_there(connection: Connection, desk_id: int, removal_id: int, moved: Sequence[RowMapping]) -> Trashed:
    """Say what went out of the sight of those for whom it was brought."""
    there = Scope(desk_id, 0, frozenset(row["audience_id"] for row in moved))
    return Trashed(removal_id, len(moved), out_of_sight(connection, there, {row["blob"] for row in moved}))


def _standing(connection: Connection, desk_id: int, rows: Iterable[_Found]) -> set[int]:
    """Return those of the uploads that these were shared from that are there."""
    bases = {row.row["shared_from"] for row in rows} - {None}
    there = and_(upload.c.desk_id == desk_id, upload.c.upload_id.in_(bases))
    return set(connection.execute(select(upload.c.upload_id).where(there)).scalars()) if bases else set()


def _with_what_hangs_on(rows: Sequence[_Found], mine: set[int], standing: set[int]) -> list[_Found]:
    """Return these with what was shared from them, without those whose own beginning would be missing."""
    back: dict[int, _Found] = {}
    # What is shared is younger than what it was shared from, so that one walk meets each after its beginning.
    for row in sorted(rows, key=attrgetter("upload_id")):
        base = row.row["shared_from"]
        if base in back or (row.upload_id in mine and (base is None or base in standing)):
            back[row.upload_id] = row
    return list(back.values())


def made_at(kept: datetime | Row) -> datetime:
    """Return when an upload was made, by its own row or by the one that the trash keeps of it."""
    return kept if isinstance(kept, datetime) else datetime.fromisoformat(kept["created_at"])


def _heads(connection: Connection, desk_id: int, rows: Sequence[_Found]) -> dict[str, list[_Found]]:
    """Return what a list shows of the articles in these bytes, by the bytes."""
    current = and_(extraction.c.desk_id == desk_id, extraction.c.blob.in_({row.blob for row in rows}))
    holds = and_(article.c.desk_id == extraction.c.desk_id, article.c.extraction_id == extraction.c.extraction_id)
    shown = (article.c.article_id, article.c.title, article.c.source, article.c.published, article.c.opening)
    statement = select(extraction.c.blob, *shown).select_from(extraction.join(article, holds))
    ordered = statement.where(current, ~extraction.c.superseded).order_by(extraction.c.blob, article.c.ordinal)
    return {digest: list(group) for digest, group in groupby(connection.execute(ordered), attrgetter("blob"))}


def _in_trash(rows: Sequence[_Found], heads: dict[str, list[_Found]]) -> InTrash:
    articles = {
        head.article_id: ArticleHead(
            head.article_id, head.title, head.source, head.published, made_at(row.row), head.opening
        )
        for row in rows
        for head in heads.get(row.blob, ())
    }
    return InTrash(
        removal_id=rows[0].removal_id,
        removed_at=rows[0].removed_at,
        removed_by=rows[0].removed_by,
        uploader_ids=frozenset(row.uploader_id for row in rows),
        upload_ids=tuple(row.upload_id for row in rows),
        articles=tuple(articles.values()),
    )


def _packed(row: Mapping[str, Any]) -> Row:
    """Return an upload's row as the trash keeps it."""
    rest = {name: value for name, value in row.items() if name not in _APART}
    rest["created_at"] = rest["created_at"].isoformat()
    return {**{name: row[name] for name in _APART}, "row": rest}


def _unpacked(row: _Found) -> Row:
    """Return the row that an upload had."""
    rest = {**row.row, "created_at": made_at(row.row)}
    return {**rest, **{name: getattr(row, name) for name in _APART}}
