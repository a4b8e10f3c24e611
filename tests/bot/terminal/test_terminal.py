import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.render import json as as_json
from bot.render.terminal import UNWRAPPED, clean, finding, number, open_console, paint, questions, trouble
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
    Menu,
    Moment,
    Person,
    Quoted,
    Reply,
    Request,
    Role,
    Tone,
)

# A busy machine is no failure.
unhurried = settings(deadline=None, max_examples=60)

PASSAGE = Menu(
    "Open a passage where it stands",
    tuple(
        Choice(f"[{n}] …", Request("corpus.passage", {"article": 9, "start": n, "end": n + 5, "number": n}))
        for n in (1, 2, 3)
    ),
)
OTHERS = Menu(
    "Another article", (Choice("Tuna returns", Request("summaries.summarise", {"article": "8"}), "Bulletin"),)
)
SUMMARY = Reply(
    "Ferry timetable cut by half",
    (
        Line(("The Serrano Post · 4 May 2023",), small=True),
        Quoted(1, "The ferry to Serrano Cay will sail three times a week instead of six, the company said.", ("Post",)),
        Quoted(2, "Nobody on the cay was asked.", url="https://example.org/a?b=1#:~:text=Nobody,asked"),
    ),
    actions=(
        Action("Shorter", Request("summaries.summarise", {"sentences": 1})),
        Action("Sources", Request("corpus.sources")),
    ),
    menus=(PASSAGE, OTHERS),
)

# Style (SGR) and hyperlink (OSC 8) sequences are what rich itself writes on a terminal.
OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b\x07]*\x1b\\")
FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printed(renderable, *, width=80, terminal=False, encoding="utf-8"):
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace", write_through=True)
    console = Console(
        file=file,
        width=width,
        force_terminal=terminal,
        color_system="truecolor" if terminal else None,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(renderable)
    return file.buffer.getvalue().decode(encoding)


hostile = st.text(
    st.one_of(
        st.characters(), st.sampled_from("\x1b\x9b\x07\x08\r\n\t\x7f\x85\u2028\u202e\u2066\u200f\u061c[]/:@\\ \ud800")
    ),
    max_size=60,
)
hostile_text = st.one_of(
    hostile, hostile.map(lambda text: "\x1b]0;" + text + "\x07"), hostile.map("[bold red]{}[/]".format)
)


@st.composite
def replies(draw):
    text = hostile_text
    moment = Moment(datetime(2024, 3, 3, 2, 11, tzinfo=UTC))
    inline = st.one_of(
        text,
        text.map(Bold),
        text.map(Italic),
        text.map(Code),
        text.map(Command),
        st.just(moment),
        st.builds(Moment, st.just(moment.when), st.just(True)),
        st.builds(Channel, st.integers(1, 2**63)),
        st.builds(Person, st.integers(1, 2**63)),
        st.builds(Role, st.integers(1, 2**63)),
        st.builds(Link, text, text.map("https://example.org/{}".format)),
        st.builds(Link, text, text),
    )
    words = st.lists(inline, max_size=3).map(tuple)
    block = st.one_of(
        words.map(Heading),
        words.map(Line),
        words.map(lambda w: Line(w, small=True)),
        st.just(Divider()),
        st.lists(words, max_size=3).map(tuple).map(Bullets),
        st.builds(Excerpt, text, text, text),
        st.builds(Quoted, st.integers(1, 12), text, words, st.none() | text),
    )
    request = st.just(Request("corpus.sources", {}))
    choice = st.builds(Choice, text, request, text)
    return Reply(
        draw(text),
        tuple(draw(st.lists(block, max_size=4))),
        actions=tuple(draw(st.lists(st.builds(Action, text, request), max_size=3))),
        menus=tuple(
            draw(st.lists(st.builds(Menu, text, st.lists(choice, min_size=1, max_size=3).map(tuple)), max_size=2))
        ),
        attachments=tuple(draw(st.lists(st.builds(Attachment, text, st.binary(max_size=3), text), max_size=1))),
        tone=draw(st.sampled_from(Tone)),
    )


@unhurried
@given(replies(), st.integers(12, 120))
@pytest.mark.trust("injection-terminal")
def test_no_control_or_bidi_character_of_the_data_reaches_the_terminal(reply, width):
    shown = printed(paint(reply, number(reply)), width=width, terminal=True)

    assert not FORBIDDEN.search(OURS.sub("", shown))


@unhurried
@given(replies())
def test_nothing_but_text_reaches_a_pipe(reply):
    shown = printed(paint(reply, number(reply)))

    assert not FORBIDDEN.search(shown)


@unhurried
@given(replies())
def test_json_is_ascii_and_gives_every_text_back_exactly(reply):
    line = as_json.replied("/add", reply)

    assert re.fullmatch(r"[\x20-\x7e]*", line)
    assert json.loads(line)["reply"]["title"] == reply.title


@unhurried
@given(hostile_text, hostile_text)
def test_errors_forms_and_findings_are_clean_too(one, other):
    for renderable in (
        trouble(one),
        questions(Form(one, (Field("a", other),), Request("x.y"))),
        finding(ok=False, what=one, told=other),
    ):
        assert not FORBIDDEN.search(printed(renderable))


@unhurried
@given(replies(), st.integers(20, 100))
def test_no_line_is_wider_than_the_window(reply, width):
    shown = printed(paint(reply, number(reply)), width=width)

    assert all(cell_len(line) <= width for line in shown.split("\n"))


def test_markup_in_a_text_is_shown_as_it_is():
    shown = printed(paint(Reply("[bold]Hello[/bold] :smile:", (Line(("[link=x]y[/link]",)),))))

    assert "[bold]Hello[/bold] :smile:" in shown
    assert "[link=x]y[/link]" in shown


def test_a_summary_reads_well_on_a_narrow_terminal():
    shown = printed(paint(SUMMARY, number(SUMMARY)), width=40)

    assert (
        shown
        == """\
Ferry timetable cut by half
The Serrano Post · 4 May 2023

[1] The ferry to Serrano Cay will sail
    three times a week instead of six,
    the company said.
    Post

[2] Nobody on the cay was asked.
    https://example.org/a?b=1

open 1 … 3 shows a quote in its
paragraph
1 Shorter   2 Sources
Another article
  3 Tuna returns · Bulletin
"""
    )


def test_a_quote_is_one_line_where_nobody_looks_at_a_window(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sys.__stdout__", None)
    file = io.StringIO()
    console = open_console(file)

    console.print(paint(SUMMARY))

    assert console.width == UNWRAPPED
    assert f"[1] {SUMMARY.blocks[1].text}\n" in file.getvalue()


def test_columns_given_by_hand_are_kept_to_in_a_pipe(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")

    assert open_console(io.StringIO()).width == 40


def test_the_sentence_of_an_excerpt_stands_out_without_weight_or_colour():
    shown = printed(paint(Reply("[1] Title", (Excerpt("Before it. ", "The sentence itself.", " After it."),))))

    assert shown == "[1] Title\n\n  Before it.\n┃ The sentence itself.\n  After it.\n"


@pytest.mark.parametrize(
    ("tone", "mark"), [(Tone.DONE, "✓ "), (Tone.WARNING, "! "), (Tone.ERROR, "✗ "), (Tone.PLAIN, "")]
)
def test_the_tone_is_told_by_a_mark_as_well(tone, mark):
    assert printed(paint(Reply("Title", (), tone=tone))) == f"{mark}Title\n"


def test_a_terminal_that_knows_only_ascii_gets_marks_of_its_own():
    reply = Reply("Title", (Bullets((("item",),)), Excerpt("", "Words.", ""), Divider()), tone=Tone.DONE)

    shown = printed(paint(reply), encoding="ascii")

    assert "?" not in shown
    assert shown.startswith("OK: Title")


def test_no_color_keeps_colours_away(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, color_system="truecolor", markup=False)

    console.print(paint(Reply("Title", (Line((Command("add"),)),))))

    assert "36" not in file.getvalue()


def test_a_moment_is_shown_in_local_time(monkeypatch):
    when = datetime(2024, 3, 3, 2, 11, tzinfo=UTC)

    shown = printed(paint(Reply("Title", (Line((Moment(when),)),))))

    local = when.astimezone()
    assert f"{local.day} {local:%B %Y, %H:%M}" in shown


def test_a_relative_moment_says_how_far_away_it_is():
    ahead, past = (datetime.now(UTC) + timedelta(hours=hours) for hours in (3, -3))

    shown = printed(paint(Reply("Title", (Line((Moment(ahead, relative=True), ", ", Moment(past, relative=True))),))))

    assert "in 3 hours, 4 hours ago" in shown


def test_a_channel_goes_by_its_id():
    assert "channel 77" in printed(paint(Reply("Title", (Line((Channel(77),)),))))


def test_somebody_goes_by_an_id_and_whoever_sits_there_is_you():
    assert "you, member 77, role 5" in printed(
        paint(Reply("Title", (Line((Person(1), ", ", Person(77), ", ", Role(5))),)))
    )


def test_a_link_can_be_clicked_on_a_terminal_and_copied_in_a_pipe():
    reply = Reply("Title", (Line((Link("the page", "https://example.org/x"),)),))

    assert "\x1b]8;" in printed(paint(reply), terminal=True)
    assert "the page (https://example.org/x)" in printed(paint(reply))


def test_only_web_addresses_are_made_clickable():
    reply = Reply("Title", (Line((Link("the page", "javascript:alert(1)"),)),))

    assert "\x1b]8;" not in printed(paint(reply), terminal=True)


def test_buttons_come_first_and_menus_continue_their_numbers():
    controls = number(SUMMARY)

    assert [(press.number, press.label) for press in controls.presses] == [
        (1, "Shorter"),
        (2, "Sources"),
        (3, "Tuna returns"),
    ]
    assert [press.label for press in controls.buttons] == ["Shorter", "Sources"]


def test_quotes_are_opened_by_their_own_numbers():
    controls = number(SUMMARY)

    assert {place: request.options["start"] for place, request in controls.passages.items()} == {1: 1, 2: 2, 3: 3}


def test_line_breaks_in_data_become_spaces_and_escapes_visible():
    assert clean("one\ntwo\x1b[2J\u202e\x9b") == "one two␛[2J\ufffd"


def test_json_names_the_kind_of_each_part_and_keeps_requests_usable():
    value = json.loads(as_json.replied("/summarise", SUMMARY))

    assert value["ok"] is True
    assert value["command"] == "/summarise"
    assert value["reply"]["blocks"][1] == {
        "kind": "quoted",
        "number": 1,
        "text": SUMMARY.blocks[1].text,
        "source": ["Post"],
        "url": None,
        "marked": [],
    }
    assert Request.from_json(value["reply"]["menus"][1]["choices"][0]["request"]) == OTHERS.choices[0].request


def test_json_holds_files_times_and_tones():
    reply = Reply("T", (Line((Moment(datetime(2024, 1, 2, tzinfo=UTC)),)),), attachments=(Attachment("a", b"\xff"),))

    value = json.loads(as_json.replied("x", reply))["reply"]

    assert value["attachments"][0]["data"] == "/w=="
    assert value["blocks"][0]["words"][0]["when"] == "2024-01-02T00:00:00+00:00"
    assert value["tone"] == "plain"


def test_json_tells_an_error_and_what_would_have_been_asked():
    form = Form("Paste", (Field("text", "Text"),), Request("summaries.summarise"))

    value = json.loads(as_json.failed("/summarise", "Nothing given.", form=form))

    assert (value["ok"], value["error"]) == (False, "Nothing given.")
    assert value["form"]["fields"][0]["name"] == "text"


def test_json_refuses_what_has_no_json_form():
    with pytest.raises(TypeError, match="set has no JSON form"):
        as_json.plain({1})
