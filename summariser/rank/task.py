"""What a ranking method is given, and what it gives back: the one signature of them all."""

from collections.abc import Callable
from dataclasses import dataclass

from summariser.model import Span


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that may be quoted."""

    span: Span
    position: int
    """Which of the text's whole sentences it is, counted from 0 before near-duplicates were taken out."""
    words: tuple[str, ...]
    """Every word, in lower case."""
    stems: tuple[str, ...]
    """The stems of the words that carry content, as often as they occur."""
    leans: bool = False
    """It is understood only behind another sentence."""
    asks: bool = False
    """It is a question."""
    prompts: bool = False
    """It is what somebody is asked in an interview: what is answered tells more."""
    torn: bool = False
    """It would be quoted from the middle of a quotation: a mark in it opens or closes nothing."""
    names: frozenset[str] = frozenset()
    """Its words with capitals that carry content, in lower case, but for the first: names, in most languages."""
    shouts: bool = False
    """It is written in capitals throughout."""
    support: int | None = None
    """The position of the sentence that it leans on; None where that is the one right before it."""

    @property
    def leans_on(self) -> int | None:
        """The position of the sentence without which it is not understood; None where it stands by itself."""
        if not self.leans:
            return None
        return self.position - 1 if self.support is None else self.support


@dataclass(frozen=True, slots=True)
class Task:
    """The sentences to choose from, all different, and what to go by."""

    sentences: tuple[Sentence, ...]
    wanted: int
    rarity: Callable[[str], float]
    """The inverse document frequency of a stem."""
    title: tuple[str, ...] = ()
    """The title's stems."""
    query: tuple[str, ...] = ()
    """The stems of what the reader asked about."""
    stop_words: frozenset[str] = frozenset()
    stem: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Choice:
    """What a method chose."""

    indices: tuple[int, ...]
    """Indices into the task's sentences, in any order, each once."""
    notes: tuple[str, ...] = ()


Method = Callable[[Task], Choice]
