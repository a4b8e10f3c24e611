"""The words of a text as the recogniser sees them: cut finer than a reader's, in the sequences that it labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from summariser.text import dateline_end

# A name's title keeps its stop, and so does an initial.
_SHORT = (
    "Mr|Mrs|Ms|Mx|Dr|Prof|Gen|Lt|Col|Maj|Capt|Cpt|Sgt|Adm|Brig|Cmdr|Sen|Rep|Gov|Rev|Hon|St|Ste|Jr|Sr|Messrs|Supt|Insp|Det"
    "|Corp|Inc|Ltd|Co|Bros|Dept|Univ|Ala|Ariz|Ark|Calif|Colo|Conn|Fla|Ga|Ill|Kan|Ky|La|Mass|Mich|Minn|Mo|Okla|Ore|Pa|Tenn"
    "|Tex|Va|Vt|Wash|Wis"
)
_WORD = r"(?:[a-zA-Z0-9]|[^\W_]|[\u0300-\u036f])++"
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,8}"
    rf"|(?:{_SHORT})\.(?!\w)"
    r"|[A-Z]\.(?=[^\S\n]?[A-Z])"
    rf"|{_WORD}(?:(?:[-'’·]|[.,](?=\d)){_WORD})*+"
    r"|[^\w\s]|_"
)
_POSSESSIVE = re.compile(r"['’]s$")
# `Iran-backed`, `Beirut-based`: the name ends before the hyphen.
_TAIL = re.compile(
    r"-(?:administered|affiliated|aligned|allied|area|backed|based|born|bound|brokered|controlled|designate|dominated|elect"
    r"|era|flagged|friendly|funded|held|imposed|inspired|installed|led|linked|listed|made|mediated|occupied|owned|run|ruled"
    r"|sponsored|style|supplied|supported|trained|wide)$"
)
_HEAD = re.compile(r"(?:anti|ex|mid|non|post|pre|pro|then)-(?=[A-Z])")
_ENDS = frozenset(".!?")
_QUOTES = frozenset("\"'”’»)")
# No sentence of prose is longer; the labels of one sequence are sought together.
_LONGEST = 250


@dataclass(frozen=True, slots=True)
class Sequence:
    """Tokens that are labelled together: a sentence, or what stands on a line of its own."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    dated: int
    """How many of them make up a dateline."""
    opens: bool
    """It is the first of its line."""
    titled: bool
    """Capitals say little in it, for nearly every word has one."""


def cut(text: str) -> Iterator[Sequence]:
    """Yield a text's sequences in its order; none runs over the end of a line."""
    start = 0
    known: dict[str, str] = {}
    for line in text.split("\n"):
        if line and not line.isspace():
            yield from _cut_line(text, start, start + len(line), known)
        start += len(line) + 1


def _cut_line(text: str, start: int, end: int, known: dict[str, str]) -> Iterator[Sequence]:
    headed = dateline_end(text, start, end)
    words: list[str] = []
    starts: list[int] = []
    opens, ended = True, False
    for word, at in _tokens(text, start, end):
        if (ended and word not in _QUOTES and not word[0].islower()) or len(words) == _LONGEST:
            yield _sequence(words, starts, headed, opens=opens)
            words, starts, opens, ended = [], [], False, False
        words.append(known.setdefault(word, word))  # one object for each word of a text
        starts.append(at)
        ended = word in _ENDS or (ended and word in _QUOTES)
    if words:
        yield _sequence(words, starts, headed, opens=opens)


def _sequence(words: list[str], starts: list[int], headed: int, *, opens: bool) -> Sequence:
    dated = sum(one < headed for one in starts) if starts[0] < headed else 0
    return Sequence(tuple(words), tuple(starts), dated, opens, _is_titled(words))


def _is_titled(words: list[str]) -> bool:
    lettered = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return len(lettered) > 2 and sum([word[0].isupper() for word in lettered]) > 0.8 * len(lettered)


def _tokens(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    for found in _TOKEN.finditer(text, start, end):
        word, at = found.group(), found.start()
        if len(word) > 3 and not word.isalnum():
            yield from _split(word, at)
        else:
            yield word, at


def _split(word: str, at: int) -> Iterator[tuple[str, int]]:
    """Part a name from what is joined to it: `pro-`, `-backed`, `’s`."""
    head = _HEAD.match(word)
    first = head.end() if head is not None else 0
    tail = _POSSESSIVE.search(word, first) or _TAIL.search(word, first)
    last = tail.start() if tail is not None else len(word)
    for left, right in ((0, first), (first, last), (last, len(word))):
        if left < right:
            yield word[left:right], at + left
