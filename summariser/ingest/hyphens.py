"""Words that were parted at the end of a line."""

import re

from summariser.model import Note, NoteKind

_PARTED = re.compile(r"(?<![\w-])([^\W\d_]{2,30})-\n[ \t]*([^\W\d_]{2,30})(?![\w-])([^\s\w]{0,4})(?: |(?=\n)|$)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def join_parted(text: str) -> tuple[str, tuple[Note, ...]]:
    r"""Return the text with words joined that a line's end parted, each noted; the line then ends behind the word.

    Only what the text elsewhere writes as one word, and never with a hyphen, is joined: `light-\nhouse` in a text that
    speaks of a lighthouse. All else stays as people would copy it.
    """
    if "-\n" not in text or _PARTED.search(text) is None:
        return text, ()
    known = {found[0].casefold() for found in _WORD.finditer(text)}
    notes: list[Note] = []

    def join(found: re.Match[str]) -> str:
        parted, joined = f"{found[1]}-{found[2]}", found[1] + found[2]
        if joined.casefold() not in known or parted.casefold() in known:
            return found[0]
        notes.append(Note(NoteKind.GUESSED, "hyphen", "A word that a line's end had parted was joined.", joined))
        return f"{joined}{found[3]}\n"

    return _PARTED.sub(join, text), tuple(notes)
