"""A character that PostgreSQL cannot keep is given to neither engine: it is refused in a sentence."""

from contextlib import suppress
from dataclasses import replace

import pytest
from corpus_makers import HARBOUR, NOON, reading, scope, upload

from storage.base import NewSchedule, Search
from storage.errors import NulError
from storage.nul import _holds
from storage.query import parse
from summariser.ingest import prepare

NUL = "\0"


def schedule(name):
    about = {"recipient_id": None, "made_by": 9, "made_at": NOON, "what": {}, "timing": {}, "place": {}}
    return NewSchedule(audience_id=1, kind="digest", name=name, next_slot="a", next_at=NOON, **about)


async def test_a_name_with_a_nul_is_refused_and_nothing_is_half_there(storage):
    with pytest.raises(NulError, match="NUL"):
        await storage.add(scope(1), upload(HARBOUR, filename=f"har{NUL}bour.txt"), reading(HARBOUR))

    assert await storage.count(scope(1)) == 0
    assert (await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))).article_ids


async def test_so_is_one_among_many_rows_and_in_what_somebody_types(storage):
    read = reading(HARBOUR)
    titled = replace(read, articles=tuple(replace(one, title=f"A{NUL}b") for one in read.articles))

    with pytest.raises(NulError):
        await storage.add(scope(1), upload(HARBOUR), titled)
    with pytest.raises(NulError):
        await storage.make_schedule(scope(1), schedule(f"My{NUL} digest"))

    assert await storage.count(scope(1)) == 0


@pytest.mark.parametrize(
    "told", [("a", NUL), [("a", 1), ("b", f"c{NUL}")], {"a": [1, "b", ("c", {"d": NUL})]}, [[NUL]]]
)
def test_it_is_found_wherever_it_stands_in_what_is_told_to_a_driver(told):
    assert _holds(told)


@pytest.mark.parametrize("told", [(), None, NUL.encode(), ("a", 1, None, 2.0, b"\0"), {"a": ["b", ("c",)], "d": None}])
def test_nothing_else_is_taken_for_one(told):
    assert not _holds(told)


async def test_a_search_that_holds_one_finds_nothing_or_is_refused(storage):
    await storage.add(scope(1), upload(HARBOUR), reading(HARBOUR))

    with suppress(NulError):
        assert (await storage.search(scope(1), Search(parse(f"har{NUL}bour")))).total == 0


async def test_the_reader_takes_it_out_with_its_sentences_in_their_places(storage):
    told = prepare(b"Harbour dues rise\n\nThe council\0 said so on Monday. Nobody\0 knows more.\n", "a.txt")
    text = told.document.text

    assert NUL not in text
    assert [text[one.start : one.end] for one in told.document.articles] == [one.text for one in told.document.articles]
    assert any("NUL" in note.detail for note in told.document.notes)
