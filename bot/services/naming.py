"""Finding who is named in articles that were stored without it."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from bot.services.compute import Compute
from bot.services.errors import UserError
from storage.base import Storage, Unnamed
from summariser.limits import NAMES_VERSION
from summariser.model import Named

log = logging.getLogger(__name__)

# A worker's time limit is far off at so many characters: a second or two. Who matters in a longer text is named before.
_NAMED = 100_000

# Under what it is remembered how far naming anew came: the version, and the desk and article that came last while it is
# not done. Nothing is before this place.
_PROGRESS = "names"
_BEGINNING = f"{-(2**63)} 0"


async def name_some(storage: Storage, compute: Compute) -> bool:
    """Find names in a few articles in which they are still to be found; return whether that was all.

    An older version stored them, or a long file brought them, or a split or a merge made their text another.
    """
    waiting = await storage.unnamed()
    for one in waiting:
        # Nobody where no worker can tell: others get a turn.
        await storage.keep_names(one, await _names(compute, one) or ())
    return not waiting


async def name_anew(storage: Storage, compute: Compute) -> int:
    """Find names anew in the next few articles that another version named; return in how many, 0 after the last.

    Until then an article keeps the names that it has; it goes on to keep them where no worker can tell. How far this
    came is remembered across restarts.
    """
    version = _version(compute)
    known, _, place = (await storage.fingerprint(_PROGRESS) or "").partition(" ")
    if known == version and not place:
        return 0
    after = place.split() if known == version else _BEGINNING.split()
    articles = await storage.articles_after(int(after[0]), int(after[1]))
    for one in articles:
        if (named := await _names(compute, one)) is not None:
            await storage.keep_names(one, named)
    place = f"{version} {articles[-1].desk_id} {articles[-1].article_id}" if articles else version
    await storage.set_fingerprint(_PROGRESS, place, now=datetime.now(UTC))
    return len(articles)


async def name_everything(storage: Storage, compute: Compute) -> AsyncIterator[int]:
    """Find the names of all articles anew, from the first; yield now and then in how many that was done."""
    beginning = f"{_version(compute)} {_BEGINNING}"
    await storage.set_fingerprint(_PROGRESS, beginning, now=datetime.now(UTC))
    done = 0
    while some := await name_anew(storage, compute):
        done += some
        yield done


def _version(compute: Compute) -> str:
    """Return what names are found by, in one word."""
    return f"{NAMES_VERSION}{f'+{compute.pipeline}' if compute.pipeline else ''}"


async def _names(compute: Compute, one: Unnamed) -> tuple[Named, ...] | None:
    """Return who is named at the beginning of an article; None where no worker can tell."""
    job = "summariser.entities:name_mentions"
    try:
        named: tuple[Named, ...] = await compute.run(job, one.text[:_NAMED], pipeline=compute.pipeline)
    except UserError as error:
        log.warning("no names were found in an article", extra={"article": one.article_id, "error": error})
        return None
    return named
