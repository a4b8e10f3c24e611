"""Articles and their texts: one, some, all of a desk, and what is said twice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storage.base.scopes import Scope
from summariser.model import Article, Signature, Span, TextId


@dataclass(frozen=True, slots=True)
class ArticleHead:
    """What a list shows of an article."""

    article_id: int
    title: str | None
    source: str | None
    published: datetime | None
    created_at: datetime
    opening: str
    """The first 120 characters of the text, for articles without a title."""


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article of the corpus with its text, cut out of the stored text at this moment."""

    article_id: int
    extraction_id: int
    text_id: TextId
    ordinal: int
    """Its place in the file, from 0."""
    siblings: int
    """How many articles the file holds."""
    article: Article
    """`article.start` is where it begins in the stored text."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredText:
    """An article of the corpus with its sentences: what is drawn on when many are read at once."""

    stored: StoredArticle
    sentences: tuple[Span, ...]
    """Indexing the article's text."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Another article of the same story."""

    head: ArticleHead
    share: float
    """How much of the shorter stands in the longer word for word, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An article whose signature is still to be computed."""

    desk_id: int
    article_id: int
    content: TextId
    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of what there is."""

    heads: tuple[ArticleHead, ...]
    total: int


class Articles(Protocol):
    """Articles and their texts: one, some, all of a desk, and what is said twice. See `storage.base.Storage`."""

    async def alike(self, scope: Scope, article_ids: Sequence[int]) -> dict[int, tuple[Alike, ...]]:
        """Return for each of these articles that is visible the other visible ones of its story, the most alike first.

        Bounded: of very many it names the 50 that have most in common with it. An article that a correction has made
        longer or shorter has none until it is signed anew.
        """

    async def unsigned(self, *, limit: int = 20) -> tuple[Unsigned, ...]:
        """Return articles of any desk that copies cannot be found of yet, for the application's own use."""

    async def sign(self, one: Unsigned, signature: Signature) -> None:
        """Keep the signature of such an article; does nothing where its text is another, or gone, by now."""

    async def pair_some(self, *, limit: int = 10) -> bool:
        """Find which articles are copies of some that were signed lately; return whether there were none.

        It makes searches quicker, and changes nothing of what they find.
        """

    async def passage(self, scope: Scope, article_id: int, span: Span) -> tuple[StoredArticle, Span]:
        """Return the article that holds what stood there, and where in its text: also after splits and merges.

        Raises:
            UnknownArticleError: it does not exist, is not visible, or has been dropped.
        """

    async def listed(self, scope: Scope, *, first: int = 0, limit: int = 10, uploader_id: int | None = None) -> Listed:
        """Return a page of the visible articles, the newest first; with `uploader_id` what that person brought."""

    async def article(self, scope: Scope, article_id: int) -> StoredArticle:
        """Return one article; of one that a merge made part of another, that other one.

        Raises:
            UnknownArticleError: it does not exist or is not visible.
        """

    async def sentences(self, scope: Scope, article_id: int) -> tuple[Span, ...]:
        """Return an article's sentences, indexing its text.

        Raises:
            UnknownArticleError: it does not exist or is not visible.
        """

    async def texts(
        self, scope: Scope, article_ids: Sequence[int], *, characters: int = 4_000_000
    ) -> tuple[StoredText, ...]:
        """Return the visible ones among these articles with their sentences, in the order given.

        Bounded: those that come after so many characters of text are left out.
        """

    async def sources_between(self, scope: Scope, since: datetime, until: datetime) -> tuple[str, ...]:
        """Return the sources of visible articles published since then and before `until`, by the alphabet."""

    async def newest(self, scope: Scope, *, limit: int = 25) -> tuple[ArticleHead, ...]:
        """Return the visible articles that were added last, the newest first."""

    async def arrived(
        self,
        scope: Scope,
        since: datetime,
        until: datetime,
        *,
        sources: Collection[str] | None = None,
        limit: int = 1000,
    ) -> tuple[ArticleHead, ...]:
        """Return the articles, of these sources or of all, that the scope could first see after `since`, up to `until`.

        The newest come first, each file from its beginning, `limit` of them at most.
        """

    async def suggest(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[ArticleHead, ...]:
        """Return visible articles whose title, source or opening holds every typed word, the newest first.

        Bounded: it looks through the newest 2000 articles of the desk.
        """

    async def sources(self, scope: Scope, typed: str, *, limit: int = 25) -> tuple[str, ...]:
        """Return the sources of visible articles whose name holds every typed word, in the order of the alphabet."""

    async def count(self, scope: Scope) -> int:
        """Return how many articles are visible."""
