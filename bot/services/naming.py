"""Finding who is named in articles that were stored without it."""

from bot.services.compute import Compute
from storage.base import Storage
from summariser.model import Named


async def name_some(storage: Storage, compute: Compute) -> bool:
    """Find names in a few articles in which they are still to be found; return whether that was all.

    An older version stored them, or a long file brought them, or a split or a merge made their text another.
    """
    waiting = await storage.unnamed()
    for one in waiting:
        named: tuple[Named, ...] = await compute.run("summariser.entities:name_mentions", one.text)
        await storage.keep_names(one, named)
    return not waiting
