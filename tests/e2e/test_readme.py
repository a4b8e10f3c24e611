"""The README's commands are true: they are run, the long ones where VERBATIM_README_TEST says that there is time."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from answers import ROOT, environment

README = (ROOT / "README.md").read_text()
SET_UP = re.findall(r"^python3 -m venv \.venv && .+$", README, re.MULTILINE)
COMMANDS = sorted(set(re.findall(r"`(?:\.venv/bin/)?verbatim ([a-z]+)", README)))

slow = pytest.mark.skipif(
    os.environ.get("VERBATIM_README_TEST") != "1",
    reason="installs everything anew, which takes minutes: set VERBATIM_README_TEST=1 (.ci/run does)",
)


@pytest.fixture
def fresh_copy(tmp_path):
    """The project as somebody gets it who clones it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(command, folder):
    # The machine's own settings for pip are needed; neither an active environment nor the wish for this very test is.
    left_out = {"VERBATIM_README_TEST", "VIRTUAL_ENV", "PYTHONPATH", "PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST"}
    seen = {name: value for name, value in os.environ.items() if name not in left_out}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=seen, capture_output=True, text=True, timeout=900, check=False
    )


TRANSCRIPT = re.findall(r"<!-- demo -->\n```text\n(.+?)```", README, re.DOTALL)


def test_the_transcript_is_what_the_demo_prints():
    demo = subprocess.run(
        [sys.executable, "-m", "bot", "demo"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    [transcript] = TRANSCRIPT
    shown = [line.removesuffix("…").rstrip() for line in transcript.splitlines()]
    assert [line for line in shown if line not in demo.stdout] == []


def test_there_are_two_commands_that_set_everything_up():
    assert len(SET_UP) == 2
    assert SET_UP[0].endswith(".venv/bin/verbatim demo")
    assert SET_UP[1].endswith(".venv/bin/pytest")


@slow
def test_the_first_command_shows_the_demo(fresh_copy):
    done = run(SET_UP[0], fresh_copy)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Verbatim" in done.stdout
    assert not (fresh_copy / "data").exists()


def test_the_second_command_is_what_ci_runs():
    """It installs and runs these very tests, so that CI's last line is its test."""
    last = (ROOT / ".ci/run").read_text().splitlines()[-1]

    echo = ["bash", "-c", last.replace("eval", "echo", 1)]
    found = subprocess.run(echo, cwd=ROOT, capture_output=True, text=True, check=True)

    assert found.stdout.strip() == SET_UP[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_it_names_is_there(command):
    done = subprocess.run(
        [sys.executable, "-m", "bot", command, "--help"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr


def test_every_file_that_it_links_to_is_there():
    links = re.findall(r"\]\((?!https?://)([^)#]+)", README)

    assert [link for link in links if not Path(ROOT / link).exists()] == []
