"""Who is named, under which spellings, and what people decided about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from storage.base.articles import ArticleHead
from storage.base.scopes import Scope
from summariser.model import Decision, Mention, Name, Named, Passage, TextId


@dataclass(frozen=True, slots=True)
class Unnamed:
    """An article in which names are still to be found."""

    desk_id: int
    article_id: int
    content: TextId
    text: str


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name that stands in visible articles: the fullest spelling within an article.

    Spelled otherwise, the same one has another `KnownName`; which of them mean the same is no matter of storage.
    """

    name_id: int
    """Good for the next question, and no longer: names that are found anew may get other ids. Keep `name` instead."""
    name: Name
    mentions: int
    """How often it is meant, under whatever spelling."""
    articles: int
    """In how many articles."""


@dataclass(frozen=True, slots=True)
class SuggestedName:
    """A name that fits what was typed, and the spelling of it that does."""

    known: KnownName
    surface: str


@dataclass(frozen=True, slots=True)
class Uses:
    """How often a spelling is used by a source."""

    source: str | None
    mentions: int


@dataclass(frozen=True, slots=True)
class Spelled:
    """A way in which names are written, and who writes it."""

    surface: str
    mentions: int
    uses: tuple[Uses, ...]
    """By source, the most mentions first."""


@dataclass(frozen=True, slots=True)
class Sighted:
    """How often names were meant by a source within a month."""

    month: date | None
    """Its first day, in UTC; None for articles without a date."""
    source: str | None
    mentions: int


@dataclass(frozen=True, slots=True)
class Seen:
    """When and how often names were meant in visible articles."""

    mentions: int
    articles: int
    first: ArticleHead | None
    """The earliest article by its printed date; None where none has one."""
    last: ArticleHead | None
    by_month: tuple[Sighted, ...]
    """In the order of time, those without a date last; within a month by source."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A mention in its sentence."""

    mention: Mention
    """Counted in the article's text; `confidence` is that of the surest mention so spelled, and `rule` is empty."""
    name: Name
    name_id: int
    sentence: Passage | None
    """The sentence that holds it, counted in the article's text; None where none does."""


@dataclass(frozen=True, slots=True)
class NamedIn:
    """An article that means one of the names, with each place where it does."""

    head: ArticleHead
    mentions: int
    standing: tuple[Standing, ...]
    """In the order of the text, the first 50."""


@dataclass(frozen=True, slots=True)
class NamedInPage:
    """A page of the articles that mean one of the names."""

    articles: tuple[NamedIn, ...]
    total: int
    """How many articles there are on all pages."""


@dataclass(frozen=True, slots=True)
class NamedWith:
    """Another name that appears in the same articles."""

    name_id: int
    name: Name
    shared: int
    """In how many of the articles looked at both are named."""
    head: ArticleHead
    """The newest article that names both; one of the three newest that does so in one sentence goes before."""
    standing: tuple[Standing, Standing]
    """The one asked for and the other, in that article; their sentences are the same one if there is such a one."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """An article over which whoever printed it again put a headline of their own."""

    head: ArticleHead
    """Its title is the original one."""
    republished_title: str


@dataclass(frozen=True, slots=True)
class KeptDecision:
    """What somebody decided on names, and whether it still holds."""

    decision_id: int
    decision: Decision
    made_by: int | None
    """None once that person has asked to be forgotten."""
    made_at: datetime
    withdrawn_at: datetime | None


class Names(Protocol):
    """Who is named, under which spellings, and what people decided about it. See `storage.base.Storage`."""

    async def unnamed(self, *, limit: int = 20) -> tuple[Unnamed, ...]:
        """Return articles of any desk in which names are still to be found, for the application's own use."""

    async def articles_after(self, desk_id: int, article_id: int, *, limit: int = 20) -> tuple[Unnamed, ...]:
        """Return the articles that come after this one, of all desks in the order of their ids and those of theirs.

        For the application's own use: to find names anew.
        """

    async def nameless(self, scope: Scope) -> int:
        """Return in how many visible articles names are still to be found."""

    async def keep_names(self, one: Unnamed, named: Sequence[Named]) -> None:
        """Keep who is named in such an article; does nothing where its text is another, or gone, by now.

        Raises:
            ValueError: a mention does not stand where it says.
        """

    async def suggest_names(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[SuggestedName, ...]:
        """Return visible names with a visible spelling that holds every typed word, the last one perhaps begun.

        The most mentioned come first, each name once, with the spelling of it that fits and is used most. With nothing
        typed those that the newest articles mention most. Bounded: of very many spellings that begin so, it weighs the
        first 2000 by the alphabet.
        """

    async def names_called(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[KnownName, ...]:
        """Return the visible names with a visible spelling that is just what was typed, but for case and accents.

        The most mentioned come first.
        """

    async def names_like(self, scope: Scope, keys: Collection[str], *, limit: int = 500) -> tuple[KnownName, ...]:
        """Return the visible names that share one of these keys (`summariser.entities.name_keys`).

        The most mentioned come first.
        """

    async def spellings(self, scope: Scope, name_ids: Collection[int]) -> tuple[Spelled, ...]:
        """Return how these names are written in visible articles, the most used first, and by which source."""

    async def seen(self, scope: Scope, name_ids: Collection[int]) -> Seen:
        """Return when, how often and by which source these names were meant in visible articles."""

    async def named_most(self, scope: Scope, name_ids: Collection[int], *, limit: int = 10) -> tuple[ArticleHead, ...]:
        """Return the visible articles that mean these names most often, of those alike the newest first."""

    async def named_in(
        self, scope: Scope, name_ids: Collection[int], *, first: int = 0, limit: int = 10
    ) -> NamedInPage:
        """Return a page of the visible articles that mean one of these names, with the places where they do.

        Those that were published last come first, undated ones last.
        """

    async def named_with(self, scope: Scope, name_ids: Collection[int], *, limit: int = 10) -> tuple[NamedWith, ...]:
        """Return the other names that the same visible articles mention, so many people, organisations and places.

        They come in this order, and of each type those that share the most first. Bounded: it looks at the 100 of these
        articles that were published last, undated ones last.
        """

    async def names_of(
        self, scope: Scope, article_ids: Collection[int], name_ids: Collection[int] | None = None
    ) -> dict[int, tuple[Standing, ...]]:
        """Return for each of these articles that is visible and names somebody who is named where, in its order.

        With `name_ids`, where one of these is. The sentences are left out: each `Standing.sentence` is None.
        """

    async def headlines(self, scope: Scope, name_ids: Collection[int], *, limit: int = 25) -> tuple[Rewritten, ...]:
        """Return the visible articles that mean one of these names and got another headline, the newest first."""

    async def decide(self, scope: Scope, decision: Decision, *, made_by: int, now: datetime) -> int:
        """Keep a decision on names and return its id; it stands beside what was decided before, until withdrawn.

        Raises:
            UnknownNameError: a name that it is about is not visible; what one is to be called (`RENAME`) need not be.
        """

    async def withdraw_decision(self, scope: Scope, decision_id: int, *, now: datetime) -> KeptDecision:
        """Take a decision back and return it; that it was made stays on record.

        Raises:
            UnknownDecisionError: not there, withdrawn already, or about a name that is not visible.
        """

    async def decisions(
        self, scope: Scope, names: Collection[Name] | None = None, *, withdrawn: bool = False, limit: int = 500
    ) -> tuple[KeptDecision, ...]:
        """Return the decisions, all or those about one of these names, the latest first; with `withdrawn` those too.

        Only those of which each name is visible, spelled just as it was when decided on, and was so to one of the
        scope's audiences then: what was decided out of sight does not come to light with the name. What one is to be
        called need not be visible.
        """
