"""The operator's commands as processes: from one database to another, killed on the way, and forgotten."""

import json
import re
import signal
import subprocess
import sys
import time

import pytest
from answers import ROOT, environment

SAMPLES = sorted((ROOT / "bot" / "samples").glob("*.txt"))


@pytest.fixture
def verbatim(tmp_path):
    """Run a command on a database of this test; return its exit code and what it says."""

    def run(*arguments, database="here", text=""):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "bot", *arguments],
            cwd=tmp_path,
            env=settings(tmp_path, database),
            input=text,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    return run


def settings(folder, database):
    return environment(DATABASE_URL=f"sqlite+aiosqlite:///{folder}/{database}.db", WORKERS="1", COLUMNS="1000")


def articles(verbatim, database="here"):
    _, said = verbatim("console", "--json", database=database, text="/article list\n")
    return json.loads(said)["reply"]["title"]


def test_what_was_taken_in_goes_out_and_comes_back(verbatim, tmp_path):
    verbatim("ingest", *map(str, SAMPLES))
    before = articles(verbatim)

    assert verbatim("export", "all.zip")[0] == 0
    assert verbatim("import", "all.zip", database="there")[0] == 0
    code, said = verbatim("import", "all.zip", database="there")

    assert code == 0
    assert "Nothing is doubled." in said
    assert articles(verbatim, "there") == before
    assert verbatim("backup", "b.bak")[0] == 0
    code, said = verbatim("restore", "b.bak")
    assert code == 1
    assert "--replace" in said
    assert verbatim("restore", "b.bak", "--replace")[0] == 0
    assert articles(verbatim) == before
    code, said = verbatim("forget", "desk", "1")
    assert code == 1
    assert "--yes" in said
    assert articles(verbatim) == before
    code, said = verbatim("forget", "desk", "1", "--yes")
    assert code == 0
    assert "before-restore" in said.replace(" ", "")  # a long name is wrapped
    assert "before still hold it" in said
    assert articles(verbatim) != before
    assert b"Tamboro" not in (tmp_path / "here.db").read_bytes()


def test_an_import_that_is_killed_is_gone_on_with(verbatim, tmp_path):
    verbatim("ingest", *map(str, SAMPLES))
    verbatim("export", "all.zip")
    slow = "import storage.importing as i; i._MOST_ROWS = 2; import bot.cli as c; c.main(['import', 'all.zip'])"

    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", slow], cwd=tmp_path, env=settings(tmp_path, "killed"))
        time.sleep(2.5)
        process.send_signal(signal.SIGKILL)
        process.wait()
    code, said = verbatim("import", "all.zip", database="killed")

    assert code == 0, said
    assert re.search(r"7 articles|before", said)
    assert articles(verbatim, "killed") == "7 articles here"


@pytest.mark.parametrize("command", ["import", "restore"])
def test_a_file_that_is_none_is_refused_in_a_sentence(verbatim, tmp_path, command):
    (tmp_path / "diary.txt").write_text("Dear diary")

    code, said = verbatim(command, "diary.txt")

    assert code == 1
    assert "Nothing was changed." in said
    assert "Traceback" not in said
