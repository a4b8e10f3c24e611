"""Ids as Discord makes them: the time is in them, and discord.py reads it there."""

import time

# The first second of 2015, in milliseconds: Discord's epoch.
EPOCH_MS = 1_420_070_400_000


class Snowflakes:
    """Makes ids that rise and never repeat."""

    def __init__(self) -> None:
        self._latest = 0

    def next(self) -> int:
        """Return an id of this millisecond, or of the next one that is free."""
        self._latest = max(int(time.time() * 1000), self._latest + 1)
        return (self._latest - EPOCH_MS) << 22

    def on_shard(self, shard: int, shards: int) -> int:
        """Return an id that a bot of so many shards serves on this one."""
        while ((made := self.next()) >> 22) % shards != shard:
            pass
        return made
