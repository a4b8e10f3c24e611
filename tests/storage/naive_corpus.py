"""The corpus as a plain list: what every scope should see, said without SQL."""

from dataclasses import dataclass, field, replace

import pytest
from corpus_makers import FILES, NOON, File, reading, upload

from storage.base import Edit, NewUpload, Scope, Search, Storage
from storage.errors import UnknownArticleError
from storage.folding import fold
from storage.query import parse
from summariser.model import Span


@dataclass
class Kept:
    """One upload as the list knows it."""

    desk: int
    upload_id: int
    file: File
    brought: NewUpload


@dataclass
class NaiveCorpus:
    """Does to a list what is done to the storage, and compares what the two answer."""

    storage: Storage
    kept: list[Kept] = field(default_factory=list)
    ids: dict[tuple[int, str], tuple[int, ...]] = field(default_factory=dict)
    """The ids of the articles of each file in each desk, while some upload brings it."""
    gone: list[Kept] = field(default_factory=list)
    gone_ids: list[int] = field(default_factory=list)

    async def add(self, scope: Scope, file: File, audience: int, *, share: bool = False) -> None:
        texts = {text for one in self.visible(scope) for text in _texts(one.file)}
        there = self.ids.get((scope.desk_id, file.name))
        brought = upload(file, audience)
        added = await self.storage.add(scope, brought, None if share and there is not None else reading(file))
        if there is not None:
            assert added.article_ids == there
        self.ids[scope.desk_id, file.name] = added.article_ids
        self.kept.append(Kept(scope.desk_id, added.upload_id, file, brought))
        pairs = zip(added.article_ids, _texts(file), strict=True)
        assert added.known == tuple(one for one, text in pairs if text in texts)
        assert not added.repeated

    async def repeat(self, scope: Scope, number: int) -> None:
        if self.kept:
            one = self.kept[number % len(self.kept)]
            added = await self.storage.add(replace(scope, desk_id=one.desk), one.brought, reading(one.file))
            assert (added.upload_id, added.repeated) == (one.upload_id, True)

    async def remove(self, scope: Scope, numbers: list[int]) -> None:
        chosen = [self.kept[number % len(self.kept)] for number in numbers if self.kept]
        before = await self.storage.count(scope)
        removed = await self.storage.remove_uploads(scope, [one.upload_id for one in chosen])
        going = [one for one in self.visible(scope) if one in chosen]
        self.kept = [one for one in self.kept if one not in going]
        self.gone += going
        for key in [key for key in self.ids if not any((one.desk, one.file.name) == key for one in self.kept)]:
            self.gone_ids += self.ids.pop(key)
        assert removed.uploads == len(going)
        assert removed.articles == before - len(self.articles(scope))

    async def anchor(self, scope: Scope, numbers: list[int], message: int) -> None:
        chosen = [self.kept[number % len(self.kept)] for number in numbers if self.kept]
        await self.storage.anchor(scope, [one.upload_id for one in chosen], channel_id=message + 1, message_id=message)
        for one in self.visible(scope):
            if one in chosen and one.brought.message_id is None:
                one.brought = replace(one.brought, channel_id=message + 1, message_id=message)

    def visible(self, scope: Scope) -> list[Kept]:
        audiences = scope.audiences
        mine = [one for one in self.kept if one.desk == scope.desk_id]
        return [one for one in mine if audiences is None or one.brought.audience_id in audiences]

    def articles(self, scope: Scope) -> list[tuple[int, str, object]]:
        """Id, title and time of each visible article, the newest file first."""
        first: dict[str, Kept] = {}
        for one in self.visible(scope):
            first.setdefault(one.file.name, one)
        newest = sorted(first.values(), key=self.kept.index, reverse=True)
        return [
            (article_id, title, one.brought.created_at)
            for one in newest
            for article_id, (title, _) in zip(self.ids[one.desk, one.file.name], one.file.stories, strict=True)
        ]

    async def compare(self, scope: Scope) -> None:
        """Assert that every read method answers to this scope what the list says."""
        await self._compare_lists(scope)
        await self._compare_uploads(scope)
        for desk, name in self.ids:
            await self._compare_articles(scope, desk, next(file for file in FILES if file.name == name))
        for article_id in self.gone_ids:
            await self._compare_unknown(scope, article_id)

    async def _compare_lists(self, scope: Scope) -> None:
        expected = self.articles(scope)
        heads = [(head.article_id, head.title, head.created_at) for head in await self.storage.newest(scope)]
        assert heads == expected
        assert await self.storage.count(scope) == len(expected)
        await self._compare_pages(scope)
        for typed in ("the", "tram", "letters", "plums", "skippers"):
            found = await self.storage.search(scope, Search(parse(typed)), limit=99)
            fitting = [(one, title, time) for one, title, time in expected if typed in self._words(title)]
            assert sorted((one.article_id, one.title, one.created_at) for one in found.heads) == sorted(fitting)
            assert (found.total, found.more) == (len(fitting), False)
        assert await self.storage.sources(scope, "courier") == (("Vell Courier",) if expected else ())
        for typed in ("", "r", "tram", "vell"):
            found = [head.article_id for head in await self.storage.suggest(scope, typed)]
            assert found == [one for one, title, _ in expected if typed in self._folded(title)]

    async def _compare_pages(self, scope: Scope) -> None:
        expected = [article_id for article_id, _, _ in self.articles(scope)]
        for first in range(0, len(expected) + 2, 2):
            page = await self.storage.listed(scope, first=first, limit=2)
            assert [head.article_id for head in page.heads] == expected[first : first + 2]
            assert page.total == len(expected)
        mine = await self.storage.listed(scope, limit=99, uploader_id=900)
        assert [head.article_id for head in mine.heads] == expected
        assert (await self.storage.listed(scope, uploader_id=901)).total == 0

    async def _compare_uploads(self, scope: Scope) -> None:
        everything = [*self.kept, *self.gone]
        stored = await self.storage.uploads(scope, [one.upload_id for one in everything])
        assert [(one.upload_id, one.message_id, one.channel_id) for one in stored] == [
            (one.upload_id, one.brought.message_id, one.brought.channel_id) for one in self.visible(scope)
        ]
        times = {article_id: time for article_id, _, time in self.articles(scope)}
        for one, kept in zip(stored, self.visible(scope), strict=True):
            ids = self.ids[kept.desk, kept.file.name]
            assert [(head.article_id, head.created_at) for head in one.articles] == [(i, times[i]) for i in ids]

    async def _compare_articles(self, scope: Scope, desk: int, file: File) -> None:
        bringing = [one for one in self.visible(scope) if (one.desk, one.file) == (desk, file)]
        for ordinal, article_id in enumerate(self.ids[desk, file.name]):
            if not bringing:
                await self._compare_unknown(scope, article_id)
                continue
            stored = await self.storage.article(scope, article_id)
            assert stored.article == reading(file).articles[ordinal]
            assert stored.created_at == bringing[0].brought.created_at
            assert await self.storage.sentences(scope, article_id) == reading(file).sentences[ordinal]
            origins = await self.storage.origins(scope, article_id)
            assert [one.upload_id for one in origins] == [one.upload_id for one in bringing]
            first, data = await self.storage.original(scope, article_id)
            assert (first.upload_id, data) == (bringing[0].upload_id, file.data)
            assert await self.storage.passage(scope, article_id, Span(0, 3)) == (stored, Span(0, 3))
            assert await self.storage.corrections(scope, article_id) == ()

    async def _compare_unknown(self, scope: Scope, article_id: int) -> None:
        storage = self.storage
        for ask in (storage.article, storage.sentences, storage.origins, storage.original, storage.corrections):
            with pytest.raises(UnknownArticleError):
                await ask(scope, article_id)
        for doing in (
            storage.passage(scope, article_id, Span(0, 3)),
            storage.passage(scope, article_id, Span(1, 3)),
            storage.correct(scope, article_id, Edit({"title": "Theirs"}), made_by=900, now=NOON),
            storage.share(scope, article_id, audience_id=11, origin_id=1, now=NOON),
        ):
            with pytest.raises(UnknownArticleError):
                await doing

    def _words(self, title: str) -> list[str]:
        story = next(story for file in FILES for story in file.stories if story[0] == title)
        return f"{title} {' '.join(story[1])}".lower().replace(".", " ").split()

    def _folded(self, title: str) -> str:
        story = next(story for file in FILES for story in file.stories if story[0] == title)
        return fold(f"{title} Vell Courier {' '.join(story[1])[:120]}")


def _texts(file: File) -> list[str]:
    return [" ".join(sentences) for _, sentences in file.stories]
