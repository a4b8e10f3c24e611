"""Which articles in sight are one story, told again by others; and where another article may begin in one."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import chain, groupby
from operator import attrgetter
from typing import ClassVar

from sqlalchemy import Connection, and_, func, select

from storage.articles import heads_of
from storage.base import Alike, Scope, Split
from storage.pairing import LEAST_SHARED, twins_of, waiting_among
from storage.signing import Sketch, keys_of, signatures_of, sketches_of
from storage.tables import article, extraction, proposal, signature_key
from storage.visibility import brought, first_upload
from summariser.model import Signature

_WEIGHED = 50
"""How many articles that share most of its keys are compared with one."""

# Pairs of texts that are remembered, about 200 bytes each.
_MOST_COMPARED = 50_000

_read = and_(extraction.c.desk_id == article.c.desk_id, extraction.c.extraction_id == article.c.extraction_id)
_mine = signature_key.alias("mine")


def alike(connection: Connection, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Alike, ...]]:
    """Return the other articles of the same stories; see `Storage.alike`."""
    asked = heads_of(connection, scope, article_ids)
    near = {one: _near(connection, scope, one) for one in article_ids if one in asked}
    others = {other for found in near.values() for other in found}
    signatures = signatures_of(connection, scope.desk_id, asked.keys() | others)
    heads = heads_of(connection, scope, others)
    told = {
        one: [Alike(heads[other], signatures[one].alike(signatures[other])) for other in found if other in heads]
        for one, found in near.items()
    }
    same = {one: [each for each in found if each.share >= Signature.SAME_STORY] for one, found in told.items()}
    return {one: tuple(sorted(found, key=_most_alike)) for one, found in same.items() if found}


def stories(connection: Connection, desk_id: int, article_ids: Sequence[int]) -> list[tuple[int, ...]]:
    """Return these articles story by story: each goes to the first of those before it that it is a copy of.

    Nothing but these articles decides; in a story, and of the stories, the order is theirs.
    """
    copies = twins_of(connection, desk_id, article_ids)
    waiting = waiting_among(connection, desk_id, article_ids)
    if waiting:
        _compare_with_all(connection, desk_id, article_ids, waiting, copies)
    told: dict[int, list[int]] = {}
    places = {one: place for place, one in enumerate(article_ids) if one in copies}
    for place, one in enumerate(article_ids):
        before = sorted(places[other] for other in copies.get(one, ()))
        leader = next((each for each in before if each in told), place)
        told.setdefault(leader, []).append(one)
    return [tuple(story) for story in told.values()]


def _compare_with_all(
    connection: Connection,
    desk_id: int,
    article_ids: Sequence[int],
    waiting: Collection[int],
    copies: defaultdict[int, set[int]],
) -> None:
    """Add which of these articles are copies of those of them that still wait to be paired."""
    keys_by_article = keys_of(connection, desk_id, article_ids)
    with_key: defaultdict[int, list[int]] = defaultdict(list)
    for one, keys in keys_by_article.items():
        for key in keys:
            with_key[key].append(one)
    near = {one: {other for key in keys_by_article.get(one, ()) for other in with_key[key]} - {one} for one in waiting}
    compared = _Compared(sketches_of(connection, desk_id, {*waiting, *chain.from_iterable(near.values())}))
    for one, others in near.items():
        for other in others:
            # Of two that wait, one does it.
            if (other not in waiting or one < other) and compared.are_copies(one, other):
                copies[one].add(other)
                copies[other].add(one)


class _Compared:
    """Articles that are compared with each other, each pair of texts once for all searches that find them."""

    _known: ClassVar[dict[tuple[int, int], bool]] = {}
    """By what the sketches hash to, which another text changes."""

    def __init__(self, sketches: Mapping[int, Sketch]) -> None:
        self._sketches = sketches
        self._hashes = {one: hash((sketch.shingles, sketch.smallest)) for one, sketch in sketches.items()}
        self._read: dict[int, tuple[Signature, frozenset[int]]] = {}

    def are_copies(self, one: int, other: int) -> bool:
        """Tell whether two articles are one story."""
        pair = self._hashes[one], self._hashes[other]
        known = self._known.get(pair)
        if known is None:
            if len(self._known) >= _MOST_COMPARED:
                self._known.clear()
            known = self._known[pair] = self._compare(one, other)
        return known

    def _compare(self, one: int, other: int) -> bool:
        (mine, my_runs), (theirs, their_runs) = self._signature(one), self._signature(other)
        may_be_alike = len(my_runs & their_runs) >= LEAST_SHARED * min(len(my_runs), len(their_runs))
        return may_be_alike and mine.alike(theirs) >= Signature.SAME_STORY

    def _signature(self, one: int) -> tuple[Signature, frozenset[int]]:
        read = self._read.get(one)
        if read is None:
            signed = self._sketches[one].read()
            read = self._read[one] = signed, frozenset(signed.smallest)
        return read


def proposals(connection: Connection, scope: Scope, article_ids: Collection[int]) -> dict[int, tuple[Split, ...]]:
    """Return where another article may begin; see `Storage.proposals`."""
    same = and_(proposal.c.desk_id == extraction.c.desk_id, proposal.c.extraction_id == extraction.c.extraction_id)
    within = and_(same, article.c.start < proposal.c.at, proposal.c.body < article.c.end)
    heading = func.substr(extraction.c.text, proposal.c.at + 1, proposal.c.body - proposal.c.at).label("heading")
    at, body = (proposal.c.at - article.c.start).label("at"), (proposal.c.body - article.c.start).label("body")
    these = and_(article.c.desk_id == scope.desk_id, article.c.article_id.in_(article_ids))
    statement = (
        select(article.c.article_id, at, body, heading)
        .select_from(article.join(extraction, _read).join(proposal, within))
        .where(these, ~extraction.c.superseded, brought(scope, extraction.c.blob))
        .order_by(article.c.article_id, proposal.c.at)
    )
    rows = groupby(connection.execute(statement), attrgetter("article_id"))
    return {
        one: tuple(Split(row.at, " ".join(row.heading.split()) or None, row.body) for row in group)
        for one, group in rows
    }


def _near(connection: Connection, scope: Scope, article_id: int) -> list[int]:
    """Return the articles in sight that share most keys with this one."""
    same = and_(_mine.c.desk_id == signature_key.c.desk_id, _mine.c.key == signature_key.c.key)
    this = and_(article.c.desk_id == signature_key.c.desk_id, article.c.article_id == signature_key.c.article_id)
    others = and_(
        _mine.c.desk_id == scope.desk_id, _mine.c.article_id == article_id, signature_key.c.article_id != article_id
    )
    statement = (
        select(signature_key.c.article_id)
        .select_from(_mine.join(signature_key, same).join(article, this).join(extraction, _read))
        .where(others, ~extraction.c.superseded, brought(scope, extraction.c.blob))
        .group_by(signature_key.c.article_id, article.c.ordinal, extraction.c.blob)
        .order_by(func.count().desc(), first_upload(scope, extraction.c.blob), article.c.ordinal)
    )
    return list(connection.execute(statement.limit(_WEIGHED)).scalars())


def _most_alike(one: Alike) -> tuple[float, float, int]:
    return -one.share, one.head.created_at.timestamp(), one.head.article_id
