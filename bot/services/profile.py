"""How an entity is shown: its spellings, when it was seen, with whom, and the passages that prove it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.services import verdicts
from bot.services.calls import Call
from bot.services.coverage import NO_SOURCE, Coverage
from bot.services.identity import KINDS, Entity, label
from bot.services.replies import (
    Action,
    Attachment,
    Block,
    Bold,
    Bullets,
    Choice,
    Heading,
    Line,
    Look,
    Menu,
    Quoted,
    Reply,
    Request,
    Who,
    Words,
    join,
)
from bot.services.standins import StandIn, lines
from bot.services.wording import count, dated_head, shorten, title_of
from storage.base import ArticleHead, KeptDecision, Seen, Spelled
from storage.query import LONGEST
from summariser.model import MentionType, Name, Passage, Span

CHART = "mentions.png"

MOST_SPELLINGS = 40
MOST_PASSAGES = 3
MOST_COMPANY = 3
"""Of each kind, with a passage; a menu leads to more."""

# Candidates with two buttons each; more stand behind a third.
_PAIRS = 2
_MOST_DECISIONS = 5
_TOPIC_NAMES = 6

_ANYBODYS = "Many are called so, and these articles do not say whose it is: more than one may be meant."

_COMPANY = {
    MentionType.PER: "People",
    MentionType.ORG: "Organisations",
    MentionType.LOC: "Places",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A sentence, where it stands, and which words of it stand out."""

    head: ArticleHead
    passage: Passage
    marked: tuple[Span, ...]
    url: str | None = None
    own: bool = True
    """It stands by itself, and says what no earlier one says."""

    def block(self, number: int, *before: str) -> Quoted:
        """Return it under its number; `before` stands in bold before its source."""
        parts: list[Words] = [(Bold(word),) for word in before]
        parts.append((self.head.source or shorten(title_of(self.head), 60),))
        parts.append((dated_head(self.head),))
        return Quoted(number, self.passage.text, join(parts), self.url, apart(self.marked))

    def choice(self, number: int) -> Choice:
        """Return the line of a menu that opens it."""
        options = {
            "article": self.head.article_id,
            "start": self.passage.start,
            "end": self.passage.end,
            "number": number,
        }
        words = shorten(" ".join(self.passage.text.split()), 90)
        return Choice(f"[{number}] {words}", Request("corpus.passage", options))


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody who is named in the same articles."""

    name: str
    written: Name
    """One of its names as it stands in articles."""
    shared: int
    exact: bool
    """`shared` is the number of articles; else there may be more."""
    shown: Shown | None

    @property
    def kind(self) -> MentionType:
        """Return what it is."""
        return self.written.type

    @property
    def said(self) -> str:
        """Say in how many articles both are."""
        return f"{'' if self.exact else 'at least '}{count(self.shared, 'article')}"

    def line(self, number: int) -> Words:
        """Return it without a passage, or with the number of one that is quoted already."""
        return (Bold(self.name), f" · {self.said}{f' · [{number}]' if number else ''}")

    def choice(self) -> Choice:
        """Return the line of a menu that shows it."""
        request = Request("entities.show", {"name": label(self.written.words, self.kind)})
        return Choice(shorten(self.name, 100), request, f"{KINDS[self.kind]} · {self.said}")


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that is shown of an entity."""

    entity: Entity
    spelled: tuple[Spelled, ...]
    seen: Seen
    first: Shown | None
    last: Shown | None
    best: tuple[Shown, ...]
    company: tuple[Companion, ...]
    decisions: tuple[KeptDecision, ...]
    coverage: Coverage | None
    chart: bytes | None
    stand_ins: tuple[StandIn, ...] = ()
    waiting: Words = ()
    """Said where not all articles have been looked through for names."""

    def reply(self, call: Call) -> Reply:
        """Return the answer that shows it."""
        numbered = _Numbers()
        blocks = [
            self._facts(),
            *([Line((_ANYBODYS,), small=True)] if self.entity.anybodys and self.seen.articles > 1 else []),
            Heading(("Written as",)),
            Bullets(tuple(_spellings(self.spelled))),
            *verdicts.likely(self.entity.likely[:5]),
            *lines(self.stand_ins),
            *self._seen(numbered),
            *self._company(numbered),
            *self._figures(),
            *self._decided(),
            *([Line(self.waiting, small=True)] if self.waiting else []),
        ]
        title = chart_title(self.entity)
        alt = self.coverage.alt(title) if self.coverage else ""
        return Reply(
            self.entity.name,
            tuple(blocks),
            actions=tuple(self._actions(call)),
            menus=tuple(self._menus(numbered)),
            attachments=(Attachment(CHART, self.chart, alt, shown=True),) if self.chart else (),
            again=verdicts.show(self.entity),
        )

    def _facts(self) -> Block:
        sources = {use.source for one in self.spelled for use in one.uses if use.source}
        said: list[Words] = [(KINDS[self.entity.kind],)]
        said.append((f"{count(self.seen.mentions, 'mention')} in {count(self.seen.articles, 'article')}",))
        said += [(count(len(sources), "source"),)] if sources else []
        return Line(join(said), small=True)

    def _seen(self, numbered: "_Numbers") -> Iterator[Block]:
        first, last = self.first, self.last
        one_day = first is not None and last is not None and dated_head(first.head) == dated_head(last.head)
        both = last is None or one_day
        if first is not None:
            yield Heading((f"{'First and last' if both else 'First'} seen: {dated_head(first.head)}",))
            yield numbered.block(first)
        if last is not None and not both:
            yield Heading((f"Last seen: {dated_head(last.head)}",))
            yield numbered.block(last)
        if self.best:
            yield Heading(("Passages",))
            yield from (numbered.block(one) for one in self.best)

    def _company(self, numbered: "_Numbers") -> Iterator[Block]:
        for kind, said in _COMPANY.items():
            named = [one for one in self.company if one.kind is kind]
            if not named:
                continue
            yield Heading((f"{said} in the same articles",))
            # What is quoted already is not quoted again.
            known = {one.name: numbered.of(one.shown) for one in named if one.shown}
            fresh = [one for one in named[:MOST_COMPANY] if one.shown and not known[one.name]]
            beside = [one for one in named[:MOST_COMPANY] if one not in fresh]
            if beside:
                yield Bullets(tuple(one.line(known.get(one.name, 0)) for one in beside))
            again: list[Words] = []
            for one in fresh:
                if one.shown and (number := numbered.of(one.shown)):
                    again.append(one.line(number))
                elif one.shown:
                    yield numbered.block(one.shown, one.name, one.said)
            if again:
                yield Bullets(tuple(again))
            rest = named[MOST_COMPANY:]
            if rest:
                yield Line((f"also: {', '.join(one.name for one in rest)}",), small=True)

    def _figures(self) -> Iterator[Block]:
        if self.coverage is None:
            return
        yield Heading((f"Mentions by {self.coverage.step} and source",))
        yield Bullets(self.coverage.figures())
        if self.coverage.undated:
            yield Line(
                (f"{count(self.coverage.undated, 'mention')} in articles without a printed date: not counted here.",),
                small=True,
            )

    def _decided(self) -> Iterator[Block]:
        if not self.decisions:
            return
        yield Heading(("Decided by hand",))
        yield Bullets(tuple(verdicts.line_of(kept) for kept in self.decisions[:_MOST_DECISIONS]))
        more = len(self.decisions) - _MOST_DECISIONS
        if more > 0:
            yield Line((f"and {more} more",), small=True)

    def _actions(self, call: Call) -> Iterator[Action]:
        """Yield what leads on; what decides is there for all where all can see it, and judged at the click."""
        name = {"name": self.entity.label}
        yield Action("More passages", Request("entities.passages", name), Look.MAIN, Who.ANYONE, private=True)
        yield Action("Wording", Request("wordings.wording", {"entity": self.entity.label}), who=Who.ANYONE, anew=True)
        if topic := topic_of(self.spelled):
            yield Action("Timeline", Request("timelines.timeline", {"topic": topic}), who=Who.ANYONE, anew=True)
        if call.private and not verdicts.may_decide(call):
            return
        for one in self.entity.likely[:_PAIRS]:
            yield from verdicts.pair(self.entity, one.entity)
        if len(self.entity.likely) > _PAIRS:
            yield Action("All that may be the same", Request("entities.candidates", name), who=Who.ANYONE, private=True)
        if self.decisions:
            yield Action("Decisions", Request("entities.decisions", name), who=Who.ANYONE, private=True)

    def _menus(self, numbered: "_Numbers") -> Iterator[Menu]:
        if numbered.choices:
            yield Menu("Open a passage where it stands", tuple(numbered.choices))
        choices = tuple(one.choice() for one in self.company)
        if choices:
            yield Menu("Who else is named in these articles", choices)


class _Numbers:
    """Counts the passages of an answer."""

    def __init__(self) -> None:
        self.choices: list[Choice] = []
        self._texts: dict[str, int] = {}

    def of(self, shown: Shown) -> int:
        """Return the number under which the same words stand already; 0 where they do not."""
        return self._texts.get(shown.passage.text, 0)

    def block(self, shown: Shown, *before: str) -> Quoted:
        number = len(self.choices) + 1
        self.choices.append(shown.choice(number))
        self._texts[shown.passage.text] = number
        return shown.block(number, *before)


def numbered(shown: Sequence[Shown], *, first: int = 1) -> tuple[list[Block], tuple[Menu, ...]]:
    """Return passages under their numbers, and the menu that opens them."""
    blocks: list[Block] = [one.block(number) for number, one in enumerate(shown, first)]
    choices = tuple(one.choice(number) for number, one in enumerate(shown, first))
    return blocks, ((Menu("Open a passage where it stands", choices),) if choices else ())


def apart(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return spans in their order without those that lie over one before."""
    kept: list[Span] = []
    for span in sorted(spans):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def chart_title(entity: Entity) -> str:
    """Return what stands above the chart."""
    return f"Mentions of {entity.name}"


def topic_of(spelled: Sequence[Spelled]) -> str:
    """Return a search for the fullest spellings, as many as one holds; empty where there is nothing to search for."""
    full = [one.surface for one in spelled if len(one.surface.split()) > 1] or [one.surface for one in spelled]
    topic = ""
    for surface in full[:_TOPIC_NAMES]:
        quoted = '"' + " ".join(surface.replace('"', " ").split()) + '"'
        longer = f"{topic} OR {quoted}" if topic else quoted
        if len(longer) > LONGEST:
            break
        topic = longer
    return topic


def _spellings(spelled: Sequence[Spelled]) -> Iterator[Words]:
    # Of those that are used alike the fuller goes before.
    ranked = sorted(spelled, key=lambda one: (-one.mentions, -len(one.surface.split()), one.surface))
    for one in ranked[:MOST_SPELLINGS]:
        uses = [f"{use.source or NO_SOURCE.lower()} {use.mentions:,}" for use in one.uses[:6]]
        more = f" and {len(one.uses) - 6} more" if len(one.uses) > 6 else ""
        yield (Bold(one.surface), f" {one.mentions:,} · {', '.join(uses)}{more}")
    left = len(spelled) - MOST_SPELLINGS
    if left > 0:
        yield (f"… and {count(left, 'spelling')} more",)
