"""Bundles of short reports with each name marked by whom it means, and what is scored on them.

`[PER hakimi|Yasin al-Hakimi]` names one that is called `hakimi` in its bundle, in capitals (`UN`) one that other
bundles know too. `[PER hakimi?2|Hakimi]` is the same one, but the report by itself leaves open who is meant: a lone
surname, a dropped middle name, a translation. There the right answer is a candidate for a person to confirm, and no
merge.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from summariser.model import Mention, MentionType

BUNDLES = Path(__file__).parent / "ner" / "bundles"
# Set aside before the first line of the resolver was tried on them.
HELD = ("03_", "06_", "08_", "11_", "13_", "18_", "20_")
_MARK = re.compile(r"\[(PER|ORG|LOC) ([\w?]+)\|([^\[\]|]+)\]")

Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Texts, and for each name in them by (text, start, end) whom it means."""

    documents: tuple[tuple[str, tuple[Mention, ...]], ...]
    meant: dict[Place, str]

    @property
    def truly(self):
        """Whom each name means in the end, what is left open told."""
        return {place: one.partition("?")[0] for place, one in self.meant.items()}


def read_bundles(*, held):
    """Return the texts of the bundles that are set aside, or of the others, all in one."""
    documents, meant = [], {}
    for path in sorted(BUNDLES.glob("*.txt")):
        if path.name.startswith(HELD) is not held:
            continue
        for report in path.read_text(encoding="utf-8").strip().split("\n\n"):
            text, names = unmark(report)
            for start, end, kind, one in names:
                known = one if one.isupper() else f"{path.stem} {one}"
                meant[len(documents), start, end] = f"{kind} {known}"
            documents.append((text, tuple(Mention(a, b, MentionType(kind), text[a:b]) for a, b, kind, _ in names)))
    return Bundle(tuple(documents), meant)


def unmark(marked):
    text, names, last = "", [], 0
    for found in _MARK.finditer(marked):
        text += marked[last : found.start()]
        names.append((len(text), len(text) + len(found[3]), found[1], found[2]))
        text += found[3]
        last = found.end()
    text += marked[last:]
    if "[" in text or "]" in text:
        raise ValueError(f"a mark is broken: {marked[:80]}")
    return text, names


def b_cubed(gold, said):
    """Return precision, recall and F (Bagga and Baldwin 1998) of a partition of mentions.

    Mentions that were not found count as missed by recall; found ones that are none are left out: that is what the
    recognition's own scores are for.
    """
    true, ours = defaultdict(set), defaultdict(set)
    for place, one in gold.items():
        true[one].add(place)
    for place, one in said.items():
        if place in gold:
            ours[one].add(place)
    right = {place: len(true[gold[place]] & ours[said[place]]) for place in gold if place in said}
    precision = 100 * sum(count / len(ours[said[place]]) for place, count in right.items()) / max(len(right), 1)
    recall = 100 * sum(count / len(true[gold[place]]) for place, count in right.items()) / len(gold)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)
