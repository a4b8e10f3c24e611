"""Settings and help at the prompt: the same commands, typed."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.console.script import Plain, run_script
from bot.console.session import Session
from bot.render.terminal import UNWRAPPED
from storage.base import DeskSettings

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUILD = 4_000_000_000_000


@pytest.fixture
def session(services, tmp_path):
    """The terminal, at a server's desk."""
    return Session(services, desk_id=GUILD, folder=Path(tmp_path))


async def script(session, *lines):
    file = io.StringIO()
    code = await run_script(session, io.StringIO("\n".join(lines)), Plain(Console(file=file, width=UNWRAPPED)))
    return code, file.getvalue()


async def test_a_setting_is_changed_and_undone_by_number(session, storage):
    code, told = await script(session, "/settings zone zone:tokyo", "1", "/settings show")

    assert code == 0
    assert "✓ Time zone: Asia/Tokyo" in told
    assert "Time zone: UTC, where it is" in told
    assert await storage.settings(GUILD) == DeskSettings()


@pytest.mark.parametrize("typed", ["77", "<#77>", "#77"])
async def test_a_channel_is_named_by_its_id(session, storage, typed):
    code, told = await script(session, f"/settings share channel:{typed}")

    assert code == 0
    assert "channel 77" in told
    assert (await storage.settings(GUILD)).shared == {77}


async def test_what_is_no_id_of_a_channel_says_where_to_find_one(session):
    code, told = await script(session, "/settings share channel:news")

    assert code == 1
    assert "Copy Channel ID" in told


async def test_in_the_terminal_s_own_desk_what_needs_a_server_says_so(services):
    code, told = await script(Session(services), "/settings share channel:77")

    assert code == 1
    assert "this desk is yours alone" in told


async def test_help_is_that_of_discord_with_what_the_prompt_has_besides(session):
    code, told = await script(session, "/help", "? settings", "help settings zone", "/help command:add", "/privacy")

    assert code == 0
    assert "/add" in told
    assert "open 2" in told
    assert "/settings show" in told
    assert "zone: (needed)" in told
    assert "Who can read it" in told


async def test_a_page_has_the_options_that_only_the_prompt_has(session):
    _, told = await script(session, "help summarise")

    assert "Here also" in told
    assert "text: The article's text" in told


async def test_the_menu_of_the_help_works_by_number(session):
    await script(session, "/help")
    number = next(press.number for press in session.controls.presses if press.label == "/summarise")

    _, told = await script(session, str(number))

    assert "from 1 to 12" in told
