import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
SAMPLES = Path(__file__).parents[3] / "bot" / "samples"


def draw(lines, *, cwd):
    """Type lines into a console that prints messages; return its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bot", "console", "--messages"],
        cwd=cwd,
        env={**os.environ, "DATABASE_URL": "sqlite+aiosqlite://"},
        input=lines,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def texts(component):
    """Yield all words that a component shows, whatever it is in."""
    if isinstance(component, dict):
        yield from (value for key, value in component.items() if key in ("content", "label") and isinstance(value, str))
        component = list(component.values())
    if isinstance(component, list):
        for part in component:
            yield from texts(part)


def test_each_line_is_followed_by_the_message_that_answers_it(tmp_path):
    (tmp_path / "note.txt").write_text("The ferry to Oban was late again on Monday, the harbour office said.\n" * 3)

    code, items = draw("/add file:note.txt\n/add\n/summarise article:zebra\n", cwd=tmp_path)

    typed = [item["says"] for item in items[::2]]
    receipt, form, refusal = items[1::2]
    assert code == 1
    assert typed == ["/add file:note.txt", "/add", "/summarise article:zebra"]
    assert receipt["flags"] == 1 << 15
    assert "Undo" in texts(receipt["components"])
    assert form["modal"]["title"] == "Bring articles in"
    assert any("That did not work" in text for text in texts(refusal["components"]))


@pytest.mark.parametrize("script", sorted(PICTURES.glob("*.txt")), ids=lambda path: path.stem)
def test_the_pictures_of_the_readme_can_be_made_again(script):
    code, items = draw(script.read_text(encoding="utf-8"), cwd=SAMPLES)

    assert code == 0
    assert script.with_suffix(".png").is_file()
    assert all("components" in item for item in items if "says" not in item)
