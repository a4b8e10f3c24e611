"""Untrusted text in Discord: the same visible words, nothing live in them."""

import re

import discord
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.render.escape import LONGEST_ADDRESS, address, clean, escape, flatten, plain, size

# Any code point at all, and often those that mean something to Discord or to the eye.
LETTERS = st.characters(exclude_categories=())
MARKS = st.sampled_from([*"*_~`|\\[]()<>#@:/-+.!123 \n", "\u202e", "\u200b", "\u200d", "\ufeff", "ü", "ن", "𝄞"])
SNIPPETS = st.sampled_from(
    [
        "https://",
        "@everyone",
        "<@123456789012345678>",
        "</add:1>",
        "<t:1:R>",
        "<a:b:1>",
        "-# ",
        "# ",
        "1. ",
        "```",
        "](",
    ]
)
TEXTS = st.lists(LETTERS | MARKS | SNIPPETS, max_size=60).map("".join)

# What Discord's client acts on, in text whose backslash escapes have been taken out.
LIVE = re.compile(
    r"[*_~`|\[\]<>#\\]|@|(?:https?|steam)://\S|^\s*(?:[-+*]|\d+\.)\s|^\s*-#\s|^>", re.MULTILINE | re.IGNORECASE
)
ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


def shown(markup):
    """Return what Discord shows of text that holds nothing but escapes."""
    return ESCAPED.sub(r"\1", markup)


def unescaped(markup):
    """Return the markup with each escaped character replaced by a letter, which does nothing."""
    return ESCAPED.sub("x", markup)


@given(TEXTS)
@example("https://a.example/**b**")
@example("1. a\n - b\n> c\n>>> d\n### e\n-# f")
@example("http:" + "\u200b" + "//hidden.example")
@pytest.mark.trust("injection-markdown", "injection-mentions")
def test_escaped_text_shows_the_same_words_and_has_nothing_live_in_it(text):
    markup = escape(text)

    assert shown(markup) == clean(text)
    assert not LIVE.search(unescaped(markup))
    assert not re.search(discord.utils._URL_REGEX, unescaped(markup))
    assert not re.search(discord.utils._MARKDOWN_STOCK_REGEX, unescaped(markup), re.MULTILINE)


@given(TEXTS, TEXTS)
@example("https:", "//a.example")
@example("https", "://a.example")
@example("12", ". a")
@example("-", " a")
@example("[a]", "(https://a.example)")
def test_two_texts_side_by_side_make_nothing_live_together(first, second):
    assert not LIVE.search(unescaped(escape(first) + escape(second)))


@given(TEXTS)
def test_cleaned_text_has_no_hidden_characters_and_cleaning_again_changes_nothing(text):
    cleaned = clean(text)

    assert not re.search("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00\ud800-\udfff]", cleaned)
    assert not re.search("[\x21-\x7e][\u200c\u200d]|[\u200c\u200d][\x21-\x7e]", cleaned)
    assert clean(cleaned) == cleaned
    cleaned.encode()


def test_joiners_stay_where_a_script_or_an_emoji_needs_them():
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert clean("👩\u200d🚒") == "👩\u200d🚒"
    assert clean("ever\u200cyone") == "everyone"


@given(TEXTS, st.integers(1, 100))
def test_a_label_is_one_line_that_is_never_empty_nor_too_long(text, most):
    label = plain(text, most)

    assert 0 < size(label) <= most
    assert label == label.strip()
    assert "\n" not in label


def test_a_label_that_had_to_be_cut_says_so():
    assert plain("Council votes on the bridge", 12) == "Council vot…"


@given(TEXTS)
def test_the_size_is_counted_in_utf_16_units(text):
    assert size(clean(text)) == len(clean(text).encode("utf-16-le")) // 2


def test_flattening_keeps_a_space_at_the_ends():
    assert flatten(" a\n\n b\t") == " a b "


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/b_(c)?d=e f", "https://a.example/b_%28c%29?d=e%20f"),
        ("HTTP://a.example#:~:text=x", "HTTP://a.example#:~:text=x"),
        ("https://a.example/\u202eb", "https://a.example/b"),
        ("javascript:alert(1)", None),
        ("ftp://a.example", None),
        ("https://", None),
        ("https://a.example/" + "b" * LONGEST_ADDRESS, None),
    ],
)
@pytest.mark.trust("injection-links")
def test_only_a_web_address_without_traps_becomes_the_target_of_a_link(url, safe):
    assert address(url) == safe
