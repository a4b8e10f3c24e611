"""TRUST.md is true: each of its lines has a name, and a test that bears it."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINE = re.compile(r"^\| `([a-z0-9-]+)` \| (.*) \|$", re.MULTILINE)


def lines() -> dict[str, str]:
    """Return what TRUST.md promises, by name."""
    return dict(LINE.findall((ROOT / "TRUST.md").read_text()))


def shown() -> Iterator[tuple[str, str]]:
    """Yield each name with a test that shows it; only marks on tests count, or on a test's cases."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield from ((name, f"{path.name}::{node.name}") for name in _names(node))


def _names(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for decorator in test.decorator_list:
        for part in ast.walk(decorator):
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "trust":
                yield from (argument.value for argument in part.args if isinstance(argument, ast.Constant))


def test_each_line_has_a_test():
    without = lines().keys() - {name for name, _ in shown()}

    assert not without


def test_each_mark_names_a_line():
    unknown = [(name, test) for name, test in shown() if name not in lines()]

    assert unknown == []


def test_each_line_has_a_name_of_its_own_and_says_something():
    names = [name for name, _ in LINE.findall((ROOT / "TRUST.md").read_text())]
    rows = [row for row in (ROOT / "TRUST.md").read_text().splitlines() if row.startswith("| ")]

    assert Counter(names).most_common(1)[0][1] == 1
    assert all(said.endswith(".") for said in lines().values())
    assert all(LINE.match(row) or row in {"| name | |", "| --- | --- |"} for row in rows)


def test_a_mark_that_is_on_no_test_does_not_count(tmp_path, monkeypatch):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_none.py").write_text('@pytest.mark.trust("member-own-desk")\ndef helper(): ...\n')
    monkeypatch.setitem(globals(), "ROOT", tmp_path)

    assert list(shown()) == []


def test_the_readme_leads_to_it():
    assert "(TRUST.md)" in (ROOT / "README.md").read_text()
