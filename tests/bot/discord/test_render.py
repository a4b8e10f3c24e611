"""Replies as Components V2: within Discord's limits whatever they hold, and readable."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simcord.components import validate_components, validate_modal

from bot.render.discord import MOST_OPTIONS, WHOLE, lay_out, modal, working
from bot.render.escape import clean
from bot.render.markup import Pen, paginate, pieces, whole
from bot.services.replies import (
    Action,
    Attachment,
    Bold,
    Bullets,
    Channel,
    Choice,
    Code,
    Command,
    Divider,
    Excerpt,
    Field,
    Form,
    Heading,
    Italic,
    Line,
    Link,
    Look,
    Menu,
    Moment,
    Person,
    Quoted,
    Reply,
    Request,
    Role,
    Tone,
    Who,
)

V2 = 1 << 15
WHEN = datetime(2024, 5, 17, 6, 40, tzinfo=UTC)
AGAIN = Request("corpus.receipt", {"uploads": [1]})

TEXTS = st.text(st.characters(exclude_categories=()), max_size=30) | st.builds(
    lambda unit, times: unit * times,
    st.sampled_from(["word ", "*", "[x](y) ", "𝄞", "سطر ", "\n", "@everyone"]),
    st.integers(1, 900),
)
INLINES = st.one_of(
    TEXTS,
    st.builds(Bold, TEXTS),
    st.builds(Italic, TEXTS),
    st.builds(Code, TEXTS),
    st.builds(Link, TEXTS, st.just("https://a.example/b") | TEXTS),
    st.builds(Moment, st.just(WHEN), st.booleans()),
    st.builds(Command, st.sampled_from(["add", "article show"])),
    st.builds(Channel, st.integers(1, 2**63)),
    st.builds(Person, st.integers(1, 2**63)),
    st.builds(Role, st.integers(1, 2**63)),
)
WORDS = st.lists(INLINES, max_size=4).map(tuple)
BLOCKS = st.one_of(
    st.builds(Heading, WORDS),
    st.builds(Line, WORDS, st.booleans()),
    st.builds(Bullets, st.lists(WORDS, max_size=6).map(tuple)),
    st.builds(Quoted, st.integers(1, 60), TEXTS, WORDS, st.none() | st.just("https://a.example/b") | TEXTS),
    st.builds(Excerpt, TEXTS, TEXTS, TEXTS),
    st.just(Divider()),
)
REQUESTS = st.builds(Request, st.just("corpus.passage"), st.dictionaries(st.just("number"), st.integers(1, 60)))
REPLIES = st.builds(
    Reply,
    title=TEXTS,
    blocks=st.lists(BLOCKS, max_size=12).map(tuple),
    actions=st.lists(st.builds(Action, TEXTS, REQUESTS, st.sampled_from(Look)), max_size=12).map(tuple),
    menus=st.lists(
        st.builds(Menu, TEXTS, st.lists(st.builds(Choice, TEXTS, REQUESTS, TEXTS), max_size=60).map(tuple)), max_size=4
    ).map(tuple),
    attachments=st.lists(st.builds(Attachment, TEXTS, st.binary(max_size=3)), max_size=11).map(tuple),
    tone=st.sampled_from(Tone),
    again=st.none() | st.just(AGAIN),
)


def walk(components):
    for component in components:
        yield component
        yield from walk(component.get("components", []))


def drawn(layout, **options):
    return layout.view(2**63 - 1, **options).to_components()


def texts(components):
    return [part["content"] for part in walk(components) if part["type"] == 10]


def buttons(components):
    return {part["label"]: part for part in walk(components) if part["type"] == 2}


def selects(components):
    return [part for part in walk(components) if part["type"] == 3]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(REPLIES, st.integers(-1, 30), st.booleans())
def test_any_reply_is_drawn_within_the_limits(reply, page, files):
    layout = lay_out(reply, page=page, commands={"add": 5})

    components = drawn(layout, files=files)

    json.dumps(components, ensure_ascii=False).encode()
    validate_components(components, flags=V2)
    parts = [*walk(components)]
    assert len(parts) <= 40
    assert sum(len(text.encode("utf-16-le")) // 2 for text in texts(components)) <= 4000
    assert all(text.strip() for text in texts(components))
    used = {part["custom_id"] for part in parts if part["type"] == 2 and not part["disabled"]}
    used |= {option["value"] for select in selects(components) for option in select["options"]}
    assert len(used) == len(layout.controls)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(BLOCKS, max_size=8))
def test_no_page_loses_a_word(blocks):
    room = 500
    whole_text = "".join(piece.text for piece in pieces(blocks, Pen(), 1 << 30))

    pages = paginate(pieces(blocks, Pen(), room), room, 20)

    paged = "".join(piece.text for page in pages for piece in page)
    assert letters(paged) == letters(whole_text)


def letters(markup):
    """Return what was written, without the marks that are put anew around each part of what was cut."""
    return [letter for letter in markup.replace("https://a.example/b", "") if letter.isalnum()]


def quotes(number, url=None):
    return tuple(
        Quoted(place, f"Sentence {place} tells how the lock keeper closed the gates. " * 4, url=url)
        for place in range(1, number + 1)
    )


def passages(number):
    return Menu(
        "Open a passage",
        tuple(Choice(f"[{n}]", Request("corpus.passage", {"number": n})) for n in range(1, number + 1)),
    )


async def test_a_quote_has_its_number_as_a_link_then_the_sentence_then_the_source():
    reply = Reply("Locks", (Quoted(1, "The *gates* stay shut.", ("Canal Post",), "https://a.example/b"),))

    components = drawn(lay_out(reply))

    assert texts(components) == [
        "## Locks",
        "**[1](https://a.example/b)** The \\*gates\\* stay shut.\n\\-# Canal Post".replace("\\-", "-"),
    ]


async def test_an_opened_passage_stands_out_within_its_paragraph():
    reply = Reply("[1] Locks", (Excerpt("It froze. ", "The gates\nstay shut.", " Nobody minds."),))

    components = drawn(lay_out(reply))

    assert texts(components)[1] == "> It froze. **The gates stay shut.** Nobody minds."


@pytest.mark.parametrize(("tone", "sign"), [(Tone.DONE, "✅"), (Tone.WARNING, "⚠️"), (Tone.ERROR, "⛔")])
def test_a_tone_is_a_sign_and_not_a_colour_alone(tone, sign):
    components = drawn(lay_out(Reply("Read", (), tone=tone)))

    assert texts(components) == [f"## {sign} Read"]
    assert components[0]["accent_color"]


def test_pages_are_turned_by_asking_again_and_everyone_may():
    reply = Reply("Locks", quotes(40), again=AGAIN)

    layout = lay_out(reply, page=1)

    assert [(control.request.page, control.who) for control in layout.controls] == [(0, Who.ANYONE), (2, Who.ANYONE)]
    shown = buttons(drawn(layout))
    assert [*shown] == ["◀", f"2 of {layout.pages}", "▶"]
    assert [button["disabled"] for button in shown.values()] == [False, True, False]


def test_the_first_page_leads_on_and_the_last_one_back():
    reply = Reply("Locks", quotes(40), again=AGAIN)

    first, last = lay_out(reply), lay_out(reply, page=99)

    assert [button["disabled"] for button in buttons(drawn(first)).values()] == [True, True, False]
    assert [button["disabled"] for button in buttons(drawn(last)).values()] == [False, True, True]
    assert last.page == last.pages - 1


def test_a_menu_of_passages_opens_those_of_the_page():
    reply = Reply("Locks", quotes(40), menus=(passages(40),), again=AGAIN)

    second = lay_out(reply, page=1)

    (menu,) = selects(drawn(second))
    labels = [option["label"] for option in menu["options"]]
    assert labels
    assert all(f"**{label[1:-1]}**" in " ".join(second.texts) for label in labels)


def test_a_long_menu_comes_in_slices_with_their_place():
    choices = tuple(Choice(f"Article {n}", Request("summaries.summarise", {"article": str(n)})) for n in range(60))
    reply = Reply("Added 60 articles", (Line(("60 articles",)),), menus=(Menu("Summarise", choices),), again=AGAIN)

    last = lay_out(reply, page=2)

    (menu,) = selects(drawn(last))
    assert last.pages == 3
    assert menu["placeholder"] == "Summarise (51 to 60 of 60)"
    assert [option["label"] for option in menu["options"]] == [f"Article {n}" for n in range(50, 60)]
    assert len(selects(drawn(lay_out(reply)))[0]["options"]) == MOST_OPTIONS


def test_an_answer_of_many_pages_comes_with_the_whole_of_it_as_a_file():
    reply = Reply("Locks", quotes(200), again=AGAIN)

    layout = lay_out(reply)

    (file,) = layout.attachments
    assert file.filename == WHOLE
    assert b"Sentence 200 tells" in file.data
    assert {"type": 13, "file": {"url": f"attachment://{WHOLE}"}, "spoiler": False}.items() <= {
        key: value for part in walk(drawn(layout)) if part["type"] == 13 for key, value in part.items()
    }.items()


def test_an_answer_that_cannot_be_asked_again_has_one_page_and_the_rest_in_a_file():
    layout = lay_out(Reply("Locks", quotes(40)))

    assert layout.pages == 1
    assert layout.texts[-1] == "-# The rest is in the attached file."
    assert [item.filename for item in layout.attachments] == [WHOLE]


def test_the_file_has_nothing_in_it_that_only_discord_understands():
    words = (Moment(WHEN), " ", Command("add"), " ", Channel(7), " ", Person(8), " ", Role(9))
    reply = Reply("Locks", (Line(words), Line(("small",), small=True), Divider()))

    assert whole(reply) == "### Locks\n2024-05-17 06:40 UTC `/add` #7 member 8 role 9\nsmall\n\n---\n"


def test_files_get_names_of_their_own_that_discord_leaves_as_they_are():
    names = ["../notes (1).txt", "notes_1.txt", "Заметки.txt", "café.md", "README"]
    reply = Reply("Read", (), attachments=tuple(Attachment(name, b"") for name in names))

    layout = lay_out(reply)

    assert [item.filename for item in layout.attachments] == [
        "notes_1.txt",
        "2-notes_1.txt",
        "original.txt",
        "cafe.md",
        "README.txt",
    ]


def test_files_that_the_message_has_already_are_shown_again_and_those_that_could_not_be_sent_are_not():
    reply = Reply("Read", (), attachments=(Attachment("new.txt", b""),))

    components = drawn(lay_out(reply), kept=["old.txt"], files=False)

    assert "could not be attached" in texts(components)[-1]

    assert [part["file"]["url"] for part in walk(components) if part["type"] == 13] == ["attachment://old.txt"]


def test_a_heading_is_never_left_alone_at_the_end_of_a_page():
    blocks = [block for n in range(12) for block in (Heading((f"Part {n}",)), Line((f"Line {n} " + "word " * 30,)))]

    pages = paginate(pieces(blocks, Pen(), 400), 400, 20)

    assert len(pages) > 3
    assert all("Line" in page[-1].text for page in pages)


def test_commands_and_moments_are_live_where_they_can_be():
    pen = Pen({"add": 5, "article": 6})

    words = (
        Command("add"),
        " ",
        Command("article show"),
        " ",
        Command("other"),
        " ",
        Moment(WHEN),
        Moment(WHEN, relative=True),
        Channel(7),
        Person(8),
        Role(9),
    )

    assert pen.write(words) == "</add:5> </article show:6> `/other` <t:1715928000:f><t:1715928000:R><#7><@8><@&9>"


def test_words_in_a_row_keep_their_own_emphasis():
    words = (
        Bold("a "),
        Bold("b"),
        Italic("c"),
        Code("d`e"),
        Link("https://f.example", "https://g.example"),
        Link("h", "x"),
    )

    assert Pen().write(words) == "**a** **b**\u2060*c*d\\`e[f.example](https://g.example)h"


def test_a_day_behind_arabic_words_stays_in_one_piece():
    words = (Bold("الجسر القديم"), " · ", "الضفة", " · ", "12 May 2024", " · ", "Echo")

    assert Pen().write(words) == "**الجسر القديم**\u200e · الضفة\u200e · 12 May 2024 · Echo"


def test_a_list_that_goes_on_over_a_page_stays_a_list():
    items = tuple((f"item {n} " + "word " * 20,) for n in range(30))

    pages = paginate(pieces([Bullets(items)], Pen(), 600), 600, 20)

    assert len(pages) > 1
    assert all(piece.text.startswith("- item") for page in pages for piece in page)


def test_what_is_being_done_is_one_short_line():
    components = working("Reading *3* of 10").to_components()

    assert texts(components) == ["⏳ Reading \\*3\\* of 10…"]


@given(TEXTS, TEXTS, TEXTS, st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_form_is_drawn_within_the_limits(title, label, placeholder, paragraph):
    fields = tuple(Field(f"field{n}", label, paragraph, True, placeholder, 9000) for n in range(7))

    payload = modal(Form(title, fields, AGAIN), "vf:1:0").to_dict()

    assert validate_modal(payload)["custom_id"] == "vf:1:0"
    json.dumps(payload, ensure_ascii=False).encode()


def test_what_is_shown_is_what_a_reader_would_have_seen():
    text = "A\u202eB\u200bC"

    (line,) = pieces([Line((text,))], Pen(), 100)

    assert line.text == clean(text) == "ABC"
