"""What is said of articles that are one story, and of places where another article may begin."""

from collections.abc import Iterator, Mapping, Sequence

from bot.services.compute import Compute
from bot.services.replies import Action, Block, Bold, Bullets, Heading, Line, Request, Who, Words, join
from bot.services.wording import count, dated_head, shorten, title_of
from storage.base import Alike, ArticleHead, Split, Storage
from summariser.model import Signature

MOST_PROPOSED = 3
"""As many buttons leave room for what else can be done with an article."""

# More would bury what the reply is about; all stand in its menu.
_MOST_TOLD = 5
_MOST_NAMED = 3


async def sign_some(storage: Storage, compute: Compute) -> bool:
    """Compute a few signatures that are missing; return whether that was all.

    They are missing where an older version stored the article, and where a split or a merge made its text another.
    """
    waiting = await storage.unsigned()
    for one in waiting:
        made: Signature = await compute.run("summariser.text:sign", one.text)
        await storage.sign(one, made)
    return not waiting


def repost_of(
    head: ArticleHead,
    alike: Mapping[int, Sequence[Alike]],
    earlier: Sequence[ArticleHead],
    later: Sequence[ArticleHead],
) -> Alike | None:
    """Return what an article says again: the most alike of those that were here before it.

    `earlier` and `later` are those that came with it, before and behind it.
    """
    first = {one.article_id for one in earlier}
    with_it = first | {one.article_id for one in later}
    for other in alike.get(head.article_id, ()):
        here = other.head.article_id
        if here in first or (here not in with_it and other.head.created_at <= head.created_at):
            return other
    return None


def told_again(other: Alike) -> Words:
    """Say of which article one is a repost."""
    facts = ", ".join(part for part in (other.head.source, dated_head(other.head)) if part)
    return (f"a repost of “{title_of(other.head)}” ({facts}), {_percent(other)} alike",)


def told_proposals(heads: Sequence[ArticleHead], proposals: Mapping[int, Sequence[Split]]) -> list[Block]:
    """Say where another article may begin in these."""
    found = [
        f"Another article may begin in “{title_of(head)}” at “{_heading(split)}”."
        for head in heads
        for split in proposals.get(head.article_id, ())
    ]
    more = len(found) - MOST_PROPOSED
    rest = [f"and in {count(more, 'place')} more: /article show offers them"] if more > 0 else []
    return [Line((line,), small=True) for line in (*found[:MOST_PROPOSED], *rest)]


def to_split(proposals: Mapping[int, Sequence[Split]]) -> Iterator[Action]:
    """Yield a button for each of the first places where another article may begin."""
    places = [(article_id, split) for article_id, splits in proposals.items() for split in splits]
    for article_id, split in places[:MOST_PROPOSED]:
        # By where the second article would begin: that is found again whatever is put right meanwhile.
        request = Request("articles.split_off", {"article": article_id, "start": split.body})
        yield Action(shorten(f"Split at “{_heading(split)}”", 80), request, who=Who.ANYONE, private=True)


def told_story(others: Sequence[Alike]) -> list[Block]:
    """Name the other articles of a story."""
    if not others:
        return []
    lines = [
        join(
            [
                (Bold(title_of(one.head)),),
                (one.head.source,) if one.head.source else (),
                (dated_head(one.head),),
                (f"{_percent(one)} alike",),
            ]
        )
        for one in others[:_MOST_TOLD]
    ]
    more: list[Words] = [(f"… and {len(others) - _MOST_TOLD} more",)] if len(others) > _MOST_TOLD else []
    return [Heading(("The same story",)), Bullets((*lines, *more))]


def also_in(head: ArticleHead, others: Sequence[ArticleHead]) -> str:
    """Say where else a story stands; nothing where it stands nowhere else."""
    if not others:
        return ""
    named = dict.fromkeys(one.source for one in others if one.source and one.source != head.source)
    if not named:
        return f"and {count(len(others), 'copy', 'copies')} of it"
    names = list(named)
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"also in: {', '.join(names[:_MOST_NAMED])}{more}"


def _heading(split: Split) -> str:
    return shorten(split.title or "", 80) or "a paragraph"


def _percent(one: Alike) -> str:
    return f"{round(100 * one.share)} %"
