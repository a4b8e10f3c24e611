"""Nothing out of scope shows: not a text, not a title, not a number, not an order."""

import pytest
from corpus_makers import BUNDLE, FILES, HARBOUR, MIRROR, scope, whole
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_corpus import NaiveCorpus
from sqlalchemy import literal
from sqlalchemy.exc import MultipleResultsFound

from storage import adding, articles, open_storage, places, sharing, uploads, visibility

# What the list says differently, what should have been unknown, and what should have been one.
_FOUND_OUT = (AssertionError, pytest.fail.Exception, MultipleResultsFound, ValueError)
_DESKS = (1, 2)
_AUDIENCES = (11, 12, 13)
_SCOPES = st.builds(
    lambda audiences, desk: whole(desk) if audiences is None else scope(*audiences, desk=desk),
    st.none() | st.sets(st.sampled_from(_AUDIENCES)),
    st.sampled_from(_DESKS),
)
_NUMBERS = st.lists(st.integers(0, 30), min_size=1, max_size=4)
_STEPS = st.one_of(
    st.tuples(st.just("add"), _SCOPES, st.sampled_from(FILES), st.sampled_from(_AUDIENCES), st.booleans()),
    st.tuples(st.just("repeat"), _SCOPES, st.integers(0, 30)),
    st.tuples(st.just("remove"), _SCOPES, _NUMBERS),
    st.tuples(st.just("anchor"), _SCOPES, _NUMBERS, st.integers(1000, 1003)),
)


async def _do(corpus, step):
    name, asking, *rest = step
    if name == "add":
        file, audience, share = rest
        await corpus.add(asking, file, audience, share=share)
    else:
        await getattr(corpus, name)(asking, *rest)


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(_STEPS, min_size=3, max_size=14), asking=st.lists(_SCOPES, min_size=2, max_size=2))
@pytest.mark.trust("member-hidden-traces")
async def test_every_read_shows_what_a_plain_list_says(steps, asking):
    async with open_storage("sqlite+aiosqlite://") as storage:
        corpus = NaiveCorpus(storage)

        for step in steps:
            await _do(corpus, step)

        for one in asking:
            await corpus.compare(one)


async def test_every_read_shows_what_a_plain_list_says_on_every_engine(storage):
    corpus = await _fill(storage)

    await _compare_all(corpus)


def _every_audience(scope, source=visibility.upload):
    return source.c.desk_id == scope.desk_id


def _every_desk(scope, source=visibility.upload):
    return literal(True) if scope.audiences is None else source.c.audience_id.in_(scope.audiences)


@pytest.mark.parametrize(
    ("module", "mutant"),
    [(module, _every_audience) for module in (visibility, articles, uploads, adding, sharing)]
    # The other statements name the desk a second time, beside the scope.
    + [(module, _every_desk) for module in (visibility, uploads)],
)
async def test_a_statement_that_forgets_its_scope_is_found_out(storage, monkeypatch, make_anew, module, mutant):
    monkeypatch.setattr(module, "visible", mutant)
    make_anew()

    with pytest.raises(_FOUND_OUT):
        await _compare_all(await _fill(storage))


@pytest.mark.parametrize("condition", ["brought", "came_first", "_first_seen"])
async def test_a_read_without_its_condition_is_found_out(storage, monkeypatch, make_anew, condition):
    monkeypatch.setattr(articles, condition, lambda *_: literal(True))
    make_anew()

    with pytest.raises(_FOUND_OUT):
        await _compare_all(await _fill(storage))


async def test_a_place_that_is_looked_up_without_its_scope_is_found_out(storage, monkeypatch, make_anew):
    monkeypatch.setattr(places, "brought", lambda *_: literal(True))
    make_anew()

    with pytest.raises(_FOUND_OUT):
        await _compare_all(await _fill(storage))


async def _fill(storage):
    """The same bytes in sight and out of sight, in two desks, the hidden ones first."""
    corpus = NaiveCorpus(storage)
    await corpus.add(scope(12), HARBOUR, 12)
    await corpus.add(scope(12, desk=2), BUNDLE, 11)
    await corpus.add(scope(11), MIRROR, 11)
    await corpus.add(scope(11), HARBOUR, 11, share=True)
    await corpus.add(scope(12), BUNDLE, 12)
    await corpus.add(scope(13), MIRROR, 13)
    hidden = {one.upload_id for one in corpus.kept} - {one.upload_id for one in corpus.visible(scope(11))}
    assert len(hidden) == 4
    await corpus.anchor(scope(11), [0, 1, 2, 3, 4, 5], 1000)
    await corpus.remove(scope(13), [0, 1, 5])
    return corpus


async def _compare_all(corpus):
    for asking in (scope(11), scope(12), scope(11, 12), scope(), whole(), scope(11, desk=2), whole(desk=2)):
        await corpus.compare(asking)
