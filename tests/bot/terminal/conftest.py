import logging

import pytest

from bot.config import Settings


@pytest.fixture(autouse=True)
def log_restored():
    """The command sets up the log of the whole process."""
    root = logging.getLogger()
    before = (root.level, root.handlers[:])
    yield
    root.setLevel(before[0])
    root.handlers[:] = before[1]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to work in, and no setting from outside."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return tmp_path
