from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from discord import Attachment, Interaction, Member, app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands
from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from bot.console.completing import LineCompleter
from bot.console.declared import Kind, read_commands, with_questions
from bot.console.errors import LineError
from bot.console.parsing import parse, quoted
from bot.services.calls import Incoming
from bot.services.replies import Field, Form, Request, Suggestion

# A busy machine is no failure.
unhurried = settings(deadline=None, max_examples=60)


class Library(commands.Cog):
    """A cog with an option of every kind."""

    service_name = "library"
    shelf = app_commands.Group(name="shelf", description="Shelves")

    @app_commands.command(description="Lend a book")
    @app_commands.describe(title="Its title", days="How long")
    @app_commands.choices(binding=[Choice(name="Hard cover", value="hard"), Choice(name="Soft cover", value="soft")])
    @app_commands.rename(quick="fast")
    async def lend(
        self,
        interaction: Interaction,
        title: str,
        days: Range[int, 1, 12] = 5,
        weight: Range[float, 0.5] = 1.0,
        binding: str = "soft",
        quick: bool = False,
        scan: Attachment | None = None,
        scan2: Attachment | None = None,
        code: Range[str, 2, 4] | None = None,
        friend: Member | None = None,
    ) -> None: ...

    @lend.autocomplete("title")
    async def titles(self, interaction: Interaction, typed: str) -> list[Choice[str]]:
        return []

    @shelf.command(name="show", description="Show a shelf")
    async def show(self, interaction: Interaction, number: int | None = None) -> None: ...

    @app_commands.command(description="Say hello")
    async def hello(self, interaction: Interaction) -> None: ...


class LibraryService:
    def lend_form(self, *, title, **options):
        return None if title else Form("Which?", (Field("note", "A note"),), Request("library.lend"))

    async def suggest_title(self, call, typed):
        return [Suggestion("The Sea \x1b[1m· 1978", "The Sea"), Suggestion("Tides", "Tides")]


SERVICES = SimpleNamespace(library=LibraryService())
COMMANDS = with_questions(read_commands([Library()]), SERVICES)
LEND = next(command for command in COMMANDS if command.name == "lend")


def options(line, folder=Path()):
    return dict(parse(line, COMMANDS, folder=folder).options)


def complaint(line, folder=Path()):
    with pytest.raises(LineError) as error:
        parse(line, COMMANDS, folder=folder)
    return str(error.value)


def test_commands_are_read_from_the_cog_with_their_groups():
    assert [(command.name, command.service, command.method) for command in COMMANDS] == [
        ("hello", "library", "hello"),
        ("lend", "library", "lend"),
        ("shelf show", "library", "show"),
    ]


def test_options_keep_their_kind_range_choices_and_the_name_that_discord_shows():
    days, binding, fast = LEND.option("days"), LEND.option("binding"), LEND.option("fast")

    assert (days.kind, days.least, days.most, days.default, days.required) == (Kind.WHOLE, 1, 12, 5, False)
    assert binding.choices == (("Hard cover", "hard"), ("Soft cover", "soft"))
    assert fast.keyword == "quick"
    assert LEND.option("title").required
    assert LEND.option("title").suggests


def test_what_is_not_typed_has_its_declared_default():
    assert options("/lend title:Sea") == {
        "title": "Sea",
        "days": 5,
        "weight": 1.0,
        "binding": "soft",
        "quick": False,
        "scan": None,
        "scan2": None,
        "code": None,
        "friend": None,
    }


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ('/lend title:"The Sea" days:3', "The Sea"),
        ("lend title:“The Sea” days:3", "The Sea"),
        ("lend title:'The Sea' days:3", "The Sea"),
        ("  /LEND   title:The Sea   days:3  ", "The Sea"),
        ("/lend days:3 title:The Sea", "The Sea"),
        ("/lend title: The Sea days:3", "The Sea"),
        (r'/lend title:"a \"fine\" day" days:3', 'a "fine" day'),
        ("/lend title:'tis a day days:3", "'tis a day"),
        (
            "/lend title:https://a.example/b?c=d:e https://f.example days:3",
            "https://a.example/b?c=d:e https://f.example",
        ),
        ("/lend title:days:9 days:3", "days:9"),
        ("/lend title:البحر الكبير days:3", "البحر الكبير"),
    ],
)
def test_values_end_at_their_quotation_mark_or_where_the_next_option_begins(line, title):
    parsed = options(line)

    assert (parsed["title"], parsed["days"]) == (title, 3)


@unhurried
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_value_that_is_quoted_comes_back_as_it_was(value):
    assert options(f"/lend days:2 title:{quoted(value)} fast:yes")["title"] == value


@unhurried
@given(st.text())
def test_a_line_is_understood_or_refused_whatever_it_is(line):
    with suppress(LineError):
        parse(f"/lend {line}", COMMANDS, folder=Path())


@pytest.mark.parametrize(
    ("typed", "value"), [("yes", True), ("TRUE", True), ("on", True), ("no", False), ("False", False), ("0", False)]
)
def test_yes_and_no_are_understood_in_several_words(typed, value):
    assert options(f"/lend title:Sea fast:{typed}")["quick"] is value


@pytest.mark.parametrize("typed", ["hard", "HARD", '"Hard cover"', "hard cover"])
def test_a_choice_goes_by_its_name_or_its_value(typed):
    assert options(f"/lend title:Sea binding:{typed}")["binding"] == "hard"


def test_a_group_and_its_command_make_one_name():
    assert parse("/shelf  show number:2", COMMANDS, folder=Path()).command.name == "shelf show"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/lent title:Sea", ["“lent”", "Did you mean /lend?"]),
        ("/zzz", ["“zzz”", "Try /help"]),
        ("/lend titel:Sea", ["no option “titel”", "takes title, days, weight"]),
        ("/lend days:4", ["needs “title:”", "Its title"]),
        ("/lend title:Sea days:40", ["a whole number from 1 to 12", "“40”"]),
        ("/lend title:Sea days:four", ["a whole number from 1 to 12", "“four”"]),
        ("/lend title:Sea weight:0.1", ["a number of at least 0.5"]),
        ("/lend title:Sea weight:nan", ["a number of at least 0.5"]),
        ("/lend title:Sea days:", ["and nothing was given"]),
        ("/lend title:Sea fast:maybe", ["takes yes or no", "“maybe”"]),
        ("/lend title:Sea binding:gold", ["one of hard, soft", "“gold”"]),
        ("/lend title:Sea code:abcde", ["2 to 4 characters"]),
        ("/lend title:Sea friend:Ana", ["only Discord has"]),
        ("/lend title:Sea title:Tide", ["stands there twice"]),
        ("/lend Sea", ["“Sea” belongs to no option", "/lend title:…"]),
        ("/hello you", ["belongs to no option", "takes no options"]),
        ("/hello who:me", ["takes no options"]),
        ('/lend title:"Sea', ["never closed"]),
        ("/lend title:Sea scan:missing.pdf", ["“missing.pdf” does not exist"]),
        ("/lend title:Sea scan:.", ["is a folder"]),
        ("/lend title:Sea scan:a\0b", ["Check the path"]),
    ],
)
def test_each_slip_has_its_own_sentence(line, said, tmp_path):
    told = complaint(line, tmp_path)

    assert all(words in told for words in said), told


def test_what_is_no_file_says_what_it_is(tmp_path):
    assert "is a device or a pipe, not a file" in complaint("/lend title:Sea scan:/dev/null")
    assert "is a folder, not a file" in complaint(f"/lend title:Sea scan:{tmp_path}")
    assert "does not exist" in complaint(f"/lend title:Sea scan:{tmp_path}/none.txt")


def test_an_attachment_option_takes_the_path_of_a_file(tmp_path):
    (tmp_path / "my scan.txt").write_text("hello")

    scan = options('/lend title:Sea scan2:"my scan.txt"', tmp_path)["scan2"]

    assert scan == Incoming("my scan.txt", size=5, attachment_id=1, path=str(tmp_path / "my scan.txt"))


def test_two_attachments_of_one_command_have_ids_of_their_own(tmp_path):
    (tmp_path / "a").write_text("a")

    parsed = options("/lend title:Sea scan:a scan2:a", tmp_path)

    assert parsed["scan"].attachment_id != parsed["scan2"].attachment_id


def test_a_path_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.txt").write_text("a")

    assert options("/lend title:Sea scan:~/a.txt")["scan"].path == str(tmp_path / "a.txt")


def test_questions_of_a_form_are_options_with_line_breaks_but_not_offered():
    assert options(r'/lend title:Sea note:"one\n\ntwo"')["note"] == "one\n\ntwo"
    assert "note" not in complaint("/lend titel:Sea")


class TypingSession:
    commands = COMMANDS

    async def suggest(self, command, keyword, typed, *, given):
        self.given = given
        return await LibraryService().suggest_title(None, typed)


async def offered(line):
    completer = LineCompleter(TypingSession())
    document = Document(line)
    return [one async for one in completer.get_completions_async(document, CompleteEvent())]


async def completed(line):
    return [line[: len(line) + one.start_position] + one.text for one in await offered(line)]


async def test_tab_offers_commands():
    assert await completed("/") == ["/hello ", "/lend ", "/shelf show ", "/help", "/quit"]
    assert await completed("/shelf s") == ["/shelf show "]


async def test_tab_offers_the_options_that_are_left():
    found = await completed("/lend title:Sea days:4 ")

    assert "/lend title:Sea days:4 weight:" in found
    assert not any(line.endswith((" title:", " days:", "note:")) for line in found)


async def test_tab_offers_choices_and_yes_and_no():
    assert await completed("/lend binding:h") == ["/lend binding:hard"]
    assert await completed("/lend fast:") == ["/lend fast:yes", "/lend fast:no"]


async def test_tab_offers_what_the_service_suggests_under_harmless_labels():
    found = await offered('/lend title:"the s')

    assert [one.text for one in found] == ['"The Sea"', "Tides"]
    assert "\x1b" not in found[0].display_text


async def test_what_stands_before_goes_along_with_what_is_typed():
    session = TypingSession()
    line = Document('/lend days:4 binding:"hard" title:"the s')

    assert [one async for one in LineCompleter(session).get_completions_async(line, CompleteEvent())]
    assert session.given == {"days": "4", "binding": "hard"}


async def test_tab_offers_files_and_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a b.txt").touch()
    (tmp_path / ".hidden").touch()
    (tmp_path / "arts").mkdir()

    assert await completed("/lend scan:") == ['/lend scan:"a b.txt"', "/lend scan:arts/"]
    assert await completed("/lend scan:.h") == ["/lend scan:.hidden"]
    assert await completed("/lend scan:nowhere/") == []
