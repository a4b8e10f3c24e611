"""Signatures as rows: what the copies of articles are found by."""

from array import array
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from struct import unpack
from sys import byteorder

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from storage.base import Unsigned
from storage.tables import article, extraction, signature, signature_key, twin
from summariser.model import Signature

_Row = dict[str, int | bytes | None]

# Of each stored number.
_BYTES = 8


def sign_rows(desk_id: int, signed: Mapping[int, Signature]) -> tuple[tuple[_Row, ...], tuple[_Row, ...]]:
    """Return the rows of articles' signatures, and of the keys that they are looked up by."""
    signatures: tuple[_Row, ...] = tuple(
        {"desk_id": desk_id, "article_id": article_id, "shingles": one.shingles, "smallest": _write(one.smallest)}
        for article_id, one in signed.items()
    )
    keys: tuple[_Row, ...] = tuple(
        {"desk_id": desk_id, "key": key, "article_id": article_id}
        for article_id, one in signed.items()
        for key in one.keys
    )
    return signatures, keys


def unsigned_rows(desk_id: int, article_ids: Iterable[int]) -> tuple[_Row, ...]:
    """Return the rows of signatures that are still to be computed."""
    return tuple(
        {"desk_id": desk_id, "article_id": article_id, "shingles": None, "smallest": None} for article_id in article_ids
    )


def forget_signatures(connection: Connection, desk_id: int, article_ids: Collection[int]) -> None:
    """Note that these articles, whose text is another now, are to be signed and paired anew."""
    if not article_ids:
        return
    either = or_(twin.c.article_id.in_(article_ids), twin.c.other_id.in_(article_ids))
    connection.execute(delete(twin).where(twin.c.desk_id == desk_id, either))
    for table in (signature, signature_key):
        these = and_(table.c.desk_id == desk_id, table.c.article_id.in_(article_ids))
        connection.execute(delete(table).where(these))
    connection.execute(insert(signature), unsigned_rows(desk_id, article_ids))


def signatures_of(connection: Connection, desk_id: int, article_ids: Collection[int]) -> dict[int, Signature]:
    """Return the signatures of these articles that have one, whoever may see them."""
    these = and_(signature.c.desk_id == desk_id, signature.c.article_id.in_(article_ids))
    statement = select(signature).where(these, signature.c.shingles.is_not(None))
    rows = connection.execute(statement).all()
    return {row.article_id: Signature(row.shingles, read_numbers(row.smallest)) for row in rows}


@dataclass(frozen=True, slots=True)
class Sketch:
    """A signature as it is stored."""

    shingles: int
    smallest: bytes

    def read(self) -> Signature:
        """Return it as it is compared."""
        return Signature(self.shingles, read_numbers(self.smallest))


def sketches_of(connection: Connection, desk_id: int, article_ids: Collection[int]) -> dict[int, Sketch]:
    """Return the signatures of these articles that have one as they are stored: few of them are to be read."""
    these = and_(signature.c.desk_id == desk_id, signature.c.article_id.in_(article_ids))
    columns = signature.c.article_id, signature.c.shingles, signature.c.smallest
    statement = select(*columns).where(these, signature.c.shingles.is_not(None))
    return {one: Sketch(shingles, smallest) for one, shingles, smallest in connection.execute(statement).all()}


def keys_of(connection: Connection, desk_id: int, article_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Return what the copies of these articles are looked up by, of those that have a signature."""
    these = and_(signature.c.desk_id == desk_id, signature.c.article_id.in_(article_ids))
    first = func.substr(signature.c.smallest, 1, Signature.KEYS * _BYTES)
    statement = select(signature.c.article_id, first).where(these, signature.c.shingles.is_not(None))
    return {one: read_numbers(keys) for one, keys in connection.execute(statement).all()}


def unsigned(connection: Connection, limit: int) -> tuple[Unsigned, ...]:
    """Return articles that are still to be signed; see `Storage.unsigned`."""
    waiting = select(signature.c.desk_id, signature.c.article_id).where(signature.c.shingles.is_(None)).limit(limit)
    these = waiting.subquery("waiting")
    this = and_(article.c.desk_id == these.c.desk_id, article.c.article_id == these.c.article_id)
    read = and_(extraction.c.desk_id == article.c.desk_id, extraction.c.extraction_id == article.c.extraction_id)
    cut = func.substr(extraction.c.text, article.c.start + 1, article.c.end - article.c.start)
    columns = these.c.desk_id, these.c.article_id, article.c.content_sha256, cut
    rows = connection.execute(select(*columns).select_from(these.join(article, this).join(extraction, read)))
    return tuple(Unsigned(*row) for row in rows)


def sign(connection: Connection, one: Unsigned, made: Signature) -> None:
    """Keep an article's signature, unless its text is another by now; see `Storage.sign`."""
    same = and_(article.c.desk_id == one.desk_id, article.c.article_id == one.article_id)
    found = select(article.c.article_id).where(same, article.c.content_sha256 == one.content)
    if connection.execute(found).first() is None:
        return
    forget_signatures(connection, one.desk_id, [one.article_id])
    rows, keys = sign_rows(one.desk_id, {one.article_id: made})
    this = and_(signature.c.desk_id == one.desk_id, signature.c.article_id == one.article_id)
    connection.execute(update(signature).where(this).values(**rows[0]))
    if keys:
        connection.execute(insert(signature_key), keys)


def _write(numbers: Iterable[int]) -> bytes:
    return _swapped(array("q", numbers)).tobytes()


def read_numbers(stored: bytes) -> tuple[int, ...]:
    """Return the numbers of a signature."""
    return unpack(f">{len(stored) // _BYTES}q", stored)


def _swapped(numbers: "array[int]") -> "array[int]":
    """Turn between the machine's order of bytes and the stored one, which is the same on every machine."""
    if byteorder == "little":
        numbers.byteswap()
    return numbers
