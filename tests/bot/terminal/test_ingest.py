import asyncio
import io

import pytest
from rich.console import Console

from bot.cli import main
from bot.console.ingest import Tally, ingest, stable_id, summary
from bot.render.terminal import UNWRAPPED, paint
from storage.base import LOCAL_DESK
from storage.errors import FullError

ARTICLE = """Reservoir {name} opens its gates

Water engineers opened the lower gates of the {name} reservoir on Monday after four days of rain.
Farmers downstream had been warned by radio, and moved {count} head of cattle to higher ground.
The regional council said that the dam itself was never in danger.
"""


@pytest.fixture
def papers(tmp_path):
    for number, name in enumerate(("Kolvir", "Anseba", "Teslin")):
        folder = tmp_path / "papers" / ("deep" if number else ".")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.txt").write_text(ARTICLE.format(name=name, count=number + 20))
    return tmp_path / "papers"


async def take(services, *paths, desk_id=LOCAL_DESK, terminal=False):
    tally = Tally()
    console = Console(file=io.StringIO(), force_terminal=terminal, width=60)
    await ingest(services, [str(path) for path in paths], tally, desk_id=desk_id, console=console)
    return tally


def said(tally):
    console = Console(file=io.StringIO(), width=UNWRAPPED)
    console.print(paint(summary(tally)))
    return console.file.getvalue()


@pytest.mark.asyncio(loop_scope="session")
async def test_files_and_folders_are_taken_in(services, papers):
    tally = await take(services, papers / "Kolvir.txt", papers / "deep")

    assert (tally.files, tally.articles, tally.failures) == (3, 3, [])
    assert said(tally).startswith("✓ Added 3 articles from 3 files")


@pytest.mark.asyncio(loop_scope="session")
async def test_a_second_run_skips_what_is_here(services, papers):
    await take(services, papers)

    again = await take(services, papers)

    assert (again.files, again.articles, again.known) == (0, 0, 3)
    assert said(again).startswith("✓ Nothing new\n\n3 files were here already.")


@pytest.mark.asyncio(loop_scope="session")
async def test_a_run_goes_on_where_another_stopped(services, papers):
    await take(services, papers / "deep")

    rest = await take(services, papers)

    assert (rest.files, rest.known) == (1, 2)


@pytest.mark.asyncio(loop_scope="session")
async def test_hidden_files_are_passed_over_and_no_file_taken_twice(services, papers):
    (papers / ".secret.txt").write_text(ARTICLE.format(name="Hidden", count=1))
    (papers / ".git").mkdir()
    (papers / ".git" / "x.txt").write_text(ARTICLE.format(name="Hidden", count=2))

    tally = await take(services, papers, papers / "Kolvir.txt", papers)

    assert tally.files == 3


@pytest.mark.asyncio(loop_scope="session")
async def test_what_fails_is_listed_with_its_reason_and_the_rest_taken_in(services, papers):
    (papers / "empty.txt").touch()
    (papers / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))

    tally = await take(services, papers, papers / "nowhere.txt")

    assert tally.files == 3
    told = said(tally)
    assert "3 files could not be read" in told
    assert "nowhere.txt – " in told
    assert "does not exist" in told
    assert "“empty.txt” is empty" in told


@pytest.mark.asyncio(loop_scope="session")
async def test_a_hostile_file_name_does_no_harm(services, papers):
    (papers / "a\x1b[2J\u202e.txt").write_text("")

    tally = await take(services, papers)

    assert "\x1b" not in said(tally)
    assert "\u202e" not in said(tally)


@pytest.mark.asyncio(loop_scope="session")
async def test_long_lists_of_failures_are_cut(services):
    tally = Tally(failures=[(f"{number:03}.txt", "It is empty.") for number in range(60)])

    assert "… and 10 more." in said(tally)


@pytest.mark.asyncio(loop_scope="session")
async def test_a_desk_of_its_own_is_filled(services, storage, papers):
    tally = await take(services, papers / "Kolvir.txt", desk_id=4242)

    assert tally.files == 1
    assert (await take(services, papers / "Kolvir.txt")).known == 0


@pytest.mark.asyncio(loop_scope="session")
async def test_a_bar_shows_the_progress_on_a_terminal_and_nothing_in_a_pipe(services, papers):
    seen = {}
    for terminal in (True, False):
        console = Console(file=io.StringIO(), force_terminal=terminal, width=60)
        await ingest(services, [str(papers)], Tally(), desk_id=LOCAL_DESK, console=console)
        seen[terminal] = console.file.getvalue()

    assert "/3" in seen[True]
    assert seen[False] == ""


@pytest.mark.asyncio(loop_scope="session")
async def test_it_may_be_stopped_and_run_again(services, papers):
    task = asyncio.create_task(take(services, papers))
    await asyncio.sleep(0)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    again = await take(services, papers)
    assert again.files + again.known == 3


@pytest.mark.parametrize(("one", "other"), [(("a", b"1"), ("a", b"2")), (("a", b"1"), ("b", b"1"))])
def test_an_id_tells_files_apart_by_name_and_content(one, other):
    assert stable_id(*one) == stable_id(*one)
    assert stable_id(*one) != stable_id(*other)


def test_the_command_exits_1_if_a_file_failed(folder, papers, capsys):
    code = main(["ingest", str(papers), "nowhere.txt"])

    told = capsys.readouterr().out
    assert code == 1
    assert "Added 3 articles from 3 files" in told
    assert "nowhere.txt" in told


def test_trouble_that_is_every_files_is_told_once():
    tally = Tally(files=1, articles=1, stopped="The disk is full.")

    told = said(tally)

    assert told.count("The disk is full.") == 1
    assert "run the same command again" in told


@pytest.mark.asyncio(loop_scope="session")
async def test_nothing_more_is_tried_on_a_full_disk(services, storage, papers, monkeypatch):
    tried = []

    async def full(scope, upload, extraction, **_):
        tried.append(upload.filename)
        raise FullError

    monkeypatch.setattr(storage, "add", full)
    tally = await take(services, papers)

    assert tally.stopped
    assert len(tried) <= 2
    assert tally.failures == []
