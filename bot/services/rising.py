"""Who is named more than before: people and bodies, counted by the articles that name them."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.services.identity import SURE, Identities
from storage.base import Scope, Storage
from storage.folding import fold
from summariser.model import MentionType, Name

MOST_RISEN = 5
MOST_COUNTED = 500
"""So many articles of either time are counted: the newest."""

# Spellings that are joined: those that most articles hold.
_MOST_NAMES = 400

# Of fewer articles nothing can be said, and of somebody whom fewer name.
_LEAST_ARTICLES = 5
_LEAST_NOW = 3
_LEAST_SHARE = 0.02
# The share of the articles that name somebody has to double at least ...
_RISE = 2.0
# ... and by more than chance brings about in one of twenty cases (the log-likelihood ratio; Dunning 1993).
_SURE_RISE = 3.84

_KINDS = frozenset({MentionType.PER, MentionType.ORG})


@dataclass(frozen=True, slots=True)
class Risen:
    """Somebody whom more articles name than before."""

    name: str
    written: Name
    """One of its names as it stands in articles."""
    now: tuple[int, ...]
    """The articles that name it."""
    before: int
    """How many did in the time before."""


async def find_risen(
    storage: Storage,
    identities: Identities,
    scope: Scope,
    now: Sequence[int],
    before: Sequence[int],
    *,
    besides: Collection[str] = (),
) -> tuple[Risen, ...]:
    """Return who is named in more of these articles than of those before them, those that rose most first.

    None where there are too few articles to tell. Names mean whom people decided that they mean; those of `besides` are
    left out: a source is named in what it writes.
    """
    known = {fold(one) for one in besides}
    if min(len(now), len(before)) < _LEAST_ARTICLES:
        return ()
    new, old = await _naming(storage, scope, now), await _naming(storage, scope, before)
    # Two spellings may mean one, so all are joined first.
    counts = Counter({name: len(ids) for name, ids in new.items()})
    counts.update({name: len(ids) for name, ids in old.items()})
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_NAMES]
    every = [name for name, _ in ranked]
    grouping = await identities.group(scope, ranked)
    risen: list[tuple[float, Risen]] = []
    for place, (name, members) in enumerate(zip(grouping.names, grouping.groups, strict=True)):
        written = [every[one] for one in members]
        here = _together(written, new)
        there = _together(written, old)
        sure = rise(len(here), len(now), len(there), len(before))
        if (
            sure
            and place not in grouping.rejected
            and known.isdisjoint(map(fold, (name, *(one.words for one in written))))
        ):
            first = max(written, key=lambda one: (len(new.get(one, ())), one.words))
            risen.append((sure, Risen(name, first, tuple(sorted(here)), len(there))))
    risen.sort(key=lambda one: (-one[0], -len(one[1].now), one[1].name))
    return tuple(one for _, one in risen[:MOST_RISEN])


def rise(now: int, of_now: int, before: int, of_before: int) -> float:
    """Return how sure it is that somebody is named by more of the articles than before; 0 where it is not."""
    share = now / of_now
    if now < _LEAST_NOW or share < max(_LEAST_SHARE, _RISE * before / of_before):
        return 0.0
    usual = (now + before) / (of_now + of_before)
    sides = ((now, of_now), (before, of_before))
    ratio = 2 * sum(_excess(one, of * usual) + _excess(of - one, of * (1 - usual)) for one, of in sides)
    return ratio if ratio >= _SURE_RISE else 0.0


def _excess(found: int, expected: float) -> float:
    return found * math.log(found / expected) if found else 0.0


async def _naming(storage: Storage, scope: Scope, article_ids: Sequence[int]) -> dict[Name, set[int]]:
    """Return for each name which of the articles are sure to hold it."""
    naming: defaultdict[Name, set[int]] = defaultdict(set)
    for article_id, standing in (await storage.names_of(scope, article_ids)).items():
        for one in standing:
            if one.mention.confidence >= SURE and one.name.type in _KINDS:
                naming[one.name].add(article_id)
    return dict(naming)


def _together(names: Sequence[Name], naming: dict[Name, set[int]]) -> set[int]:
    return set().union(*(naming.get(name, set()) for name in names))
