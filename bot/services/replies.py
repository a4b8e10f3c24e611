"""What a use case answers: content and controls, without looks.

Words in a reply are data and are shown as they are: each renderer escapes them in its own way, so no string here holds
markup. Emphasis, links, times and commands are values of their own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from summariser.model import Span

_BLANKS = re.compile(r"[ \t\u00a0]{2,}")


@dataclass(frozen=True, slots=True)
class Bold:
    """Words that matter."""

    text: str


@dataclass(frozen=True, slots=True)
class Italic:
    """Titles, and words set apart."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that open an address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, shown in the reader's own zone where the front end can."""

    when: datetime
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command, clickable where the front end can: `add`, `article show`."""

    name: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, under its present name where the front end knows it."""

    channel_id: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the desk, by the name that the front end knows; nobody is called by it."""

    person_id: int


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the server, by its present name where the front end knows it; nobody is called by it."""

    role_id: int


Inline = str | Bold | Italic | Code | Link | Moment | Command | Channel | Person | Role
Words = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a part."""

    words: Words


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of our own words."""

    words: Words
    small: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A sentence cut verbatim from a stored text, under the number that opens its passage."""

    number: int
    text: str
    source: Words = ()
    url: str | None = None
    """Where the sentence can be seen outside this answer: the message it came with, or the page."""
    marked: tuple[Span, ...] = ()
    """The words in it that stand out, in their order, none over another."""

    @property
    def words(self) -> Words:
        """Return the sentence with the marked words in bold."""
        parts: list[Inline] = []
        end = 0
        for span in self.marked:
            parts += [self.text[end : span.start], Bold(span.cut(self.text))]
            end = span.end
        # As it is read: what a column or a line's end left between two words is one space.
        return tuple(_spaced(part) for part in (*parts, self.text[end:]) if part)


def _spaced(part: Inline) -> Inline:
    if isinstance(part, Bold):
        return Bold(_BLANKS.sub(" ", part.text))
    return _BLANKS.sub(" ", part) if isinstance(part, str) else part


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A sentence within its paragraph; the sentence stands out."""

    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Divider:
    """A rule between parts."""


Block = Heading | Line | Bullets | Quoted | Excerpt | Divider


@dataclass(frozen=True, slots=True)
class Request:
    """A use case and what it is asked, in JSON values: how buttons, pages and the console ask again."""

    name: str
    """`<service>.<method>`, such as `summaries.summarise`."""
    options: dict[str, Any] = field(default_factory=dict)
    page: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` takes back."""
        return {"name": self.name, "options": self.options, "page": self.page}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Request":
        """Take back what `to_json` gave."""
        return cls(value["name"], value["options"], value["page"])


class Who(StrEnum):
    """Who may use a control; everyone else is told why not."""

    ASKER = "asker"
    ASKER_OR_MANAGER = "asker or manager"
    ANYONE = "anyone"


class Look(StrEnum):
    """How much a button asks to be pressed."""

    MAIN = "main"
    PLAIN = "plain"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Action:
    """A button."""

    label: str
    request: Request
    look: Look = Look.PLAIN
    who: Who = Who.ASKER
    private: bool = False
    """Answer in a message of its own that only the one who pressed it sees, instead of in place."""
    anew: bool = False
    """Answer in a new message that everyone here sees, and leave this one as it is."""
    openly: bool = False
    """Answer so also where this message is seen by one person alone."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu."""

    label: str
    request: Request
    description: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """A list to choose one from. With more choices than a front end can hold, it shows those of the page."""

    prompt: str
    choices: tuple[Choice, ...]
    who: Who = Who.ANYONE
    private: bool = True
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line offered while an option is typed."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with the reply."""

    filename: str
    data: bytes
    description: str = ""
    shown: bool = False
    """A picture to look at in the reply; `description` says what it shows to those who cannot see it."""


class Tone(StrEnum):
    """What kind of answer it is; never told by colour alone."""

    PLAIN = "plain"
    DONE = "done"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Looked:
    """Up to when somebody has seen what is new, once the answer that shows it has arrived."""

    before: datetime | None
    """Up to when it was seen before; None for somebody who never looked."""
    until: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    title: str
    blocks: tuple[Block, ...]
    actions: tuple[Action, ...] = ()
    menus: tuple[Menu, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    tone: Tone = Tone.PLAIN
    again: Request | None = None
    """Asks for this very reply, without doing anything twice: what turning its pages needs."""
    anchors: tuple[int, ...] = ()
    """Uploads that the message carrying this reply is to be cited as (`CorpusService.sent`)."""
    looked: Looked | None = None
    """What is to be noted once it has arrived (`CatchupService.sent`)."""
    keeps_files: bool = False
    """Shown in place of another reply, it leaves the files of that message where they are."""
    filed: str | None = None
    """Where it takes more than one page, all of it comes along as a file of this name."""


class Asked(StrEnum):
    """What a question of a form takes."""

    TEXT = "text"
    FILES = "files"
    """Files: the answer is a list of `Incoming`, the others' are strings."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form."""

    name: str
    label: str
    paragraph: bool = False
    required: bool = True
    placeholder: str = ""
    longest: int = 4000
    kind: Asked = Asked.TEXT
    most: int = 1
    """How many files it takes."""
    value: str = ""
    """What stands in it to begin with."""


@dataclass(frozen=True, slots=True)
class Form:
    """What must be asked before a command can begin: a modal in Discord, prompts in the terminal."""

    title: str
    fields: tuple[Field, ...]
    request: Request
    """Asked again with the answers added to its options."""


def join(items: Sequence[Words], between: str = " · ") -> Words:
    """Set words side by side with a separator between them."""
    joined: list[Inline] = []
    for number, item in enumerate(item for item in items if item):
        joined.extend([between, *item] if number else item)
    return tuple(joined)
