import contextlib
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.unpack import UnexpectedResultError, _check, unpack, unpack_reading
from bot.worker import pack
from summariser import model
from summariser.model import (
    Article,
    Brief,
    Candidate,
    DateKind,
    DateOrigin,
    DatePlace,
    Decision,
    Difference,
    Document,
    Dossier,
    Entity,
    Event,
    Feed,
    FeedEntry,
    Finding,
    Grouping,
    Kindred,
    Mention,
    MentionType,
    Name,
    Named,
    Note,
    NoteKind,
    Passage,
    Precision,
    Proposal,
    Quote,
    Reading,
    Setting,
    Sighting,
    Signature,
    Span,
    Subscription,
    Summary,
    Telling,
    Timeline,
    Verdict,
)

offsets = st.integers(0, 10**7)
zones = st.one_of(st.just(UTC), st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23))))
spans = st.tuples(offsets, offsets).map(sorted).map(lambda ends: Span(*ends))
words = st.text(max_size=20)
places = st.builds(DatePlace, st.sampled_from(DateOrigin), words, st.none() | spans)
articles = st.builds(
    Article,
    words,
    published_at=st.none() | places,
    title=st.none() | words,
    published=st.none() | st.datetimes(timezones=zones),
    published_kind=st.none() | st.sampled_from(DateKind),
    start=offsets,
)
notes = st.builds(Note, st.sampled_from(NoteKind), words, words, words)
moments = st.datetimes(timezones=zones)
entries = st.builds(FeedEntry, words, words, st.none() | words, words, st.none() | moments, words, words)
quotes = st.builds(Quote, words, offsets, offsets, offsets, st.tuples(offsets))
values = st.one_of(
    spans,
    articles,
    notes,
    st.builds(Document, words, st.tuples(articles), st.tuples(notes, notes)),
    st.builds(Summary, st.tuples(st.builds(Passage, words, offsets, offsets)), st.tuples(words)),
    st.builds(Brief, st.tuples(quotes)),
    st.builds(Dossier, st.builds(Brief, st.tuples(quotes)), st.tuples(st.none() | st.dates())),
    st.builds(Difference, quotes, quotes, spans, spans),
    st.builds(
        Timeline, st.tuples(st.builds(Event, st.dates(), st.sampled_from(Precision), quotes, spans)), st.integers(0)
    ),
    st.builds(Finding, quotes, st.booleans(), st.floats(0, 1), st.tuples(spans), st.tuples()),
    st.builds(Telling, st.tuples(articles), st.tuples(st.tuples(spans, spans)), offsets, offsets),
    st.builds(Proposal, offsets, offsets, offsets, st.none() | words),
    st.builds(Mention, offsets, offsets, st.sampled_from(MentionType), words, st.floats(0, 1), words),
    st.builds(
        Named,
        st.builds(Mention, offsets, offsets, st.sampled_from(MentionType), words, st.floats(0, 1), words),
        words,
        st.tuples(words),
    ),
    st.builds(
        Entity, words, st.sampled_from(MentionType), st.tuples(words), st.tuples(st.tuples(offsets, offsets, offsets))
    ),
    st.builds(Kindred, st.tuples(words), st.tuples(st.builds(Name, st.sampled_from(MentionType), words))),
    st.builds(
        Sighting, offsets, st.builds(Passage, words, offsets, offsets), st.tuples(spans), st.floats(-9, 9), offsets
    ),
    st.builds(Decision, st.sampled_from(Verdict), st.sampled_from(MentionType), words, words, st.none()),
    st.builds(
        Grouping,
        st.tuples(st.tuples(offsets), st.tuples(offsets, offsets)),
        st.tuples(words),
        st.tuples(st.builds(Candidate, offsets, offsets, words)),
        st.tuples(offsets),
    ),
    st.builds(Setting, words, words, words, offsets, offsets),
    st.builds(Signature, offsets, st.tuples(offsets, offsets)),
    st.builds(Feed, st.none() | words, st.none() | words, st.tuples(entries, entries), st.none() | st.integers(0)),
    st.builds(Subscription, words, st.none() | words),
)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner) | st.frozensets(st.text()),
    max_leaves=10,
)


@given(st.lists(spans))
def test_spans_come_to_a_worker_as_they_were_sent(sent):
    assert pickle.loads(pickle.dumps(sent)) == sent


@given(values)
def test_every_value_of_the_model_comes_back_as_it_was(value):
    assert unpack(pack(value)) == value


@given(plain)
def test_plain_data_comes_back_as_it_was(value):
    assert unpack(pack(value)) == value


def test_the_model_holds_nothing_that_cannot_come_back():
    kinds = [kind for kind in vars(model).values() if isinstance(kind, type) and kind.__module__ == model.__name__]

    tested = {Article, Brief, DateKind, Document, Entity, Mention, MentionType, Note, NoteKind, Passage}
    tested |= {DateOrigin, DatePlace}
    tested |= {Kindred, Name, Sighting}
    tested |= {Named, Telling}
    tested |= {Candidate, Decision, Grouping, Verdict}
    tested |= {Feed, FeedEntry, Subscription}
    tested |= {Difference, Dossier, Event, Finding, Precision, Proposal, Signature, Timeline}
    assert set(kinds) == tested | {Quote, Reading, Setting, Span, Summary}


@given(st.binary(max_size=200))
def test_bytes_that_are_no_result_are_refused(data):
    with contextlib.suppress(UnexpectedResultError):
        unpack(data)  # raises nothing else


class Call:
    def __init__(self, *reduced):
        self.reduced = reduced

    def __reduce__(self):
        return self.reduced


@pytest.mark.parametrize(
    "hostile",
    [
        Call(eval, ("1",)),
        Call(getattr, (Span, "cut")),
        Call(__import__, ("os",)),
        Call(type, ("Fake", (), {})),
        Call(pickle.loads, (b"N.",)),
        [Call(print, ("in a list",))],
        object(),
        pickle.PickleError("exceptions are no plain data"),
        range(3),
    ],
)
def test_nothing_but_data_is_built(hostile):
    with pytest.raises(UnexpectedResultError):
        unpack(pickle.dumps(hostile))


@pytest.mark.parametrize(
    "instructions",
    [
        b"csummariser.model\ndatetime\n.",
        b"csummariser.model\n__builtins__\n.",
        b"csummariser.model\nSpan.cut\n.",
        b"csummariser.model\ndataclass\n.",
        b"csummariser.errors\nReadError\n.",
        b"cdatetime\nsys\n.",
        b"cos\nsystem\n.",
    ],
)
def test_other_names_of_permitted_modules_are_refused(instructions):
    with pytest.raises(UnexpectedResultError):
        unpack(instructions)


def test_a_class_of_the_model_cannot_be_changed():
    # BUILD with a pair of None and {"__eq__": None} sets attributes of whatever GLOBAL gave.
    for name in (b"Span", b"DateKind"):
        hostile = b"\x80\x04csummariser.model\n" + name + b"\nN}X\x06\x00\x00\x00__eq__Ns\x86b."

        with pytest.raises(UnexpectedResultError):
            unpack(hostile)

    assert Span(0, 1) == Span(0, 1)
    assert DateKind.PUBLISHED == "published"


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (Span, ("0", "1")),
        (Span, (0,)),
        (Span, (0, 1, 2)),
        (Span, (5, 2)),
        (Passage, (None, 0, 1)),
        (Summary, ([], ())),
        (Summary, (("no passage",), ())),
        (Note, ("dropped", "", "", "")),
        (Entity, ("", MentionType.PER, (), ((1, 2),), ())),
        (Entity, ("", MentionType.PER, (), ((1, 2, "3"),), ())),
        (Entity, ("", MentionType.PER, (), (3,), ())),
        (DateKind, ("tomorrow",)),
        (datetime, ("now",)),
    ],
)
def test_values_of_the_wrong_kind_are_refused(kind, arguments):
    with pytest.raises(UnexpectedResultError):
        unpack(pickle.dumps(Call(kind, arguments)))


def test_a_field_that_could_not_be_checked_is_found_out_at_once():
    with pytest.raises(TypeError, match="cannot be checked"):
        _check(list[int])


def reading(start=5, end=4):
    return Reading(Document("One. Two.", (Article("Two.", start=start),)), ((Span(0, end),),))


def test_a_reading_comes_back_as_it_was():
    assert unpack_reading(pack(reading())) == reading()


@pytest.mark.parametrize(
    "place", [DatePlace(DateOrigin.TEXT, span=Span(1, 4)), DatePlace(DateOrigin.LINE, "On", Span(0, 2))]
)
def test_a_date_that_does_not_stand_where_it_says_is_refused(place):
    wrong = Article("Two.", published_words="Two", published_at=place)

    with pytest.raises(UnexpectedResultError):
        unpack_reading(pack(Reading(Document("Two.", (wrong,)), ((),))))


@pytest.mark.parametrize(
    "wrong",
    [
        reading(start=4),
        reading(start=-4),
        reading(start=6),
        reading(end=5),
        Reading(Document("One.", ()), ((Span(0, 4),),)),
        Reading(Document("One.", (Article("One."),)), ()),
        Summary(()),
        None,
    ],
)
def test_a_reading_whose_offsets_do_not_fit_its_text_is_refused(wrong):
    with pytest.raises(UnexpectedResultError):
        unpack_reading(pack(wrong))


def test_instructions_that_change_a_value_after_it_was_built_are_found_out():
    built = pack(Span(1, 2))
    state = pickle.dumps(["one", 2], protocol=2)
    # PROTO and FRAME of the first, then its instructions, then the state's, then BUILD (b) and STOP (.).
    body = built[2:] if built[2:3] != b"\x95" else built[11:]
    forged = built[:2] + body[:-1] + state[2:-1] + b"b."

    with pytest.raises(UnexpectedResultError, match=r"Span\.start"):
        unpack(forged)


def test_a_list_that_holds_itself_ends():
    endless = []
    endless.append(endless)

    assert len(unpack(pickle.dumps(endless))) == 1


@pytest.mark.parametrize("start", [-1, 1, 90])
def test_a_reading_whose_mentions_stand_elsewhere_is_refused(start):
    article = Article("Ines spoke.")
    named = Named(Mention(start, start + 4, MentionType.PER, "Ines"), "Ines", ("w",))
    made = Reading(Document("Ines spoke.", (article,)), ((),), names=((named,),))

    with pytest.raises(UnexpectedResultError):
        unpack_reading(pack(made))
    assert unpack_reading(pack(replace(made, names=(None,)))) == replace(made, names=(None,))


def test_a_reading_that_names_for_other_articles_than_it_has_is_refused():
    made = Reading(Document("One.", (Article("One."),)), ((),), names=((), ()))

    with pytest.raises(UnexpectedResultError):
        unpack_reading(pack(made))
