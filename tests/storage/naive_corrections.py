"""Corrections done to plain lists of sentences: what the storage has to come to, said without a single offset."""

from dataclasses import dataclass, field, replace
from itertools import pairwise


@dataclass(frozen=True)
class Story:
    """An article as the list knows it: a name of its own, what is printed about it, and which sentences it holds."""

    name: str
    title: str | None
    source: str | None
    first: int
    last: int


@dataclass
class NaiveFile:
    """One file whose corrections are made again from the beginning after each step."""

    stories: list[Story]
    made: list[tuple] = field(default_factory=list)
    """(what, which story or boundary, value), in their order; None where one was withdrawn."""

    def now(self) -> list[Story]:
        found = list(self.stories)
        for number, made in enumerate(self.made):
            if made is not None:
                found = _do(found, number, *made)
        return found


def _do(stories, number, what, where, value):
    match what:
        case "edit":
            return [replace(one, **value) if one.name == where else one for one in stories]
        case "drop":
            return [one for one in stories if one.name != where] if len(stories) > 1 else stories
        case "split":
            for place, one in enumerate(stories):
                if one.first < where <= one.last:
                    second = replace(one, name=f"split {number}", title=value, first=where)
                    return [*stories[:place], replace(one, last=where - 1), second, *stories[place + 1 :]]
        case "merge":
            for place, (one, other) in enumerate(pairwise(stories)):
                if (one.last, other.first) == where:
                    return [*stories[:place], replace(one, last=other.last), *stories[place + 2 :]]
    return stories
