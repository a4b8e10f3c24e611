"""The parts that ranking is made of."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.model import Span
from summariser.rank import duplicates
from summariser.rank.coverage import Coverage
from summariser.rank.diversity import pick
from summariser.rank.duplicates import NEAR_DUPLICATE, group_alike, likeness
from summariser.rank.frequencies import DOCUMENTS, rarity, shipped
from summariser.rank.openings import leans
from summariser.rank.quotations import read_quotations
from summariser.rank.task import Sentence
from summariser.rank.vectors import dot, weigh

bags = st.lists(st.frozensets(st.sampled_from("abcdefghij"), max_size=10), max_size=12)


def first_alike(bags, alike):
    """Compare each bag with every one that was kept before it."""
    firsts = []
    for index, bag in enumerate(bags):
        kept = (first for first in range(index) if firsts[first] == first)
        firsts.append(next((first for first in kept if likeness(bag, bags[first]) >= alike), index))
    return tuple(firsts)


@pytest.mark.parametrize("few", [20, 2], ids=["rare words", "common words"])
@given(bags=bags, alike=st.sampled_from([0.51, 0.6, NEAR_DUPLICATE, 0.8, 1.0]))
def test_looking_up_the_rarest_words_misses_no_near_duplicate(few, bags, alike):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duplicates, "_FEW", few)
        patch.setattr(duplicates, "_SHELF", len(bags))
        found = group_alike(bags, alike=alike)

    assert found == first_alike(bags, alike)


def test_a_bag_is_compared_with_few_others_however_many_there_are(monkeypatch):
    compared = []
    monkeypatch.setattr(duplicates, "likeness", lambda one, other: compared.append(one) or likeness(one, other))
    # Thirteen out of some sixty words, all of them common: nothing rare to look a bag up by.
    bags = [frozenset(str((number * step * step + step) % 61) for step in range(1, 14)) for number in range(61 * 40)]
    bags = [bag | {f"day {number % 50}"} for number, bag in enumerate(bags)]

    group_alike(bags)

    assert 0 < len(compared) < 100 * len(bags)


def test_equal_bags_are_found_even_behind_full_shelves(monkeypatch):
    monkeypatch.setattr(duplicates, "_FEW", 1)
    monkeypatch.setattr(duplicates, "_SHELF", 0)

    assert group_alike([frozenset("abc"), frozenset("abd"), frozenset("abc")]) == (0, 1, 0)


def test_two_empty_bags_are_alike():
    assert likeness(frozenset(), frozenset()) == 1.0
    assert likeness(frozenset("a"), frozenset()) == 0.0


def test_the_shipped_table_knows_common_from_rare():
    weigh_stem = rarity()

    assert shipped()[DOCUMENTS] > 5000
    assert 0 < weigh_stem("presid") < weigh_stem("harbour") < weigh_stem("no such stem")


def test_a_table_without_the_number_of_documents_takes_its_largest_count():
    assert rarity({"a": 9, "b": 1})("b") == pytest.approx(math.log(10 / 1.5))


def test_without_any_count_every_word_is_as_rare():
    assert rarity({})("a") == rarity({})("b") > 0


def test_a_count_above_the_number_of_documents_weighs_no_less_than_nothing():
    assert rarity({DOCUMENTS: 10, "a": 99})("a") > 0


def test_vectors_have_length_one_unless_they_are_empty():
    vector = weigh(["a", "b", "b"], lambda stem: 1.0)

    assert dot(vector, vector) == pytest.approx(1.0)
    assert weigh([], lambda stem: 1.0) == {}
    assert weigh(["a"], lambda stem: 0.0) == {}
    assert dot(vector, {"b": 1.0}) == pytest.approx(2 / math.sqrt(5))


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("He left at noon.", "en"),
        ("“They came back,” said Ruiz.", "en"),
        ("However, the vote stands.", "en"),
        ("The group met again.", "en"),
        ("The witness also named a driver.", "en"),
        ("This surprised nobody.", "en"),
        ("Cependant, le vote est acquis.", "fr"),
        ("Sie kamen zurück.", "de"),
        ("Sin embargo, el voto vale.", "es"),
        ("Bu, kimseyi şaşırtmadı.", "tr"),
        ("وأضاف أن التصويت قائم.", "ar"),
        ("The second was a folder.", "en"),
        ("Meanwhile, the ferry waited.", "en"),
        ("Despite this, the ferry sailed.", "en"),
        ("Some of them swam ashore.", "en"),
        ("The men were fined.", "en"),
        ("“We lost the pier,” she said.", "en"),
        ("“We lost the pier.”", "en"),
        ("The pier is lost, he said.", "en"),
        ("„Wir haben verloren“, sagte er.", "de"),
        ("« C’est fini », a-t-elle ajouté.", "fr"),
        ("او بازگشت.", "fa"),
        ("لكنه لم يحضر.", "ar"),
        ("„Hallittiin hyvin.“", "fi"),
    ],
)
def test_an_opening_that_points_back_leans(sentence, language):
    assert leans(sentence, language)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Helen left at noon.", "en"),
        ("This week brought rain.", "en"),
        ("Thatcher's papers were sold.", "en"),
        ("The groups met again.", "en"),
        ("The second bridge was opened in May.", "en"),
        ("Sonia ging.", "de"),
        ("He left at noon.", "xx"),
        ("In this week's vote, Roe won.", "en"),
        ("“We lost the pier,” said Ines Roe.", "en"),
        ("Roe resigned because, she said, the pier was lost.", "en"),
        ("“Harbour” opens in May.", "en"),
        ("آنکارا میزبان نشست بود.", "fa"),
    ],
)
def test_an_opening_of_its_own_does_not_lean(sentence, language):
    assert not leans(sentence, language)


def sentence(position, stems, *, leans=False):
    return Sentence(Span(position, position + 1), position, tuple(stems), tuple(stems), leans=leans)


def choose(sentences, scores, wanted):
    return pick(sentences, [weigh(s.stems, lambda stem: 1.0) for s in sentences], scores, wanted)


def test_what_was_said_already_gives_way_to_something_new():
    sentences = [sentence(0, "abcd"), sentence(1, "abce"), sentence(2, "wxyz")]

    assert choose(sentences, [1.0, 0.9, 0.8], 2) == (0, 2)


def test_a_leaning_sentence_waits_for_the_one_before_it():
    sentences = [sentence(0, "ab"), sentence(1, "cd"), sentence(2, "ef", leans=True), sentence(3, "gh")]

    assert choose(sentences, [0.5, 0.1, 1.0, 0.4], 2) == (0, 3)
    assert choose(sentences, [0.5, 0.9, 1.0, 0.4], 2) == (1, 2)


def pick_one_by_one(vectors, scores, wanted):
    picked = []
    while len(picked) < min(wanted, len(vectors)):
        rest = [index for index in range(len(vectors)) if index not in picked]
        picked.append(max(rest, key=lambda index: (worth(index, picked, vectors, scores), -index)))
    return tuple(picked)


def worth(index, picked, vectors, scores):
    repeated = max((dot(vectors[index], vectors[other]) for other in picked), default=0.0)
    return 0.7 * scores[index] - (1 - 0.7) * repeated


@given(
    stems=st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4), min_size=4, max_size=12),
    chance=st.randoms(use_true_random=False),
)
def test_lazy_evaluation_picks_what_looking_at_all_would(stems, chance):
    scores = chance.sample(range(1, 1000), len(stems))
    scores = [score / 1000 for score in scores]
    vectors = [weigh(held, lambda stem: 1.0) for held in stems]

    picked = pick([sentence(at, held) for at, held in enumerate(stems)], vectors, scores, 3)

    expected = pick_one_by_one(vectors, scores, 3)
    assert [worth_of(picked, at, vectors, scores) for at in range(3)] == pytest.approx(
        [worth_of(expected, at, vectors, scores) for at in range(3)]
    )


def worth_of(picked, at, vectors, scores):
    return worth(picked[at], picked[:at], vectors, scores)


@given(stems=st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=5), min_size=2, max_size=8))
def test_a_sentence_is_worth_the_stems_and_pairs_that_another_article_holds_too(stems):
    sentences = [sentence(0, held) for held in stems]
    weight = {stem: 1.0 + place for place, stem in enumerate("abcd")}
    held = [{*one, *pairwise(one)} for one in stems]

    coverage = Coverage(sentences, range(len(stems)), weight.__getitem__)

    for index, mine in enumerate(held):
        count = {one: sum(one in other for other in held) for one in mine}
        worth = {one: count[one] * sum(map(weight.__getitem__, one)) / len(one) for one in mine}
        shared = sum(worth[one] for one in mine if count[one] > 1)
        alone = sum(worth[one] for one in mine if count[one] == 1)
        prior = 3.0 * 0.3 / math.sqrt(len(sentences[index].words))
        assert coverage.gain(index) == pytest.approx(prior * (shared + 0.05 * alone))


@given(
    stems=st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=5), min_size=2, max_size=10),
    articles=st.lists(st.integers(0, 3), min_size=10, max_size=10),
)
def test_what_a_sentence_adds_never_rises_when_others_are_taken(stems, articles):
    sentences = [sentence(at, held or ["x"]) for at, held in enumerate(stems)]
    coverage = Coverage(sentences, articles[: len(sentences)], lambda stem: 1.0)

    gains = []
    for index in range(len(sentences)):
        gains.append([coverage.gain(other) for other in range(len(sentences))])
        coverage.take(index)

    assert all(
        after <= before for earlier, later in pairwise(gains) for before, after in zip(earlier, later, strict=True)
    )


def test_fewer_are_picked_where_the_rest_leans_on_what_is_missing():
    sentences = [sentence(0, "ab"), sentence(2, "ef", leans=True), sentence(3, "gh", leans=True)]

    assert choose(sentences, [0.5, 1.0, 1.0], 2) == (0,)
    assert choose(sentences, [0.5, 1.0, 1.0], 3) == (0,)


@pytest.mark.parametrize(
    "sentence",
    [
        "“It sank,” said Mina Roe.",
        'She called it "a ruin", and it was.',
        "„So ist es“, sagte Roe.",
        "»So ist es«, sagte Roe.",
        "« C’est fini », dit-il.",
        'Elle lit l’“Étoile” et l\'"Aube".',
        "”Så är det”, sade Roe.",
        "قال «انتهى الأمر» ثم غادر.",
        'قال: "انتهى الأمر" ثم غادر.',
        "He said “the so-called ‘storm’ of ’09 wasn’t the crews’ fault” twice.",
        "‘It’s the dogs’ dinner,’ said Roe.",
        "‘Tis the crews’ boat.",
        'The 12" record and the 6\'2" singer sold well.',
        '“We were—” she began, and the motto ("dare") ended it.',
        "They call it “$5 pie” or “[the] pie”.",
        "No mark at all, but the owners’ word.",
    ],
)
def test_a_sentence_with_its_whole_quotation_is_not_torn(sentence):
    assert not read_quotations(sentence, [Span(0, len(sentence))]).torn


@pytest.mark.parametrize(
    "sentence",
    [
        "Roe said, “The time for talk is over, and the boats leave.",
        '"Yes, of course.',
        'We lost the pier," she said.',
        "We lost the pier,” she said.",
        "„So ist es.",
        "So ist es“, sagte Roe.",
        "« C’est fini.",
        "C’est fini », dit-il.",
        "انتهى الأمر» ثم غادر.",
        "قال: «انتهى الأمر.",
        "Roe said: ‘It’s our boat, and they won’t leave.",
        'We go," he said, "and win.',
    ],
)
def test_a_sentence_with_half_a_quotation_is_torn(sentence):
    whole = Span(0, len(sentence))

    torn = read_quotations(sentence, [whole]).torn

    assert torn == {whole}


def test_a_paragraph_closes_a_quotation_and_may_open_it_anew():
    text = "“We go.\n\n“We win. They lose,” he said. The “pier” stays."
    spans = [
        Span(text.index(words), text.index(words) + len(words))
        for words in ("“We go.", "“We win.", "They lose,” he said.", "The “pier” stays.")
    ]

    found = read_quotations(text, spans)

    assert found.within == {spans[2]}
    assert found.torn == set(spans[:3])
