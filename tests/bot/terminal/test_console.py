import asyncio
import io
import json
import os
import signal
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.cli import main
from bot.console.demo import show_files
from bot.console.errors import NoFileError
from bot.console.prompt import run_prompt
from bot.console.script import BUG, JSONLines, Plain, run_script
from bot.console.session import Session, call_at, utc_now
from bot.render.terminal import UNWRAPPED
from bot.services.replies import Form, Quoted, Reply
from storage.base import LOCAL_DESK, LOCAL_PERSON

in_session = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def session(services, ferry):
    return Session(services, folder=Path(ferry.path).parent)


async def script(session, text, *, as_json=False):
    """Run a script; return its exit code and what it printed."""
    file = io.StringIO()
    printer = JSONLines(file) if as_json else Plain(Console(file=file, width=UNWRAPPED))
    code = await run_script(session, io.StringIO(text), printer)
    return code, file.getvalue()


async def type_in(session, keys, *, history=None):
    """Type at the prompt; return the exit code and what was printed."""
    console = Console(file=io.StringIO(), width=UNWRAPPED)
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        code = await run_prompt(session, console, history=history)
    return code, console.file.getvalue()


@in_session
async def test_a_file_is_added_summed_up_and_a_quote_opened(session, ferry_text):
    code, told = await script(session, "/add file:ferry.txt\n/summarise article:ferry sentences:2\nopen 1\n")

    assert code == 0
    assert "✓ Added 1 article" in told
    quotes = [line.split("] ", 1)[1] for line in told.splitlines() if line.startswith(("[1] ", "[2] "))][:2]
    assert all(quote in " ".join(ferry_text.split()) for quote in quotes)
    assert f"┃ {quotes[0]}" in told


@in_session
async def test_typing_a_number_presses_the_control_of_that_number(session):
    await session.answer("/add file:ferry.txt")
    summary = await session.answer("1")
    longer = next(press for press in session.controls.presses if press.label in ("Shorter", "Longer"))

    changed = await session.answer(str(longer.number))

    count = [sum(isinstance(block, Quoted) for block in reply.blocks) for reply in (summary, changed)]
    assert count[0] != count[1]


@in_session
async def test_the_reply_is_the_service_s_own(session, services):
    await session.answer("/add file:ferry.txt")
    typed = await session.answer("/summarise article:ferry sentences:3")

    asked = await services.summaries.summarise(call_at(LOCAL_DESK, utc_now()), article="ferry", sentences=3)

    assert typed == asked


@in_session
async def test_a_script_skips_comments_and_goes_on_after_a_failure(session):
    code, told = await script(session, "# a comment\n\n/zzz\n/add file:ferry.txt\n/add file:none.txt\n")

    assert code == 1
    assert "✗ There is no command “zzz”" in told
    assert "✓ Added 1 article" in told
    assert "✗ “none.txt” does not exist" in told
    assert "comment" not in told


@in_session
async def test_a_script_ends_at_quit(session):
    assert await script(session, "quit\n/zzz\n") == (0, "")


@in_session
async def test_json_is_one_object_for_each_command(session):
    code, told = await script(session, "/add file:ferry.txt\n/zzz\n/summarise\n", as_json=True)

    added, unknown, empty = map(json.loads, told.splitlines())
    assert code == 1
    assert (added["ok"], added["command"]) == (True, "/add file:ferry.txt")
    assert added["reply"]["title"] == "Added 1 article"
    assert (unknown["ok"], "zzz" in unknown["error"]) == (False, True)
    assert empty["form"]["fields"][0]["name"] == "text"


@in_session
async def test_a_script_gives_the_answers_of_a_form_as_options(session):
    code, told = await script(session, "/summarise\n")
    assert code == 1
    assert 'text:"…"' in told

    code, told = await script(session, r'/summarise text:"The mill burnt down on Sunday.\n\nNobody was hurt at all."')
    assert code == 0
    assert "[1] " in told


@in_session
async def test_help_lists_the_commands_and_explains_each(session):
    listed = await session.answer("/help")
    explained = await session.answer("help summarise")

    assert {"/add", "/summarise"} <= {command.name.join(["/", ""]) for command in session.commands}
    assert isinstance(listed, Reply)
    assert "from 1 to 12" in str(explained.blocks)


@in_session
async def test_help_on_an_unknown_command_says_so(session):
    code, told = await script(session, "/help zzz\n/help add file\n")

    assert code == 1
    assert "There is no command “zzz”" in told


@in_session
@pytest.mark.parametrize(("line", "said"), [("7", "no control to choose yet"), ("open 1", "no quote to choose yet")])
async def test_a_number_before_any_answer_is_explained(session, line, said):
    code, told = await script(session, line)

    assert code == 1
    assert said in told


@in_session
async def test_a_number_that_is_not_offered_is_answered_with_those_that_are(session):
    code, told = await script(session, "/add file:ferry.txt\n9\n")

    assert code == 1
    assert "no control 9: it has controls 1 to 2" in told


@in_session
async def test_a_bug_is_one_sentence_and_a_whole_entry_in_the_log(session, services, monkeypatch, caplog):
    async def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(type(services.corpus), "add", fail)

    code, told = await script(session, "/add file:ferry.txt\n")

    assert code == 1
    assert BUG in told
    assert caplog.records[0].exc_info[0] is ZeroDivisionError


@in_session
async def test_the_terminal_draws_on_the_whole_desk():
    call = call_at(LOCAL_DESK, utc_now())

    assert (call.scope.desk_id, call.scope.audiences, call.audience_id) == (LOCAL_DESK, None, LOCAL_PERSON)
    assert call_at(-77, utc_now()).audience_id == 77
    assert call_at(99, utc_now()).audience_id == 99


@in_session
async def test_desks_do_not_see_each_other(services, ferry):
    folder = Path(ferry.path).parent
    await Session(services, desk_id=5, folder=folder).answer("/add file:ferry.txt")

    code, told = await script(Session(services, desk_id=6, folder=folder), "/summarise article:ferry\n")

    assert code == 1
    assert "no article “ferry”" in told


@in_session
async def test_the_prompt_answers_until_ctrl_d_and_keeps_its_history(session, tmp_path):
    history = tmp_path / "data" / "console-history"

    code, told = await type_in(session, "/add file:ferry.txt\r/zzz\r\x04", history=history)

    assert code == 0
    assert "✓ Added 1 article" in told
    assert "There is no command “zzz”" in told
    assert "/add file:ferry.txt" in history.read_text()
    assert history.stat().st_mode & 0o077 == 0


@in_session
async def test_ctrl_c_at_the_prompt_clears_the_line(session):
    code, told = await type_in(session, "/zz\x03quit\r")

    assert code == 0
    assert "no command" not in told


@in_session
async def test_ctrl_c_stops_the_command_that_runs_and_nothing_else(session, monkeypatch):
    async def hang(*_, **__):
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(60)

    monkeypatch.setattr(Session, "answer", hang)

    code, told = await type_in(session, "/add file:ferry.txt\rquit\r")

    assert code == 0
    assert "Stopped." in told


@in_session
async def test_a_form_becomes_a_question_at_the_prompt(session):
    pasted = "The mill burnt down on Sunday.\rNobody was hurt at all."

    code, told = await type_in(session, f"/summarise\r{pasted}\x1b\rquit\r")

    assert code == 0
    assert "Summarise pasted text" in told
    assert "[1] The mill burnt down on Sunday." in told


@in_session
async def test_a_question_begins_with_what_holds_now(session):
    await session.answer("/add file:ferry.txt")

    code, told = await type_in(session, "/article edit article:ferry\r, again\rHolm Post\r\r\r\rquit\r")

    assert code == 0
    assert "Title: “Night ferry to Ostrava Bay cancelled after engine fire” → “Night ferry to Ostrava Bay" in told
    assert "engine fire, again”" in told
    assert "Source: none → “Holm Post”" in told
    assert "Author: " not in told


@in_session
async def test_a_script_is_told_what_it_can_change(session):
    await session.answer("/add file:ferry.txt")

    code, told = await script(session, "/article edit article:ferry\n")

    assert code == 1
    assert 'Say what is to change: title:"…" source:"…"' in told


@in_session
async def test_an_option_is_suggested_in_the_light_of_those_before_it(session):
    await session.answer("/add file:ferry.txt")
    split = next(command for command in session.commands if command.name == "article split")

    offered = await session.suggest(split, "at", "", given={"article": "ferry", "title": "Refunds"})

    assert [one.value for one in offered][:2] == ["2", "3"]
    assert await session.suggest(split, "at", "") == []


@in_session
async def test_a_question_can_be_left(session):
    code, told = await type_in(session, "/summarise\rhalf a tex\x03quit\r")

    assert code == 0
    assert "Stopped." in told


@in_session
async def test_suggestions_come_from_the_service(session):
    await session.answer("/add file:ferry.txt")
    summarise = next(command for command in session.commands if command.name == "summarise")

    offered = await session.suggest(summarise, "article", "ferry")

    assert "Night ferry" in offered[0].label
    assert isinstance(await session.answer(f"/summarise article:{offered[0].value}"), Reply)


@in_session
async def test_a_demo_of_own_files_shows_a_receipt_and_a_summary_of_each(services, ferry, ferry_text):
    other = Path(ferry.path).with_name("other file.txt")
    other.write_text(ferry_text.replace("ferry", "cable car"))
    console = Console(file=io.StringIO(), width=UNWRAPPED)

    code = await show_files(services, [ferry.path, str(other)], console)

    told = console.file.getvalue()
    assert code == 0
    assert told.count("✓ Added 1 article") == 2
    assert told.count("[1] ") >= 3
    assert told.count("> open 1") == 1


@in_session
async def test_a_demo_tells_a_missing_file_and_shows_the_others(services, ferry):
    console = Console(file=io.StringIO(), width=UNWRAPPED)

    code = await show_files(services, ["nowhere.txt", ferry.path], console)

    told = console.file.getvalue()
    assert code == 1
    assert "“nowhere.txt” does not exist" in told
    assert "✓ Added 1 article" in told


@in_session
async def test_every_form_comes_back_as_a_form(session):
    assert isinstance(await session.answer("/summarise"), Form)


def test_a_pipe_of_commands_keeps_what_it_adds_for_the_next(folder, ferry_text, monkeypatch, capsys):
    (folder / "ferry.txt").write_text(ferry_text)
    monkeypatch.setattr("sys.stdin", io.StringIO("/add file:ferry.txt"))
    assert main(["console"]) == 0
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO("/summarise article:ferry"))

    code = main(["console", "--json"])

    assert code == 0
    assert json.loads(capsys.readouterr().out)["reply"]["title"].startswith("Night ferry")


@in_session
async def test_at_the_prompt_add_asks_for_paths_and_for_text(session, ferry):
    Path(ferry.path).with_name("old ferry.txt").write_text("An older ferry\n\nIt sank in the harbour of Holm.\n")

    # One line of paths; then the text, which Esc and Enter end.
    code, told = await type_in(session, "/add\rferry.txt 'old ferry.txt'\r\x1b\r/quit\r")

    assert code == 0
    assert "Bring articles in" in told
    assert "Added 2 articles" in told


@in_session
async def test_in_a_script_add_takes_text_as_an_option_and_says_so(session):
    code, told = await script(session, '/add\n/add text:"A notice\\n\\nThe bridge at Holm is closed until Friday."\n')

    assert code == 1
    assert (
        '/add has nothing to work on. Give it a file (file:…), a page (url:…), or the text itself as text:"…".' in told
    )
    assert "Added 1 article" in told


@in_session
async def test_a_path_in_a_form_that_leads_nowhere_is_named(session):
    form = await session.answer("/add")

    with pytest.raises(NoFileError, match=r"none\.txt"):
        await session.submit(form, {"files": "none.txt", "text": ""})


@in_session
async def test_an_opened_passage_leaves_the_controls_of_its_summary(session):
    code, told = await script(session, "/summarise file:ferry.txt sentences:2\nopen 1\nopen 2\n1\n")

    assert code == 0
    assert "[2] Night ferry" in told
    assert told.count("open 1 … 2 shows") == 1
