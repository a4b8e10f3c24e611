"""Copies of an article are found by their words, different stories never."""

import random

from hypothesis import given
from hypothesis import strategies as st

from summariser.model import Signature
from summariser.text import sign

WHO = ["The ferryman", "A clerk", "The mayor of Ost", "Her sister", "Nobody on the quay", "The oldest miller"]
DID = ["sold", "painted", "counted", "lost", "hid", "weighed"]
WHAT = ["the nets", "nine crates of eels", "a bell", "the ledger", "two oars", "a sack of salt"]
WHEN = ["before the flood", "on the first of May", "while the band played", "behind the mill", "at noon", "for luck"]


def story(seed, sentences=24):
    """Make up a story of sentences that few other seeds share."""
    chance = random.Random(seed)
    parts = (WHO, DID, WHAT, WHEN)
    return [
        f"{' '.join(map(chance.choice, parts))} {chance.randrange(10_000)} times and {chance.randrange(10_000)} more."
        for _ in range(sentences)
    ]


def thinned(sentences, seed):
    """Drop three in ten sentences."""
    chance = random.Random(seed)
    gone = set(chance.sample(range(len(sentences)), round(0.3 * len(sentences))))
    return " ".join(words for number, words in enumerate(sentences) if number not in gone)


def test_a_copy_less_three_in_ten_sentences_is_the_same_story():
    for seed in range(50):
        whole, copy = sign(" ".join(story(seed))), sign(thinned(story(seed), seed))

        assert whole.alike(copy) >= Signature.SAME_STORY
        assert set(whole.keys) & set(copy.keys)


def test_stories_made_of_the_same_phrases_are_told_apart():
    signed = [sign(" ".join(story(seed))) for seed in range(50)]

    assert all(one.alike(other) < Signature.SAME_STORY for one in signed for other in signed if one is not other)


def test_a_quotation_is_no_copy_of_what_it_quotes():
    long = story(1, 40)

    assert sign(" ".join(long)).alike(sign(" ".join(long[:5]))) == 0


def test_texts_without_words_are_like_nothing():
    assert sign("... !!").alike(sign("")) == 0
    assert sign("").keys == ()


@given(st.text(max_size=300), st.text(max_size=300))
def test_likeness_is_a_share_that_works_both_ways(one, other):
    first, second = sign(one), sign(other)

    assert 0 <= first.alike(second) == second.alike(first) <= 1
    assert first.alike(first) in {0, 1}
    assert len(first.smallest) <= Signature.KEPT
    assert first == sign(one)
