"""Links found in what people write."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.links import ARTICLE, find_links, links_alone

ANYTHING = st.text(st.characters(codec="utf-8"), max_size=300)
PIECES = st.sampled_from(
    [
        "https://a.example/x",
        "http://b.example",
        "<https://c.example/>",
        "`",
        "```",
        "(",
        ")",
        "[t](",
        " ",
        "\n",
        "||",
        ".",
    ]
)
MIXED = st.lists(st.one_of(PIECES, st.text(string.printable, max_size=5)), max_size=40).map("".join)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://granvik.example/mill", ["https://granvik.example/mill"]),
        ("(https://granvik.example/mill).", ["https://granvik.example/mill"]),
        ("<https://granvik.example/mill>", ["https://granvik.example/mill"]),
        ("[the mill](https://granvik.example/mill)", ["https://granvik.example/mill"]),
        ('[the mill](https://granvik.example/mill "a title")', ["https://granvik.example/mill"]),
        ("**https://granvik.example/mill**", ["https://granvik.example/mill"]),
        ("||https://granvik.example/mill||", ["https://granvik.example/mill"]),
        ("https://granvik.example/Mill_(town)", ["https://granvik.example/Mill_(town)"]),
        ("(https://granvik.example/Mill_(town))", ["https://granvik.example/Mill_(town)"]),
        ("https://granvik.example/a?b=c&d=e#f, then", ["https://granvik.example/a?b=c&d=e#f"]),
        ("HTTPS://Granvik.Example/mill", ["HTTPS://Granvik.Example/mill"]),
        ("https://granvik.example/x and https://granvik.example/x#top", ["https://granvik.example/x"]),
        (
            "https://granvik.example/x\nhttps://tamboro.example/y",
            ["https://granvik.example/x", "https://tamboro.example/y"],
        ),
        ("https://gränvik.example/söder", ["https://gränvik.example/söder"]),
        ("https://support.discord.com/hc/en-us", ["https://support.discord.com/hc/en-us"]),
    ],
)
def test_a_link_is_found_without_what_belongs_to_the_sentence(text, found):
    assert list(find_links(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "granvik.example/mill",
        "`https://granvik.example/mill`",
        "``https://granvik.example/mill``",
        "```\ncurl https://granvik.example/mill\n```",
        "https://cdn.discordapp.com/attachments/1/2/article.pdf?ex=1",
        "https://media.discordapp.net/attachments/1/2/article.pdf",
        "https://discord.com/channels/1/2/3",
        "https://ptb.discord.com/channels/1/2/3",
        "https://discord.gg/abc",
        "https://",
        "https://[",
        "ftp://granvik.example/mill",
        f"https://granvik.example/{'x' * 2000}",
    ],
)
def test_what_is_no_page_is_left_out(text):
    assert find_links(text) == ()


def test_a_site_whose_name_only_ends_like_discords_is_a_site_like_others():
    assert find_links("https://notdiscord.com/a") == ("https://notdiscord.com/a",)


def test_there_are_no_more_than_was_asked_for():
    text = " ".join(f"https://granvik.example/{number}" for number in range(100))

    assert find_links(text, most=5) == tuple(f"https://granvik.example/{number}" for number in range(5))


@given(st.one_of(ANYTHING, MIXED))
def test_each_link_stands_in_the_text_as_it_was_found(text):
    found = find_links(text)

    assert all(link in text for link in found)
    assert all(link.lower().startswith(("http://", "https://")) for link in found)
    assert len(set(found)) == len(found) <= 25


def test_a_text_that_is_about_its_links_gives_them():
    assert links_alone("read this: https://granvik.example/mill") == ("https://granvik.example/mill",)


def test_an_article_with_links_in_it_is_an_article():
    assert links_alone("word " * ARTICLE + "https://granvik.example/mill") == ()
