"""Texts with the names in them marked by hand: our own, marked inline, and sets in CoNLL's columns."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

OWN = Path(__file__).parent / "ner"
REFERENCE = OWN / "reference"
"""Our own texts from works of reference: songs, stations, sportsmen."""
FOLDS = 5
MARK = re.compile(r"\[(PER|ORG|LOC) ([^\[\]]+)\]")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and the names in it."""

    text: str
    names: tuple[tuple[int, int, str], ...]
    """(start, end, type) of each, in order."""

    @property
    def fold(self):
        """The part that this text falls to, by its words alone."""
        return int(hashlib.sha256(self.text.encode()).hexdigest(), 16) % FOLDS


def own(folder=OWN):
    """Return our own news, or texts of another folder, a report each; a blank line parts reports in a file."""
    return [
        unmark(report)
        for path in sorted(folder.glob("*.txt"))
        for report in path.read_text(encoding="utf-8").strip().split("\n\n")
    ]


def unmark(marked):
    text, names, last = "", [], 0
    for found in MARK.finditer(marked):
        text += marked[last : found.start()]
        names.append((len(text), len(text) + len(found[2]), found[1]))
        text += found[2]
        last = found.end()
    text += marked[last:]
    if "[" in text or "]" in text:
        raise ValueError(f"a mark is broken: {marked[:80]}")
    return Labelled(text, tuple(names))


def conll(path):
    """Return the documents of a file of `token TAB label` lines; without documents, each sentence is one."""
    content = Path(path).read_text(encoding="utf-8")
    documents = re.split(r"^# doc .*\n", content, flags=re.MULTILINE)[1:]
    if len(documents) == 1:
        documents = documents[0].split("\n\n")
    return [join(document) for document in documents if document.strip()]


def join(document):
    """Set tokens side by side, a sentence a line."""
    text, names, open_name = "", [], None
    for row in document.strip("\n").split("\n"):
        token, _, label = row.partition("\t")
        if open_name is not None and not label.startswith("I-"):
            names.append((*open_name[:1], len(text.rstrip()), open_name[1]))
            open_name = None
        if not row:
            text = text.rstrip() + "\n"
            continue
        if label.startswith("B-"):
            open_name = (len(text), label[2:])
        text += token + " "
    if open_name is not None:
        names.append((open_name[0], len(text.rstrip()), open_name[1]))
    return Labelled(text.rstrip(), tuple(names))
