"""Looking for words, and for the newest articles of a time or a source."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storage.base.articles import ArticleHead
from storage.base.scopes import Scope
from storage.query import Query


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for."""

    query: Query
    sources: tuple[str, ...] | None = None
    """Only articles from one of these; None for all."""
    since: datetime | None = None
    until: datetime | None = None
    """Published before this; with either bound, articles without a date are left out."""
    newest: bool = False
    """The newest first instead of the best."""
    by_story: bool = False
    """Copies of one article are one hit."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what a search found."""

    heads: tuple[ArticleHead, ...]
    total: int
    """How many were ranked, on all pages."""
    more: bool
    """There are older hits, which were not ranked."""
    undated: int
    """How many fit but for having no date."""
    stories: int = 0
    """How many hits there are on all pages, where copies of one article are one."""
    also: tuple[tuple[ArticleHead, ...], ...] = ()
    """For each of `heads` the other articles of its story, in the same order."""


class Searches(Protocol):
    """Looking for words, and for the newest articles of a time or a source. See `storage.base.Storage`."""

    async def recent(
        self,
        scope: Scope,
        *,
        sources: Collection[str] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 25,
    ) -> Found:
        """Return visible articles of these sources that appeared within these bounds, the newest first.

        With either bound those without a date are left out, as in `Search`; with none the ones that were added last
        come first. Of more than 500 the newest 500 are counted.
        """

    async def search(self, scope: Scope, asked: Search, *, first: int = 0, limit: int = 10) -> Found:
        """Return the visible articles that fit, from the `first` on.

        Bounded: of more than 500 hits the newest 500 are ranked. What is not visible changes neither a number nor the
        order.
        """

    async def nearby(self, scope: Scope, word: str, *, limit: int = 3) -> tuple[str, ...]:
        """Return words of visible articles that are spelled nearly like this one, the nearest first."""

    async def purge_search(self) -> bool:
        """Erase what removals left in the search index, a bounded piece a call; return whether nothing is left."""
