"""Each import rule of pyproject.toml bites: a trial breach of it is found."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

# For each rule: the module that breaks it, and the import that does.
BREACHES = {
    "bot over storage over summariser": ("storage/ids.py", "import bot.config"),
    "storage sees the summariser's model alone": ("storage/ids.py", "import summariser.rank"),
    "one way through the application": ("bot/services/calls.py", "import bot.cogs"),
    "use cases, settings, storage and summariser know no Discord": ("bot/services/calls.py", "import discord"),
    "the summariser is arithmetic: no clock, no files, no network, no chance": ("summariser/model.py", "import random"),
    "sqlalchemy has one door: storage": ("bot/services/calls.py", "import sqlalchemy"),
    "sumy has one door: summariser.rank": ("summariser/model.py", "import sumy"),
    "nltk has two doors: summariser.text and summariser.entities": ("summariser/rank/__init__.py", "import nltk"),
    "matplotlib and Pillow have one door: summariser.chart": ("bot/app.py", "import PIL"),
    "pycrfsuite has one door: summariser.entities": ("summariser/rank/__init__.py", "import pycrfsuite"),
    "asyncpg has one door: storage.postgres": ("bot/services/calls.py", "import asyncpg"),
    "prometheus_client has one door: bot.metrics": ("bot/services/calls.py", "import prometheus_client"),
    "discord has four doors: cogs, gateway, console and its renderer": ("bot/app.py", "import discord"),
    "the summariser's rooms do not go in circles": ("summariser/text/__init__.py", "import summariser.rank"),
}


def test_every_rule_has_a_trial_breach():
    assert {contract["name"] for contract in CONTRACTS} == set(BREACHES)


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_found(name, tmp_path):
    for package in ("bot", "storage", "summariser"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.txt"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    module, breach = BREACHES[name]
    with (tmp_path / module).open("a") as file:
        file.write(f"\n{breach}\n")

    # The tool's own entry point, with the copy first on the path in place of the installed packages.
    code = (
        "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 1
    assert f"{name} BROKEN" in done.stdout
