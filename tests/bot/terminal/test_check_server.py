"""`verbatim check`, `migrate` and the console with a PostgreSQL: how it stands, what is in the way, and no password."""

import pytest
from postgres_server import postgres

from bot import check as checking
from bot.check import Finding, check
from bot.cli import main
from bot.config import Settings
from storage import open_storage
from storage.migrate import HEAD


@pytest.fixture(scope="module")
def server():
    with postgres() as running:
        running.run("CREATE DATABASE news")
        yield running


@pytest.fixture(autouse=True)
def _reading_works(monkeypatch):
    async def read(_):
        return Finding(True, "Reading", "a worker read a sample.")

    monkeypatch.setattr(checking, "_reading", read)


async def _database(url):
    found = {finding.what: finding async for finding in check(Settings(_env_file=None, database_url=url))}
    return found["Database"]


async def test_a_database_on_a_server_is_told_before_and_after_its_first_start(server):
    empty = await _database(server.url("news"))
    async with open_storage(server.url("news")):
        pass
    ready = await _database(server.url("news"))

    assert empty.ok
    assert ready.ok
    assert "is empty, and its tables are made at the first start" in empty.told
    assert f"is sound, and stands at revision {HEAD}" in ready.told


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("tester:hunter2@127.0.0.1:{port}/news", "password authentication failed"),
        ("tester:correct%20horse@127.0.0.1:{port}/olds", 'database "olds" does not exist'),
        ("tester:hunter2@127.0.0.1:1/news", "nobody answers there"),
    ],
)
async def test_what_is_in_the_way_is_told_without_the_password(server, wrong, told):
    found = await _database("postgresql+asyncpg://" + wrong.format(port=server.port))

    assert not found.ok
    assert told in found.told
    assert "Check DATABASE_URL" in found.told
    assert "hunter2" not in found.told
    assert "horse" not in found.told


def test_the_commands_say_what_is_wrong_in_one_line(server, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"postgresql+asyncpg://tester:hunter2@127.0.0.1:{server.port}/news")

    codes = [main(["migrate"]), main(["console"])]

    told = capsys.readouterr().err
    assert codes == [1, 1]
    assert told.count("password authentication failed") == 2
    assert "hunter2" not in told


def test_migrating_makes_the_tables(server, monkeypatch, tmp_path, capsys):
    server.run("CREATE DATABASE fresh")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", server.url("fresh"))

    assert main(["migrate"]) == 0

    assert f"at revision {HEAD}" in capsys.readouterr().out
