"""Which articles are copies of each other, kept at hand: to compare hundreds of hits anew would take most of a search.

A pair says nothing of who may see the two, and is read for articles alone that are in sight. Pairs are found in the
background (`Storage.pair_some`); what reads them compares for itself those of which not all copies are known.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import BigInteger, Connection, and_, bindparam, select, update

from storage.dialects import insert_into
from storage.signing import signatures_of
from storage.tables import signature, signature_key, twin
from summariser.model import Signature

# An article that shares a few runs of words with more than these, or has more copies, is compared when it is found: a
# form letter that comes every day would otherwise fill the table with pairs of all its copies.
_MOST_COMPARED = 500
_MOST_COPIES = 200

LEAST_SHARED = 0.13
"""Where two are one story, the longer has at most 3.3 times the runs of the shorter, and they share at least such a
part of those kept (`Signature.alike`). To count these takes a tenth of the time."""

_WAITING, _PAIRED, _TOO_MANY = 0, 1, 2
# As the index has it that holds the few of them.
_NOT_PAIRED = signature.c.paired != _PAIRED

# Where no more wait in a desk, it is quicker to read them all than to ask for hundreds of articles.
_FEW = 100

_mine = signature_key.alias("mine")

# Made once: to make a statement of hundreds of ids takes longer than to run it.
_IDS = bindparam("ids", type_=BigInteger, expanding=True)
_NOT_PAIRED_OF_DESK = select(signature.c.article_id).where(
    _NOT_PAIRED, signature.c.desk_id == bindparam("desk", type_=BigInteger)
)
_NOT_PAIRED_AMONG = _NOT_PAIRED_OF_DESK.where(signature.c.article_id.in_(_IDS))
_FIRST_NOT_PAIRED = _NOT_PAIRED_OF_DESK.order_by(signature.c.article_id).limit(_FEW + 1)
_TWINS = select(twin.c.article_id, twin.c.other_id).where(
    twin.c.desk_id == bindparam("desk", type_=BigInteger), twin.c.article_id.in_(_IDS)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Articles of which the copies are still to be found."""

    desk_id: int
    article_ids: tuple[int, ...]


def unpaired(connection: Connection, limit: int) -> Waiting | None:
    """Return articles of one desk of which the copies are still to be found, None where there are none."""
    waiting = and_(_NOT_PAIRED, signature.c.paired == _WAITING, signature.c.shingles.is_not(None))
    columns = signature.c.desk_id, signature.c.article_id
    found = select(*columns).where(waiting).order_by(*columns).limit(limit)
    rows = connection.execute(found).all()
    if not rows:
        return None
    desk_id = rows[0].desk_id
    return Waiting(desk_id, tuple(row.article_id for row in rows if row.desk_id == desk_id))


def pair(connection: Connection, waiting: Waiting) -> None:
    """Find the copies of articles, and keep them."""
    near = {one: _sharing(connection, waiting.desk_id, one) for one in waiting.article_ids}
    few = {one: found for one, found in near.items() if len(found) <= _MOST_COMPARED}
    compared = {*few, *chain.from_iterable(few.values())}
    signatures = signatures_of(connection, waiting.desk_id, compared)
    runs = {one: frozenset(signed.smallest) for one, signed in signatures.items()}
    copies = {
        one: [other for other in found if _may_be(runs, one, other) and _are_copies(signatures, one, other)]
        for one, found in few.items()
    }
    kept = {one: found for one, found in copies.items() if len(found) <= _MOST_COPIES}
    pairs = {(max(one, other), min(one, other)) for one, found in kept.items() for other in found}
    if pairs:
        rows = [{"desk_id": waiting.desk_id, "article_id": one, "other_id": other} for one, other in sorted(pairs)]
        connection.execute(insert_into(connection, twin).on_conflict_do_nothing(), rows)
    for state, those in ((_PAIRED, kept.keys()), (_TOO_MANY, near.keys() - kept.keys())):
        these = and_(signature.c.desk_id == waiting.desk_id, signature.c.article_id.in_(those))
        connection.execute(update(signature).where(these, signature.c.shingles.is_not(None)).values(paired=state))


def waiting_among(connection: Connection, desk_id: int, article_ids: Collection[int]) -> set[int]:
    """Return those of the articles of which not all copies are known."""
    waiting = connection.execute(_FIRST_NOT_PAIRED, {"desk": desk_id}).scalars().all()
    if len(waiting) > _FEW:
        waiting = connection.execute(_NOT_PAIRED_AMONG, {"desk": desk_id, "ids": list(article_ids)}).scalars().all()
    return set(article_ids).intersection(waiting)


def twins_of(connection: Connection, desk_id: int, article_ids: Collection[int]) -> defaultdict[int, set[int]]:
    """Return the known copies of each of these articles among them."""
    twins: defaultdict[int, set[int]] = defaultdict(set)
    among = set(article_ids)
    for one, other in connection.execute(_TWINS, {"desk": desk_id, "ids": list(article_ids)}).all():
        if other in among:
            twins[one].add(other)
            twins[other].add(one)
    return twins


def _sharing(connection: Connection, desk_id: int, article_id: int) -> list[int]:
    """Return the articles that share a key with one, or one more than are compared."""
    same = and_(_mine.c.desk_id == signature_key.c.desk_id, _mine.c.key == signature_key.c.key)
    this = and_(_mine.c.desk_id == desk_id, _mine.c.article_id == article_id)
    others = and_(this, signature_key.c.article_id != article_id)
    found = select(signature_key.c.article_id).select_from(_mine.join(signature_key, same)).where(others).distinct()
    return list(connection.execute(found.limit(_MOST_COMPARED + 1)).scalars())


def _may_be(runs: Mapping[int, frozenset[int]], one: int, other: int) -> bool:
    mine, theirs = runs.get(one, frozenset()), runs.get(other, frozenset())
    return len(mine & theirs) >= LEAST_SHARED * max(1, min(len(mine), len(theirs)))


def _are_copies(signatures: Mapping[int, Signature], one: int, other: int) -> bool:
    return signatures[one].alike(signatures[other]) >= Signature.SAME_STORY
