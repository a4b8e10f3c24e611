"""Which article is meant: by what stands for it in a list, by its id, or by words of its title."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from bot.services.errors import AmbiguousArticleError, NoSuchArticleError
from bot.services.replies import Suggestion
from bot.services.tickets import TICKET, article_of, secret_of, ticket_of
from bot.services.wording import head_line, plain, shorten, title_of
from storage.base import ArticleHead, Scope, Storage

# As `storage.ids` makes them: a shorter number is more likely part of a title.
_ID = re.compile(r"[0-9]{13,19}")


async def find_article(storage: Storage, scope: Scope, asked: str) -> int:
    """Return the id of the article meant; whether there is one that a list or an id names is for whoever looks it up.

    Raises:
        NoSuchArticleError: no title comes near.
        AmbiguousArticleError: several titles fit.
    """
    asked = asked.strip()
    if TICKET.fullmatch(asked):
        return article_of(asked, await secret_of(storage))
    if _ID.fullmatch(asked) and int(asked) < 2**63:
        return int(asked)
    heads = await storage.suggest(scope, asked)
    exact = [head for head in heads if title_of(head).casefold() == asked.casefold()]
    fitting = exact or heads
    if not fitting:
        raise NoSuchArticleError(asked, await _near(storage, scope, asked))
    if len(fitting) > 1 and not _one_story(fitting):
        raise AmbiguousArticleError(asked, [title_of(head) for head in fitting[:5]])
    return fitting[0].article_id


async def suggest_articles(storage: Storage, scope: Scope, typed: str) -> list[Suggestion]:
    """Return the articles whose title, source or opening holds what was typed, the newest first."""
    heads = await storage.suggest(scope, typed)
    secret = await secret_of(storage) if heads else b""
    return [Suggestion(shorten(plain(head_line(head)), 100), ticket_of(head.article_id, secret)) for head in heads]


async def _near(storage: Storage, scope: Scope, asked: str) -> list[str]:
    titles = [title_of(head) for head in await storage.newest(scope, limit=200)]
    return get_close_matches(asked, titles, n=3, cutoff=0.4)


def _one_story(heads: Sequence[ArticleHead]) -> bool:
    """Tell whether these are one text under one title, stored more than once."""
    return len({(title_of(head), head.opening) for head in heads}) == 1
