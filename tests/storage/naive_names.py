"""Names as a plain list: what every scope should be told of them, said without SQL."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, date, datetime

from corpus_makers import File, reading
from sqlalchemy import Connection, text

from storage.base import (
    ArticleHead,
    KnownName,
    NamedIn,
    NamedInPage,
    NamedWith,
    NewExtraction,
    Rewritten,
    Scope,
    Standing,
    Storage,
    SuggestedName,
)
from storage.folding import spell
from storage.naming import name_of
from summariser.model import Mention, MentionType, Name, Named, Passage, Span

PER, ORG, LOC = MentionType.PER, MentionType.ORG, MentionType.LOC

# What each spelling means, whatever article it stands in.
MEANT = {
    "Ines Marlow": Name(PER, "Ines Marlow"),
    "Marlow": Name(PER, "Ines Marlow"),
    "Inès Marlow": Name(PER, "Inès Marlow"),
    "Oru Guard": Name(ORG, "Oru Guard"),
    "OG": Name(ORG, "Oru Guard"),
    "Vell": Name(LOC, "Vell"),
    "Aštar": Name(LOC, "Aštar"),
}
KEYS = {
    Name(PER, "Ines Marlow"): ("per marlow", "per ines"),
    Name(PER, "Inès Marlow"): ("per marlow",),
    Name(ORG, "Oru Guard"): ("org oru",),
    Name(LOC, "Vell"): ("loc vell",),
    Name(LOC, "Aštar"): ("loc astar",),
}

HARBOUR = File(
    "harbour.txt",
    (("Dues", ("Ines Marlow spoke in Vell.", "Marlow left at noon.", "The Oru Guard stayed.", "Vell slept.")),),
)
PAIR = File(
    "pair.txt",
    (
        ("Frost", ("Frost came to Aštar.", "The OG met Inès Marlow there.", "Nobody in Vell knew.")),
        ("Tram", ("Line 4 runs to Vell.", "Ines Marlow rode, and Ines Marlow paid.", "Riders cheered.")),
    ),
)
ECHO = File("echo.txt", (("Echo", ("Marlow and the OG are seen in Vell.",)), ("Nobody", ("Letters reach us late.",))))
NAMING = (HARBOUR, PAIR, ECHO)

_PRINTED = {
    "Dues": ("Vell Courier", datetime(2026, 1, 31, 23, 30, tzinfo=UTC), None),
    "Frost": ("Oru Gazette", datetime(2026, 2, 1, 0, 30, tzinfo=UTC), "Cold horror"),
    "Tram": ("Oru Gazette", None, None),
    "Echo": (None, datetime(2026, 2, 1, 0, 30, tzinfo=UTC), "The echo strikes"),
    "Nobody": (None, None, None),
}


def find(words: str) -> tuple[Named, ...]:
    """Return who is named in a text."""
    found, taken = [], set()
    for surface, known in sorted(MEANT.items(), key=lambda each: -len(each[0])):
        start = words.find(surface)
        while start >= 0:
            if start not in taken:
                written = Mention(start, start + len(surface), known.type, surface, 0.5 + len(surface) / 100)
                found.append(Named(written, known.words, KEYS[known]))
                taken.update(range(start, start + len(surface)))
            start = words.find(surface, start + 1)
    return tuple(sorted(found, key=lambda one: one.mention.start))


def naming(file: File, version: int = 1, *, found: bool = True) -> NewExtraction:
    """A reading with who is named in it, or without, so that it is to be found later."""
    made = reading(file, version)
    articles = tuple(
        replace(one, source=source, published=published, republished_title=headline)
        for one in made.articles
        for source, published, headline in [_PRINTED[one.title]]
    )
    return replace(made, articles=articles, names=tuple(find(one.text) for one in articles) if found else ())


async def find_all(storage: Storage) -> None:
    """Find the names that are still to be found, as the program does in the background."""
    while waiting := await storage.unnamed(limit=3):
        for one in waiting:
            await storage.keep_names(one, find(one.text))


@dataclass(frozen=True)
class Told:
    """A visible article, and who is named in it."""

    head: ArticleHead
    headline: str | None
    text: str
    sentences: tuple[Span, ...]
    came: int
    """Its first visible upload."""
    named: tuple[Named, ...]

    def of(self, names: Collection[Name]) -> list[Named]:
        return [one for one in self.named if name_of(one) in names]

    def by_date(self, _: Collection[Name] = ()) -> tuple[object, ...]:
        published = self.head.published
        undated = published is None
        when = 0.0 if undated else -published.timestamp()
        return undated, when, -self.came, self.head.article_id

    def by_mentions(self, names: Collection[Name]) -> tuple[object, ...]:
        return -len(self.of(names)), *self.by_date()

    def standing(self, one: Named, ids: dict[Name, int], *, bare: bool = False) -> Standing:
        written = one.mention
        surest = replace(written, confidence=0.5 + len(written.surface) / 100, rule="")
        holding = [span for span in self.sentences if span.start <= written.start and written.end <= span.end]
        sentence = None if bare or not holding else Passage(holding[0].cut(self.text), *astuple(holding[0]))
        return Standing(surest, name_of(one), ids[name_of(one)], sentence)


@dataclass
class NaiveNames:
    """Compares what the storage tells a scope of names with what the articles that it sees say."""

    storage: Storage
    scope: Scope
    told: list[Told] = field(default_factory=list)
    ids: dict[Name, int] = field(default_factory=dict)

    @property
    def names(self) -> set[Name]:
        return {name_of(one) for article in self.told for one in article.named}

    async def compare(self) -> None:
        self.told = await self._read()
        self.ids = {
            one.name: one.name_id for key in KEYS.values() for one in await self.storage.names_like(self.scope, key)
        }
        assert self.ids.keys() == self.names
        await self._compare_lists()
        await self._compare_names_of()
        people = {one for one in self.names if one.type is PER}
        for group in [*({one} for one in self.names), people, self.names]:
            if group:
                await self._compare_counts(group)
                await self._compare_articles(group)
                await self._compare_company(group)

    async def _read(self) -> list[Told]:
        heads = await self.storage.newest(self.scope, limit=99)
        stored = await self.storage.texts(self.scope, [head.article_id for head in heads])
        assert len(stored) == len(heads)
        told = []
        for head, one in zip(heads, stored, strict=True):
            origins = await self.storage.origins(self.scope, head.article_id)
            article = one.stored.article
            facts = (head, article.republished_title, article.text, one.sentences, origins[0].upload_id)
            told.append(Told(*facts, find(article.text)))
        return told

    async def _compare_lists(self) -> None:
        storage, scope = self.storage, self.scope
        for keys in (["per marlow"], ["per ines", "loc vell"], ["org oru", "loc astar", "no such"], []):
            fitting = {one for one in self.names if set(KEYS[one]) & set(keys)}
            assert list(await storage.names_like(scope, keys)) == self._known(fitting)
        for surface in (*MEANT, "OG ", "ines  marlow", "Ines", ""):
            fitting = {name for name, spellings in self._spellings().items() if spell(surface) in map(spell, spellings)}
            assert list(await storage.names_called(scope, surface)) == self._known(fitting)
        for typed in ("ma", "MARLOW", "ines marl", "marl ines", "og", "as", "x", "oru", "ves"):
            assert list(await storage.suggest_names(scope, typed)) == self._suggested(spell(typed).split())
        found = [one.known.name for one in await storage.suggest_names(scope, "")]
        counts = Counter(name_of(one) for article in self.told for one in article.named)
        assert found == sorted(counts, key=lambda one: (-counts[one], one.words))

    def _spellings(self) -> dict[Name, Counter[str]]:
        found: defaultdict[Name, Counter[str]] = defaultdict(Counter)
        for article in self.told:
            for one in article.named:
                found[name_of(one)][one.mention.surface] += 1
        return found

    def _known(self, names: Collection[Name]) -> list[KnownName]:
        known = []
        for name in names:
            holding = [len(one.of({name})) for one in self.told if one.of({name})]
            known.append(KnownName(self.ids[name], name, sum(holding), len(holding)))
        return sorted(known, key=lambda one: (-one.mentions, one.name.words, one.name.type))

    def _suggested(self, words: list[str]) -> list[SuggestedName]:
        best = {}
        for name, spellings in self._spellings().items():
            fitting = [(uses, surface) for surface, uses in spellings.items() if _holds(spell(surface).split(), words)]
            if fitting:
                best[name] = max(fitting)[1]
        return [SuggestedName(one, best[one.name]) for one in self._known(best)]

    async def _compare_names_of(self) -> None:
        asked = [one.head.article_id for one in self.told]
        expected = {
            one.head.article_id: tuple(one.standing(each, self.ids, bare=True) for each in one.named)
            for one in self.told
            if one.named
        }
        found = await self.storage.names_of(self.scope, [*asked, 12345])
        assert found == expected
        assert list(found) == list(expected)
        some = set(list(self.ids)[::2])
        ids = [self.ids[name] for name in some]
        theirs = {one: tuple(each for each in standing if each.name in some) for one, standing in expected.items()}
        found = await self.storage.names_of(self.scope, asked, ids)
        assert found == {one: standing for one, standing in theirs.items() if standing}

    async def _compare_counts(self, group: Collection[Name]) -> None:
        ids = {self.ids[name] for name in group}
        holding = [one for one in self.told if one.of(group)]
        uses: defaultdict[str, Counter[str | None]] = defaultdict(Counter)
        months: Counter[tuple[date | None, str | None]] = Counter()
        for one in holding:
            written = Counter(each.mention.surface for each in one.of(group))
            months[_month(one.head.published), one.head.source] += written.total()
            for surface, count in written.items():
                uses[surface][one.head.source] += count
        for found in await self.storage.spellings(self.scope, ids):
            assert {use.source: use.mentions for use in found.uses} == uses[found.surface]
            assert list(found.uses) == sorted(
                found.uses, key=lambda use: (-use.mentions, use.source is None, use.source)
            )
            assert found.mentions == uses[found.surface].total()
            del uses[found.surface]
        assert not uses
        seen = await self.storage.seen(self.scope, ids)
        assert (seen.mentions, seen.articles) == (months.total(), len(holding))
        assert {(one.month, one.source): one.mentions for one in seen.by_month} == months
        dated = [one for one in holding if one.head.published]
        first = min(dated, key=lambda one: (one.head.published, one.came, one.head.article_id), default=None)
        last = min(
            dated, key=lambda one: (-one.head.published.timestamp(), one.came, one.head.article_id), default=None
        )
        assert (seen.first, seen.last) == (first and first.head, last and last.head)

    async def _compare_articles(self, group: Collection[Name]) -> None:
        ids = {self.ids[name] for name in group}
        holding = [one for one in self.told if one.of(group)]
        most = sorted(holding, key=lambda one: one.by_mentions(group))
        for limit in (1, 2, 9):
            found = await self.storage.named_most(self.scope, ids, limit=limit)
            assert list(found) == [one.head for one in most[:limit]]
        page = await self.storage.named_in(self.scope, ids, first=1, limit=2)
        expected = tuple(
            NamedIn(one.head, len(one.of(group)), tuple(one.standing(each, self.ids) for each in one.of(group)))
            for one in sorted(holding, key=lambda one: one.by_date(group))[1:3]
        )
        assert page == NamedInPage(expected, len(holding))
        rewritten = [one for one in sorted(holding, key=lambda one: one.by_date(group)) if one.headline]
        expected = [Rewritten(one.head, one.headline) for one in rewritten]
        assert list(await self.storage.headlines(self.scope, ids)) == expected

    async def _compare_company(self, group: Collection[Name]) -> None:
        ids = {self.ids[name] for name in group}
        holding = sorted((one for one in self.told if one.of(group)), key=lambda one: one.by_date(group))
        expected = []
        for kind in MentionType:
            others = [one for one in self.names - set(group) if one.type is kind]
            shared = {one: [article for article in holding if article.of({one})] for one in others}
            ranked = sorted(
                (one for one in others if shared[one]),
                key=lambda one: (-len(shared[one]), -sum(len(each.of({one})) for each in shared[one]), one.words),
            )
            expected += [self._with(group, other, shared[other]) for other in ranked]
        assert list(await self.storage.named_with(self.scope, ids)) == expected

    def _with(self, group: Collection[Name], other: Name, shared: list[Told]) -> NamedWith:
        for article in shared[:3]:
            for one in article.of(group):
                sentence = article.standing(one, self.ids).sentence
                beside = [each for each in article.of({other}) if article.standing(each, self.ids).sentence == sentence]
                if sentence and beside:
                    return self._pair(article, one, beside[0], len(shared))
        return self._pair(shared[0], shared[0].of(group)[0], shared[0].of({other})[0], len(shared))

    def _pair(self, article: Told, one: Named, other: Named, shared: int) -> NamedWith:
        standing = article.standing(one, self.ids), article.standing(other, self.ids)
        return NamedWith(self.ids[name_of(other)], name_of(other), shared, article.head, standing)


async def hangs_together(storage: Storage) -> None:
    """Assert that what triggers keep is what it follows from, and that no name is left of nothing."""

    def read(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
        spelled = (
            "string_agg(audience_id::text," if connection.dialect.name == "postgresql" else "group_concat(audience_id,"
        )
        asked = {what: sql.replace("group_concat(audience_id,", spelled) for what, sql in _FOLLOWS.items()}
        # A colon before a word would be a parameter's.
        told = {what: connection.execute(text(sql.replace("::", "\\:\\:"))) for what, sql in asked.items()}
        return {what: [tuple(row) for row in rows] for what, rows in told.items()}

    found = await storage._database.read(read)
    for what in ("sight", "readers", "circle", "tally", "monthly"):
        assert found[what] == found[f"{what}, from what it follows"], what
    assert {what: rows for what, rows in found.items() if what.startswith("no ") and rows} == {}


_COUNTED = "FROM mention m JOIN readers r ON r.desk_id = m.desk_id AND r.extraction_id = m.extraction_id"

_FOLLOWS = {
    "sight": "SELECT desk_id, extraction_id, upload_id, audience_id FROM sight ORDER BY 1, 2, 3",
    "sight, from what it follows": "SELECT u.desk_id, e.extraction_id, u.upload_id, u.audience_id FROM upload u "
    "JOIN extraction e ON e.desk_id = u.desk_id AND e.blob = u.blob WHERE NOT e.superseded ORDER BY 1, 2, 3",
    "readers": "SELECT desk_id, extraction_id, circle FROM readers ORDER BY 1, 2",
    "readers, from what it follows": "SELECT desk_id, extraction_id, group_concat(audience_id, ' ') FROM "
    "(SELECT DISTINCT desk_id, extraction_id, audience_id FROM sight ORDER BY 1, 2, 3) s GROUP BY 1, 2 ORDER BY 1, 2",
    "circle": "SELECT desk_id, audience_id, circle FROM circle ORDER BY 1, 2, 3",
    "circle, from what it follows": "SELECT DISTINCT s.desk_id, s.audience_id, r.circle FROM readers r "
    "JOIN sight s ON s.desk_id = r.desk_id AND s.extraction_id = r.extraction_id ORDER BY 1, 2, 3",
    "tally": "SELECT desk_id, name_id, surface, source, circle, mentions, articles, named FROM tally "
    "ORDER BY 1, 2, 3, 4, 5",
    "tally, from what it follows": "SELECT m.desk_id, m.name_id, m.surface, coalesce(m.source, ''), r.circle, "
    f"sum(m.mentions), count(*), sum(CASE WHEN m.total > 0 THEN 1 ELSE 0 END) {_COUNTED} "
    "GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    "monthly": "SELECT desk_id, name_id, month, source, circle, mentions, articles FROM monthly ORDER BY 1, 2, 3, 4, 5",
    "monthly, from what it follows": "SELECT m.desk_id, m.name_id, coalesce(m.month, 0), coalesce(m.source, ''), "
    f"r.circle, sum(m.mentions), count(DISTINCT m.article_id) {_COUNTED} "
    "GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    "no name counted twice or never in an article": "SELECT desk_id, article_id, name_id FROM mention "
    "GROUP BY 1, 2, 3 HAVING sum(CASE WHEN total > 0 THEN 1 ELSE 0 END) <> 1 OR sum(total) <> sum(mentions)",
    "no name without a mention": "SELECT * FROM name n WHERE NOT EXISTS "
    "(SELECT 1 FROM mention m WHERE m.desk_id = n.desk_id AND m.name_id = n.name_id)",
    "no alias without a mention": "SELECT * FROM alias a WHERE NOT EXISTS (SELECT 1 FROM mention m "
    "WHERE m.desk_id = a.desk_id AND m.name_id = a.name_id AND m.surface = a.surface)",
    "no mention without an alias": "SELECT * FROM mention m WHERE NOT EXISTS (SELECT 1 FROM alias a "
    "WHERE m.desk_id = a.desk_id AND m.name_id = a.name_id AND m.surface = a.surface)",
    "no mention of what an article says otherwise": "SELECT * FROM mention m LEFT JOIN article a "
    "ON a.desk_id = m.desk_id AND a.article_id = m.article_id WHERE a.extraction_id IS DISTINCT FROM m.extraction_id "
    "OR a.source IS DISTINCT FROM m.source OR a.published IS DISTINCT FROM m.published",
}


def _holds(spelled: list[str], words: list[str]) -> bool:
    *whole, begun = words
    return all(word in spelled for word in whole) and any(word.startswith(begun) for word in spelled)


def _month(published: datetime | None) -> date | None:
    return published and published.date().replace(day=1)
