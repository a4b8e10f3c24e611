"""Which desks a process serves, where several share a database."""

from sqlalchemy import ColumnElement, or_, true

from storage.base import GUILD_ID_STEP, Shards


def served(desk_id: ColumnElement[int], shards: Shards | None) -> ColumnElement[bool]:
    """Return the condition that a desk is served by these shards; see `Shards.serve`."""
    if shards is None or len(shards.ids) == shards.count:
        return true()
    shard = (desk_id // GUILD_ID_STEP) % shards.count
    low, high = min(shards.ids), max(shards.ids)
    ranged = high - low == len(shards.ids) - 1
    return or_(desk_id < 0, shard.between(low, high) if ranged else shard.in_(shards.ids))
