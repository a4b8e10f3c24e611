"""Which shards a process runs, as people write it: `0-3/16` are the first four of sixteen."""

import re

from storage.base import Shards

MOST_SHARDS = 65_536
"""More than any bot has: Discord puts up to 2,500 servers on a shard."""

_PART = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?")


def parse_shards(text: str) -> Shards:
    """Return the shards that are meant by `0-3/16`, `0,2,5/16` or, for all of them, `16`.

    Raises:
        ValueError: it is none of these; the message says what to write.
    """
    ids, slash, count = text.replace(" ", "").rpartition("/")
    if not re.fullmatch(r"[0-9]{1,6}", count) or (slash and not ids):
        raise ValueError("write which shards and of how many, such as 0-3/16 or 0,2,5/16; 16 alone for all sixteen")
    number = int(count)
    if not 1 <= number <= MOST_SHARDS:
        raise ValueError(f"there can be 1 to {MOST_SHARDS} shards, such as 0-3/16")
    if not ids:
        return Shards(tuple(range(number)), number)
    chosen = parse_ids(ids)
    check_ids(chosen, number)
    return Shards(chosen, number)


def parse_ids(text: str) -> tuple[int, ...]:
    """Return the shards that are meant by `0-3` or `0,2,5`, rising.

    Raises:
        ValueError: one is named twice, a range runs backwards, or it is something else.
    """
    ids: list[int] = []
    for part in text.replace(" ", "").split(","):
        found = _PART.fullmatch(part)
        if found is None:
            raise ValueError("write shards as a range or a list, such as 0-3 or 0,2,5")
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            raise ValueError(f"{part} runs backwards: write {last}-{first}")
        if last >= MOST_SHARDS:
            raise ValueError(f"shards are numbered from 0 to at most {MOST_SHARDS - 1}")
        ids.extend(range(first, last + 1))
    if len(ids) > len(set(ids)):
        twice = next(one for one in ids if ids.count(one) > 1)
        raise ValueError(f"shard {twice} is named twice: write each once, such as 0-3 or 0,2,5")
    return tuple(sorted(ids))


def check_ids(ids: tuple[int, ...], count: int | None) -> None:
    """Look whether there are such shards.

    Raises:
        ValueError: there are not, or it is not known how many there are.
    """
    if count is None:
        raise ValueError("with SHARD_IDS it must say how many shards there are in all, such as SHARD_COUNT=16")
    if max(ids) >= count:
        raise ValueError(f"of {count} shards the last is {count - 1}: name shards from 0 to {count - 1}, or raise it")


def told(shards: Shards) -> str:
    """Return the shards in words: `shards 0 to 3 of 16`."""
    if len(shards.ids) == shards.count:
        return f"all {shards.count} shards" if shards.count > 1 else "the one shard"
    if len(shards.ids) == 1:
        return f"shard {shards.ids[0]} of {shards.count}"
    if shards.ids[-1] - shards.ids[0] == len(shards.ids) - 1:
        return f"shards {shards.ids[0]} to {shards.ids[-1]} of {shards.count}"
    return f"shards {', '.join(map(str, shards.ids))} of {shards.count}"
