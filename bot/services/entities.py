"""Who is meant: looked up under every spelling, and put right by hand where the machine is wrong or unsure."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.services import standins, verdicts
from bot.services.calls import Call
from bot.services.compute import Compute
from bot.services.coverage import Coverage, cover_mentions
from bot.services.errors import NameToGiveError, NotTheirSpellingError, SpelledAlikeError, WorkerDiedError
from bot.services.identity import LONGEST_NAME, MOST_SUGGESTED, SURE, Entity, Identities, Likely, label, read_label
from bot.services.profile import MOST_PASSAGES, Companion, Profile, Shown, chart_title, numbered
from bot.services.replies import (
    Action,
    Block,
    Bold,
    Bullets,
    Choice,
    Line,
    Look,
    Menu,
    Reply,
    Request,
    Suggestion,
    Tone,
    Who,
    Words,
)
from bot.services.standins import StandIn
from bot.services.wording import address, count, shorten, title_of
from storage.base import (
    ArticleHead,
    KeptDecision,
    NamedWith,
    Scope,
    Seen,
    Standing,
    Storage,
)
from storage.folding import fold
from summariser.model import Decision, Name, Sighting, Span, Verdict

log = logging.getLogger(__name__)

PAGE = 6
# Three pairs are six quotes and six buttons.
PAIRS = 3
# As many articles are read for the best passages.
_READ = 10
# Of each kind; those that mean the same are one.
_COMPANY = 12
# How many names are looked through for pairs that may be the same.
_MOST_NAMES = 400
_MOST_DECISIONS = 100


_Pair = tuple[Entity, Likely]


@dataclass(frozen=True, slots=True)
class _Two:
    """Two entities that a decision is about."""

    one: Entity
    other: Entity
    request: Request

    def decision(self, verdict: Verdict) -> Decision:
        one, other = self.one.head, self.other.head
        other_type = other.type if other.type is not one.type else None
        return Decision(verdict, one.type, one.words, other.words, other_type)


_Charted = tuple[Coverage | None, bytes | None]
"""The figures by time and source, and the chart of them."""


class EntityService:
    """Shows who is meant by a name, and lets those decide it who may."""

    def __init__(self, storage: Storage, compute: Compute) -> None:
        self._storage = storage
        self._compute = compute
        self._identities = Identities(storage, compute)

    async def show(
        self,
        call: Call,
        *,
        name: str,
        private: bool | None = None,  # noqa: ARG002  the front end has made the answer private already
    ) -> Reply:
        """Show a person, organisation or place: how it is written, when it was seen, with whom, in which passages."""
        request = Request("entities.show", {"name": name})
        entity = await verdicts.only(call, self._identities, name, request, "name")
        if isinstance(entity, Reply):
            return entity
        await call.progress(f"Reading what is written of {entity.name}")
        (seen, sighted, (coverage, chart)), company, (entity, renamed), spelled = await asyncio.gather(
            self._seen(call.scope, entity),
            self._company(call.scope, entity),
            self._renamed(call.scope, entity),
            self._storage.spellings(call.scope, entity.ids),
        )
        first, last = (sighted.get(head.article_id) if head else None for head in (seen.first, seen.last))
        last = last if last is not first else None
        return Profile(
            entity,
            spelled,
            seen,
            first,
            last,
            _best(sighted, {one.head.article_id for one in (first, last) if one}),
            company,
            await self._identities.about(call.scope, entity),
            coverage,
            chart,
            renamed,
            await self._identities.waiting(call.scope),
        ).reply(call)

    async def passages(self, call: Call, *, name: str, page: int = 1) -> Reply:
        """Show the articles that mean it, the newest first, each with its best sentence."""
        request = Request("entities.passages", {"name": name})
        entity = await verdicts.only(call, self._identities, name, request, "name")
        if isinstance(entity, Reply):
            return entity
        page = max(page, 1)
        found = await self._storage.named_in(call.scope, entity.ids, first=(page - 1) * PAGE, limit=PAGE)
        pages = max(1, -(-found.total // PAGE))
        if page > pages:
            return await self.passages(call, name=name, page=pages)
        heads = [one.head for one in found.articles]
        sighted = await self._read(call.scope, entity, heads)
        blocks, menus = numbered([sighted[head.article_id] for head in heads if head.article_id in sighted])
        place = f" · page {page} of {pages}" if pages > 1 else ""
        said = Line((f"{count(found.total, 'article')}, the newest first{place}",), small=True)
        actions = _turns("entities.passages", {"name": entity.label}, page, pages)
        again = Request("entities.passages", {"name": entity.label, "page": page})
        silent = [head for head in heads if head.article_id not in sighted]
        blocks += [Line((f"Named outside its sentences alone: {title_of(head)}",), small=True) for head in silent]
        return Reply(
            f"Passages: {entity.name}",
            (said, *blocks),
            (*actions, verdicts.to_show(entity, "Who that is")),
            menus,
            again=again,
        )

    async def merge(self, call: Call, *, name: str, other: str) -> Reply:
        """Say that two names mean the same.

        Raises:
            MayNotDecideError: the asker may not decide it.
        """
        return await self._merge(call, name, other, sure=False)

    async def merge_kinds(self, call: Call, *, name: str, other: str) -> Reply:
        """Say that two names mean the same although they are of two kinds, such as a person and a place.

        Raises:
            MayNotDecideError: the asker may not decide it.
        """
        return await self._merge(call, name, other, sure=True)

    async def part(self, call: Call, *, name: str, other: str) -> Reply:
        """Say that two names do not mean the same, and are not to be joined by way of a third either.

        Raises:
            MayNotDecideError: the asker may not decide it.
        """
        two = await self._two(call, "entities.part", name, other)
        if isinstance(two, Reply):
            return two
        if _is_same(two):
            return await self.split(call, name=name, spelling=other)
        denied = await self._denied(call.scope, two)
        if denied:
            said: Words = (f"{verdicts.told(denied.decision)}: decided ", *verdicts.by_whom(denied), ".")
            return Reply("It was so already", (Line(said),))
        made = await self._decide(call, two.decision(Verdict.DIFFERENT))
        said = (f"“{two.one.name}” and “{two.other.name}” stay apart, whatever a third name might suggest.",)
        return verdicts.decided("Not the same", said, [made], _to_candidates())

    async def split(self, call: Call, *, name: str, spelling: str) -> Reply:
        """Part a spelling from the others of an entity.

        Raises:
            MayNotDecideError: the asker may not decide it.
            NotTheirSpellingError, SpelledAlikeError: it is not among those that can be parted from it.
        """
        verdicts.check(call)
        asked = Request("entities.split", {"name": name, "spelling": spelling})
        entity = await verdicts.only(call, self._identities, name, asked, "name")
        if isinstance(entity, Reply):
            return entity
        words, kind = read_label(spelling)
        fitting = [one for one in entity.written if kind in (None, one.type) and fold(one.words) == fold(words)]
        off = next((one for one in fitting if one.words == words), fitting[0] if fitting else None)
        if off is None:
            raise NotTheirSpellingError(words, entity.name, [one.words for one in entity.written])
        alike: tuple[bool, ...] = await self._compute.run("summariser.kindred:spelled_alike", off, entity.written)
        rest = [one for one, is_alike in zip(entity.written, alike, strict=True) if not is_alike]
        if not rest:
            raise SpelledAlikeError(off.words, entity.name)
        made = [await self._decide(call, _different(off, one)) for one in rest]
        found = await self._identities.find(call.scope, label(off.words, off.type))
        said: Words = (f"“{off.words}” is no spelling of “{rest[0].words}” any more.",)
        actions = [verdicts.to_show(found[0])] if found else []
        return verdicts.decided(f"Split off: {off.words}", said, made, *actions)

    async def rename(self, call: Call, *, name: str, to: str) -> Reply:
        """Say what an entity is to be called.

        Raises:
            MayNotDecideError: the asker may not decide it.
            NameToGiveError: that can be no name.
        """
        verdicts.check(call)
        entity = await verdicts.only(
            call, self._identities, name, Request("entities.rename", {"name": name, "to": to}), "name"
        )
        if isinstance(entity, Reply):
            return entity
        words, _ = read_label(to)
        if not any(map(str.isalpha, words)) or len(words) > LONGEST_NAME:
            raise NameToGiveError(LONGEST_NAME)
        if words == entity.name:
            return Reply("It was so already", (Line((f"It is called “{entity.name}”.",)),), (verdicts.to_show(entity),))
        for bearer in await self._identities.find(call.scope, words):
            if bearer.ids != entity.ids and fold(words) in {fold(bearer.name), fold(bearer.head.words)}:
                return _taken(entity, bearer, words)
        made = await self._decide(call, Decision(Verdict.RENAME, entity.head.type, entity.head.words, words))
        said = (f"“{entity.name}” is called “{words}” from now on. Its spellings stay as they are written.",)
        return verdicts.decided(f"Renamed: {words}", said, [made], verdicts.to_show(entity))

    async def reject(self, call: Call, *, name: str) -> Reply:
        """Say that something is no name of a person, organisation or place.

        Raises:
            MayNotDecideError: the asker may not decide it.
        """
        verdicts.check(call)
        request = Request("entities.reject", {"name": name})
        entity = await verdicts.only(call, self._identities, name, request, "name")
        if isinstance(entity, Reply):
            return entity
        made = await self._decide(call, Decision(Verdict.REJECT, entity.head.type, entity.head.words))
        said = (f"“{entity.name}” counts as no name from now on, and is offered nowhere.",)
        return verdicts.decided(f"Rejected: {entity.name}", said, [made])

    async def candidates(self, call: Call, *, name: str | None = None, page: int = 1) -> Reply:
        """List the pairs that may be the same and that nobody has confirmed, with the evidence and a passage of each.

        Without a name it looks through those that the newest articles mention most.
        """
        about: Entity | None = None
        if name:
            request = Request("entities.candidates", {"name": name})
            meant = await verdicts.only(call, self._identities, name, request, "name")
            if isinstance(meant, Reply):
                return meant
            about, renamed = await self._renamed(call.scope, meant)
            pairs = [(about, one) for one in about.likely]
        else:
            pairs, renamed = await self._pairs(call.scope)
        options = {"name": about.label} if about else {}
        waiting = await self._identities.waiting(call.scope)
        more = [Line(waiting, small=True)] if waiting else []
        if not pairs and not renamed:
            said = "There is no pair of names here that might mean the same and waits for a decision."
            return Reply("Nothing to decide", (Line((said,)), *more), again=Request("entities.candidates", options))
        pages = max(-(-len(pairs) // PAIRS), 1)
        page = min(max(page, 1), pages)
        place = f", page {page} of {pages}" if pages > 1 else ""
        said = f"{count(len(pairs), 'pair')}, unconfirmed{place}"
        blocks: list[Block] = [Line((said,), small=True)] if pairs else []
        shown: list[Shown] = []
        buttons: list[Action] = []
        decides = verdicts.may_decide(call) or not call.private
        for number, pair in enumerate(pairs[(page - 1) * PAIRS : page * PAIRS], 1):
            blocks += await self._pair_blocks(call.scope, number, pair, shown)
            buttons += verdicts.pair(pair[0], pair[1].entity, mark=f"{number}: ") if decides else ()
        blocks += [*standins.lines(renamed), *more] if page == pages else ()
        return Reply(
            f"Perhaps the same: {about.name}" if about else "Perhaps the same",
            tuple(blocks),
            (*buttons, *_turns("entities.candidates", options, page, pages)),
            (*numbered(shown)[1], *_to_choose_from(pairs[(page - 1) * PAIRS : page * PAIRS])),
            again=Request("entities.candidates", {**options, "page": page}),
        )

    async def decisions(self, call: Call, *, name: str | None = None) -> Reply:
        """List what people decided on names, by whom and when, and what was taken back; a menu takes it back."""
        if name:
            request = Request("entities.decisions", {"name": name})
            entity = await verdicts.only(call, self._identities, name, request, "name", rejected_too=True)
            if isinstance(entity, Reply):
                return entity
            kept: Sequence[KeptDecision] = await self._identities.about(call.scope, entity, withdrawn=True)
        else:
            kept = await self._storage.decisions(call.scope, withdrawn=True, limit=_MOST_DECISIONS)
        again = Request("entities.decisions", {"name": name} if name else {})
        if not kept:
            said = "Nobody has decided on a name here. /entity candidates shows what waits for a decision."
            return Reply("No decisions", (Line((said,)),), again=again)
        standing = [one for one in kept if not one.withdrawn_at]
        choices = tuple(
            Choice(shorten(verdicts.told(one.decision), 100), verdicts.withdraw([one.decision_id])) for one in standing
        )
        offered = choices and (verdicts.may_decide(call) or not call.private)
        menus = (Menu("Take one back", choices, private=False),) if offered else ()
        return Reply("Decided by hand", (Bullets(tuple(map(verdicts.line_of, kept))),), menus=menus, again=again)

    async def withdraw(self, call: Call, *, decisions: list[int]) -> Reply:
        """Take decisions back; that they were made stays on record.

        Raises:
            MayNotDecideError: the asker may not.
            UnknownDecisionError: they were taken back already.
        """
        verdicts.check(call)
        back = [await self._storage.withdraw_decision(call.scope, one, now=call.now) for one in decisions]
        lines = tuple((verdicts.told(one.decision),) for one in back)
        shown = label(back[0].decision.one, back[0].decision.type) if back else ""
        actions = (Action("Show it", Request("entities.show", {"name": shown}), who=Who.ANYONE),) if shown else ()
        said = Line(("This holds no longer:",))
        return Reply("Taken back", (said, Bullets(lines)), actions=actions, tone=Tone.DONE)

    async def suggest_name(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the names with a spelling that holds what was typed."""
        return await self._identities.suggest(call.scope, typed)

    async def suggest_other(self, call: Call, typed: str) -> Sequence[Suggestion]:
        """Offer the names with a spelling that holds what was typed."""
        return await self._identities.suggest(call.scope, typed)

    async def suggest_spelling(self, call: Call, typed: str, *, name: str | None = None) -> Sequence[Suggestion]:
        """Offer the names that an entity goes by, and that can be parted from it."""
        found = await self._identities.find(call.scope, name) if name else []
        if len(found) != 1 or len(found[0].names) < 2:
            return []
        wanted = fold(typed)
        fitting = [known for known in found[0].names if wanted in fold(known.name.words)]
        return [
            Suggestion(shorten(f"{known.name.words} · {count(known.mentions, 'mention')}", 100), known.name.words)
            for known in fitting
        ][:MOST_SUGGESTED]

    async def _merge(self, call: Call, name: str, other: str, *, sure: bool) -> Reply:
        use_case = "entities.merge_kinds" if sure else "entities.merge"
        two = await self._two(call, use_case, name, other)
        if isinstance(two, Reply):
            return two
        if _is_same(two):
            return _already(two)
        denied = await self._denied(call.scope, two)
        if denied:
            return _refused(two, denied)
        if two.one.kind is not two.other.kind and not sure:
            return _warned(two)
        made = await self._decide(call, two.decision(Verdict.SAME))
        return await self._after(call, two, made)

    async def _two(self, call: Call, use_case: str, name: str, other: str) -> _Two | Reply:
        """Return both that are meant, or what is to be asked or said first.

        Raises:
            MayNotDecideError: the asker may not decide on them.
        """
        verdicts.check(call)
        request = Request(use_case, {"name": name, "other": other})
        one = await verdicts.only(call, self._identities, name, request, "name")
        if isinstance(one, Reply):
            return one
        second = await verdicts.only(
            call, self._identities, other, Request(use_case, {"name": one.label, "other": other}), "other"
        )
        return second if isinstance(second, Reply) else _Two(one, second, request)

    async def _decide(self, call: Call, decision: Decision) -> int:
        asker = call.scope.asker_id
        return await self._storage.decide(call.scope, decision, made_by=asker, now=call.now)

    async def _denied(self, scope: Scope, two: _Two) -> KeptDecision | None:
        """Return the latest decision by which two are not the same, unless it was taken back."""
        return await self._identities.parted(scope, two.one, two.other)

    async def _after(self, call: Call, two: _Two, made: int) -> Reply:
        """Say what two have become."""
        found = await self._identities.find(call.scope, two.one.label)
        now = found[0] if found else two.one
        said: Words = (
            f"“{two.one.name}” and “{two.other.name}” are the same, called “{now.name}”: ",
            f"{count(now.mentions, 'mention')} under {count(len(now.names), 'name')}.",
        )
        return verdicts.decided("The same", said, [made], verdicts.to_show(now), _to_candidates())

    async def _seen(self, scope: Scope, entity: Entity) -> tuple[Seen, dict[int, Shown], _Charted]:
        """Return when it was meant, with the best sentences of that, and a chart."""
        seen, most = await asyncio.gather(
            self._storage.seen(scope, entity.ids), self._storage.named_most(scope, entity.ids, limit=_READ)
        )
        # Of the first, the last and the most telling articles.
        heads = [*(head for head in (seen.first, seen.last) if head), *most]
        return seen, *await asyncio.gather(self._read(scope, entity, heads), self._chart(entity, seen))

    async def _read(self, scope: Scope, entity: Entity, heads: Sequence[ArticleHead]) -> dict[int, Shown]:
        """Return the best sentence of each article, the best first; of those that say the same one is the best."""
        by_id = {head.article_id: head for head in sorted(heads, key=_first_to_appear)}
        texts = await self._storage.texts(scope, list(by_id))
        ids = [one.stored.article_id for one in texts]
        named = await self._storage.names_of(scope, ids, entity.ids)
        origins = await self._storage.origins_of(scope, ids)
        places = [[_span(one) for one in named.get(article_id, ())] for article_id in ids]
        found: tuple[Sighting, ...] = await self._compute.run(
            "summariser.sightings:sightings",
            [one.stored.article for one in texts],
            [one.sentences for one in texts],
            places,
            entity.kind,
        )
        return {
            ids[one.article]: Shown(
                by_id[ids[one.article]],
                one.passage,
                one.marked,
                address(scope.desk_id, origins.get(ids[one.article], ()), one.passage.text),
                own=one.like == one.article and one.worth >= 0,
            )
            for one in found
        }

    async def _company(self, scope: Scope, entity: Entity) -> tuple[Companion, ...]:
        """Return who else is named in the same articles, those that share most first, each once."""
        named = await self._storage.named_with(scope, entity.ids, limit=_COMPANY)
        found = list(filter(_is_company, named))
        if not found:
            return ()
        grouping = await self._identities.group(scope, [(one.name, one.shared) for one in found], entity.decided)
        passages = await self._together(scope, found)
        company = []
        for place, (name, members) in enumerate(zip(grouping.names, grouping.groups, strict=True)):
            if place not in grouping.rejected:
                best = max(members, key=lambda one: (found[one].shared, passages[one] is not None))
                exact = len(members) == 1
                company.append(Companion(name, found[best].name, found[best].shared, exact, passages[best]))
        return tuple(sorted(company, key=lambda one: (-one.shared, one.shown is None, one.name)))

    async def _together(self, scope: Scope, found: Sequence[NamedWith]) -> list[Shown | None]:
        """Return for each a sentence in which both are named, or else one that names the other, if it can be shown."""
        passages = [one.standing[1].sentence for one in found]
        fit: tuple[int, ...] = await self._compute.run(
            "summariser.sightings:judge", [passage.text if passage else "" for passage in passages]
        )
        origins = await self._storage.origins_of(scope, list({one.head.article_id for one in found}))
        shown: list[Shown | None] = []
        for one, passage, is_fit in zip(found, passages, fit, strict=True):
            if passage is None or not is_fit:
                shown.append(None)
                continue
            ours, theirs = one.standing
            here = [theirs, ours] if ours.sentence == passage else [theirs]
            marked = tuple(_span(each).moved(-passage.start) for each in here)
            url = address(scope.desk_id, origins.get(one.head.article_id, ()), passage.text)
            shown.append(Shown(one.head, passage, marked, url))
        return shown

    async def _chart(self, entity: Entity, seen: Seen) -> _Charted:
        """Return the figures by time and source, and the chart of them where there is enough to draw."""
        coverage = cover_mentions(seen)
        if coverage is None or (len(coverage.columns) < 2 and len(coverage.rows) < 2):
            return coverage, None
        below = f"by {coverage.step} and source: {coverage.time}"
        try:
            drawn: bytes = await self._compute.run(
                "summariser.chart:draw", chart_title(entity), below, coverage.ticks, coverage.rows
            )
        except WorkerDiedError as error:
            # The same figures stand in the answer.
            log.warning("a chart could not be drawn", extra={"error": error})
            return coverage, None
        return coverage, drawn

    async def _renamed(self, scope: Scope, entity: Entity) -> tuple[Entity, tuple[StandIn, ...]]:
        """Return it with those who stand in its place in rewritten headlines, and the words there that name nobody."""
        found = await standins.stand_ins(self._storage, self._compute, scope, [entity])
        known, bare = await standins.join_known(self._identities, scope, found)
        return known.get(entity.ids, entity), bare

    async def _pairs(self, scope: Scope) -> tuple[list[_Pair], tuple[StandIn, ...]]:
        """Return the pairs that may be the same, each once, those that are mentioned most first.

        Beside them the words of rewritten headlines that stand where somebody is named, and name nobody themselves.
        """
        usual = await self._storage.suggest_names(scope, "", limit=_MOST_NAMES)
        if not usual:
            return [], ()
        circle = await self._identities.around(scope, [one.known for one in usual])
        found = await standins.stand_ins(self._storage, self._compute, scope, circle.entities)
        known, bare = await standins.join_known(self._identities, scope, found)
        pairs: dict[frozenset[tuple[int, ...]], _Pair] = {}
        entities = [known.get(entity.ids, entity) for entity in circle.entities]
        for entity in sorted(entities, key=lambda one: (-one.mentions, one.name)):
            for one in entity.likely:
                pairs.setdefault(frozenset({entity.ids, one.entity.ids}), (entity, one))
        return sorted(pairs.values(), key=lambda pair: -min(pair[0].mentions, pair[1].entity.mentions)), bare

    async def _pair_blocks(self, scope: Scope, number: int, pair: _Pair, shown: list[Shown]) -> list[Block]:
        """Return two that may be the same under their number, each with a passage, which is put to what is shown."""
        one, other = pair[0], pair[1].entity
        names: Words = (Bold(f"{number}. {one.name}"), " or ", Bold(other.name))
        blocks: list[Block] = [Line((*names, f" · {verdicts.why(pair[1].evidence)}"))]
        for entity in (one, other):
            most = await self._storage.named_most(scope, entity.ids, limit=3)
            sighted = await self._read(scope, entity, most)
            if sighted:
                shown.append(next(iter(sighted.values())))
                blocks.append(shown[-1].block(len(shown)))
            elif most:
                title = title_of(most[0])
                blocks.append(Line((f"“{entity.name}” stands outside the sentences of “{title}”.",), small=True))
        return blocks


def _best(sighted: dict[int, Shown], shown: Collection[int]) -> tuple[Shown, ...]:
    """Return the best sentences of other articles that stand by themselves, none that says the same as another."""
    own = [one for article_id, one in sighted.items() if one.own and article_id not in shown]
    return tuple(own[:MOST_PASSAGES])


def _first_to_appear(head: ArticleHead) -> tuple[bool, float, int]:
    return head.published is None, head.published.timestamp() if head.published else 0.0, head.article_id


def _is_company(found: NamedWith) -> bool:
    """Tell whether it is surely somebody, and not the article's own source."""
    own = fold(found.head.source or "") == fold(found.name.words)
    return not own and found.standing[1].mention.confidence >= SURE


def _span(one: Standing) -> Span:
    return Span(one.mention.start, one.mention.end)


def _to_choose_from(pairs: Sequence[_Pair]) -> tuple[Menu, ...]:
    """Return a menu that shows one of these, if there are any."""
    entities = {entity.label: entity for pair in pairs for entity in (pair[0], pair[1].entity)}
    choices = tuple(
        Choice(shorten(one.name, 100), verdicts.show(one), count(one.mentions, "mention")) for one in entities.values()
    )
    return (Menu("Show one of them", choices),) if choices else ()


def _turns(use_case: str, options: dict[str, str], page: int, pages: int) -> list[Action]:
    """Return what leads to the pages before and after."""
    return [
        Action(said, Request(use_case, {**options, "page": to}), who=Who.ANYONE)
        for said, to in (("Back", page - 1), ("More", page + 1))
        if 1 <= to <= pages
    ]


def _is_same(two: _Two) -> bool:
    return not {*two.one.ids}.isdisjoint(two.other.ids)


def _different(one: Name, other: Name) -> Decision:
    return Decision(
        Verdict.DIFFERENT, one.type, one.words, other.words, other.type if other.type is not one.type else None
    )


def _already(two: _Two) -> Reply:
    said = f"“{read_label(two.request.options['other'])[0]}” is a spelling of “{two.one.name}” already."
    return Reply("It was so already", (Line((said,)),), actions=(verdicts.to_show(two.one),))


def _refused(two: _Two, denied: KeptDecision) -> Reply:
    """Say that somebody decided against it, who and when, and what can be done."""
    said: Words = (
        f"{verdicts.told(denied.decision)}: decided ",
        *verdicts.by_whom(denied),
        ". To join them all the same, take that back first, then merge again.",
    )
    take_back = Action("Take that back", verdicts.withdraw([denied.decision_id]), who=Who.ANYONE)
    title = f"Not merged: {two.one.name} and {two.other.name}"
    return Reply(title, (Line(said),), actions=(take_back, verdicts.to_show(two.one)), tone=Tone.WARNING)


def _warned(two: _Two) -> Reply:
    """Ask whether what is of two kinds is to be joined."""
    said = verdicts.kinds_of(two.one, two.other)
    options = {"name": two.one.label, "other": two.other.label}
    go_on = Action("Merge all the same", Request("entities.merge_kinds", options), Look.DANGER, Who.ANYONE)
    return Reply("Two kinds of things", (Line((said,)),), actions=(go_on, verdicts.to_show(two.one)), tone=Tone.WARNING)


def _taken(entity: Entity, bearer: Entity, words: str) -> Reply:
    """Say that a name is somebody else's, and offer to join the two."""
    said = (
        f"“{words}” is the name of another one here, with {count(bearer.mentions, 'mention')}. Two of one name could "
        "not be told apart. If they are the same, merge them; else choose another name."
    )
    both = {"name": entity.label, "other": bearer.label}
    merge = Action("Merge them", Request("entities.merge", both), who=Who.ANYONE)
    return Reply(f"Not renamed: {entity.name}", (Line((said,)),), (merge, verdicts.to_show(bearer)), tone=Tone.WARNING)


def _to_candidates() -> Action:
    return Action("What else may be the same", Request("entities.candidates"), who=Who.ANYONE)
