"""Whom a surname means that several of a text bear: not the father, the wife or the brother who is named beside."""

import re
from collections.abc import Callable, Sequence
from itertools import takewhile

from summariser.entities.keys import identity
from summariser.entities.spelling import Person, is_title, read_person
from summariser.model import Mention

_Parts = tuple[str, ...]

_RELATIVE = (
    "father|mother|parents|brothers?|sisters?|sons?|daughters?|wife|husband|widow|widower|uncle|aunt|cousin|nephew|niece"
    "|grandfather|grandmother|grandson|granddaughter|half-brother|half-sister|stepson|father-in-law|son-in-law"
    "|brother-in-law|mother-in-law|sister-in-law|ancestor|twin|fianc[eé]e?"
)
_SHORT_TITLE = r"(?:Mr|Mrs|Ms|Dr|Gen|Col|Maj|Lt|Capt|Sgt|Sen|Rep|Gov|Rev|Prof)\."
# `his late father, Grand Ayatollah`: what may stand before a relative's name. Of `X, son of Y` either may be meant.
_INTRODUCED = re.compile(
    rf"\b(?:{_RELATIVE})\b"
    rf"(?:,? (?:the|late|named|called|and|former|revered|prominent|slain|murdered|{_SHORT_TITLE}|[A-Z][\w’'-]*)){{0,4}}"
    r"[,:—–-]? ?$"
)
_ELDER = re.compile(r"\b(?:[Tt]he|[Hh]is|[Hh]er|[Tt]heir) (?:elder|older|younger|late|senior) $")
_REACH = 80


class Family:
    """The people of a text who share surnames."""

    def __init__(self, text: str, mentions: Sequence[Mention], head: Callable[[_Parts], _Parts]) -> None:
        self._text = text
        self._titles: dict[_Parts, set[str]] = {}
        self._women: dict[_Parts, bool] = {}
        self._first: dict[_Parts, int] = {}
        self._relatives: set[_Parts] = set()
        for mention in sorted(mentions, key=lambda one: one.start):
            parts = identity(mention.type, mention.surface)[1]
            if len(parts) > 1:
                self._meet(head(parts), mention)

    def choose(self, mention: Mention, bearers: Sequence[_Parts]) -> _Parts | None:
        """Return whom of those that bear it a lone name means; None where the text does not tell."""
        if self._is_another(mention):
            return None
        said = self._called(mention)
        fitting = [one for one in bearers if self._women.get(one, said.woman) == said.woman or said.woman is None]
        own = [one for one in fitting if one not in self._relatives]
        titled = [one for one in fitting if self._titles[one] & said.titles]
        for chosen in (own, titled, [one for one in own if self._first[one] < mention.start]):
            if len(chosen) == 1:
                return chosen[0]
        return None

    def _meet(self, one: _Parts, mention: Mention) -> None:
        said = self._called(mention)
        if one not in self._first:
            self._first[one] = mention.start
            if _INTRODUCED.search(self._before(mention)):
                self._relatives.add(one)
        self._titles.setdefault(one, set()).update(said.titles)
        if said.woman is not None:
            self._women[one] = said.woman

    def _called(self, mention: Mention) -> Person:
        """Return the mention as a person's name, with the titles that stand before it in the text."""
        before = self._before(mention).rstrip().rsplit("\n", 1)[-1].split(" ")
        titles = list(takewhile(is_title, reversed(before)))
        return read_person(" ".join((*reversed(titles), mention.surface)))

    def _is_another(self, mention: Mention) -> bool:
        """Tell whether a lone name is a relative's: `his father Harith`, `the elder Harith`."""
        before = self._before(mention)
        return bool(_INTRODUCED.search(before) or _ELDER.search(before))

    def _before(self, mention: Mention) -> str:
        return self._text[max(mention.start - _REACH, 0) : mention.start]
