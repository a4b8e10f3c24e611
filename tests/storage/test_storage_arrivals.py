"""What came into sight within some time: by when the asker could first see it, and by nothing before that."""

from datetime import timedelta

from corpus_makers import BUNDLE, HARBOUR, MIRROR, NOON, reading, scope, upload
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import open_storage

MINUTE = timedelta(minutes=1)


async def bring(storage, file, minute, audience=1):
    at = NOON + minute * MINUTE
    await storage.add(scope(audience), upload(file, audience, created_at=at), reading(file))


async def titles(storage, since, until, sees=(1,), **asked):
    heads = await storage.arrived(scope(*sees), NOON + since * MINUTE, NOON + until * MINUTE, **asked)
    return [head.title for head in heads]


class TestArrived:
    async def test_the_newest_come_first_each_file_from_its_beginning(self, storage):
        await bring(storage, HARBOUR, 1)
        await bring(storage, BUNDLE, 2)

        assert await titles(storage, 0, 9) == ["Orchard frost", "Tram returns", "Harbour dues rise"]

    async def test_what_came_at_the_beginning_is_out_and_at_the_end_is_in(self, storage):
        await bring(storage, HARBOUR, 1)
        await bring(storage, BUNDLE, 2)

        assert await titles(storage, 1, 2) == ["Orchard frost", "Tram returns"]

    async def test_what_was_here_before_is_not_new_when_it_is_brought_again(self, storage):
        await bring(storage, HARBOUR, 1)
        await bring(storage, HARBOUR, 5)

        assert await titles(storage, 2, 9) == []

    async def test_what_was_out_of_sight_before_is_new_when_it_comes_into_sight(self, storage):
        await bring(storage, HARBOUR, 1, audience=2)
        await bring(storage, HARBOUR, 5, audience=1)

        assert await titles(storage, 2, 9) == ["Harbour dues rise"]
        assert await titles(storage, 2, 9, sees=(1, 2)) == []

    async def test_no_more_than_asked_for_are_returned(self, storage):
        await bring(storage, HARBOUR, 1)
        await bring(storage, BUNDLE, 2)
        await bring(storage, MIRROR, 3)

        assert await titles(storage, 0, 9, limit=3) == ["Harbour dues rise", "Reader letters", "Orchard frost"]

    async def test_of_some_sources_all_are_returned_however_much_came_between(self, storage):
        await bring(storage, HARBOUR, 1)
        await bring(storage, BUNDLE, 2)

        assert await titles(storage, 0, 9, sources=["Vell Courier"], limit=3) == [
            "Orchard frost",
            "Tram returns",
            "Harbour dues rise",
        ]
        assert await titles(storage, 0, 9, sources=["Oru Gazette"]) == []


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from([HARBOUR, BUNDLE, MIRROR]), st.integers(0, 9), st.integers(1, 3)), max_size=8),
    st.frozensets(st.integers(1, 3), min_size=1),
    st.integers(0, 9),
)
async def test_each_article_in_sight_arrived_in_exactly_one_of_two_times(brought, sees, parting):
    async with open_storage("sqlite+aiosqlite://") as storage:
        for file, minute, audience in sorted(brought, key=lambda one: one[1]):
            await bring(storage, file, minute, audience)

        before = await storage.arrived(scope(*sees), NOON - MINUTE, NOON + parting * MINUTE)
        after = await storage.arrived(scope(*sees), NOON + parting * MINUTE, NOON + 9 * MINUTE)
        newest = await storage.newest(scope(*sees), limit=99)

        assert sorted(map(str, [*before, *after])) == sorted(map(str, newest))
        assert all(head.created_at <= NOON + parting * MINUTE for head in before)
