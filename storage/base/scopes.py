"""Who asks, and what an answer may draw on."""

from dataclasses import dataclass

LOCAL_DESK = 1


LOCAL_PERSON = 1


@dataclass(frozen=True, slots=True)
class Scope:
    """What an answer may draw on: it goes first into every storage method."""

    desk_id: int
    asker_id: int
    audiences: frozenset[int] | None
    """None draws on the whole desk: for the person at the terminal, never for Discord."""


GUILD_ID_STEP = 1 << 22
"""Discord numbers by time, in milliseconds of so many ids each; `guild_id // GUILD_ID_STEP` tells the shard."""


@dataclass(frozen=True, slots=True)
class Shards:
    """The part of all that goes on in Discord which one process hears of."""

    ids: tuple[int, ...]
    """Rising, none twice, each below `count`."""
    count: int

    def serve(self, desk_id: int) -> bool:
        """Tell whether a desk may be served here: who may read what in a server is known to its own shard alone.

        Nothing of the kind is asked about a person's own desk, which all may serve.
        """
        return desk_id < 0 or desk_id // GUILD_ID_STEP % self.count in self.ids
