"""Subtitles (WebVTT and SubRip): what is said, without the times at which it is shown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from summariser.ingest.extract import Extract
from summariser.model import Note, NoteKind

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMING = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}[^\n]*")
_OPENING = re.compile(rf"\s*(?:WEBVTT(?:[ \t][^\n]*)?(?:\n|$)|(?:\d{{1,6}}[ \t]*\n)?{_TIMING.pattern}\n)")
_APART = re.compile(r"(?:NOTE|STYLE|REGION)\b")
_VOICE = re.compile(r"<v(?:\.[\w.-]{1,60})?[ \t]+([^<>\n]{1,80})>")
_TAG = re.compile(r"</?[\w.:-][^<>\n]{0,100}>|</?\w>|\{\\[^{}\n]{1,60}\}")
_TURN = re.compile(r"[-–—] ?(?=\S)")
_ENDED = re.compile(r"[.!?…؟][\"'”’»)\]]*$")
# Nobody marks where a paragraph ends: one of this many characters ends with its sentence.
_LONG = 500


def read_captions(text: str) -> Extract | None:
    """Return what subtitles say, in paragraphs, with a note on each line that only tells when; None for other texts.

    Who speaks, where the file says it, stands before what is said.
    """
    if _OPENING.match(text) is None:
        return None
    script = _Script()
    for number, block in enumerate(_blocks(text)):
        if _APART.match(block[0]) or (number == 0 and block[0].lstrip().startswith("WEBVTT")):
            script.drop("caption-note", block)
            continue
        timing = next((place for place, line in enumerate(block[:2]) if _TIMING.fullmatch(line)), -1)
        if timing >= 0:
            script.drop("caption-time", block[: timing + 1])
        for line in block[timing + 1 :]:
            script.say(line)
    return Extract("\n\n".join(" ".join(lines) for lines in script.paragraphs if lines), notes=tuple(script.notes))


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield the lines that no blank line parts."""
    block: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []


@dataclass(slots=True)
class _Script:
    """What has been said so far."""

    paragraphs: list[list[str]] = field(default_factory=lambda: [[]])
    notes: list[Note] = field(default_factory=list)
    speaker: str = ""
    last: str = ""
    length: int = 0

    def drop(self, role: str, lines: list[str]) -> None:
        self.notes.append(Note(NoteKind.DROPPED, role, text="\n".join(lines)))

    def say(self, line: str) -> None:
        """Add a line; what rolls on from one picture to the next is said once."""
        voice = _VOICE.search(line)
        words = " ".join(unescape(_TAG.sub("", line)).split())
        if not words or words == self.last:
            return
        self.last = words
        speaker = " ".join(voice[1].split()) if voice else self.speaker
        before = self.paragraphs[-1]
        full = self.length > _LONG and _ENDED.search(before[-1]) is not None
        if before and (speaker != self.speaker or _TURN.match(words) or full):
            self.paragraphs.append([])
            self.length = 0
        if voice and speaker != self.speaker:
            words = f"{speaker}: {words}"
        self.speaker = speaker
        self.paragraphs[-1].append(words)
        self.length += len(words)
