"""Finding who is named in articles that were stored without it."""

import logging

from bot.services.compute import Compute
from bot.services.errors import UserError
from storage.base import Storage, Unnamed
from summariser.model import Named

log = logging.getLogger(__name__)

# A worker's time limit is far off at so many characters: a second or two. Who matters in a longer text is named before.
_NAMED = 100_000


async def name_some(storage: Storage, compute: Compute) -> bool:
    """Find names in a few articles in which they are still to be found; return whether that was all.

    An older version stored them, or a long file brought them, or a split or a merge made their text another.
    """
    waiting = await storage.unnamed()
    for one in waiting:
        await storage.keep_names(one, await _names(compute, one))
    return not waiting


async def _names(compute: Compute, one: Unnamed) -> tuple[Named, ...]:
    """Return who is named at the beginning of an article; nobody where no worker can tell: others get a turn."""
    job = "summariser.entities:name_mentions"
    try:
        named: tuple[Named, ...] = await compute.run(job, one.text[:_NAMED], pipeline=compute.pipeline)
    except UserError as error:
        log.warning("no names were found in an article", extra={"article": one.article_id, "error": repr(error)})
        return ()
    return named
