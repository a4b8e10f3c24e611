"""As much of YAML as our compose files use: nested mappings, lists of scalars, quotes, comments, lists in brackets."""

import json
from typing import Any


def load(text: str) -> dict[str, Any]:
    """Return a document's mapping; numbers and the like stay text, `true` and `false` do not.

    Raises:
        ValueError: a line is more than this reads.
    """
    lines = [line for line in map(_uncommented, text.splitlines()) if line.strip()]
    value, rest = _block(lines, 0)
    if rest or not isinstance(value, dict):
        raise ValueError(f"not read: {rest[:1]}")
    return value


def _block(lines: list[str], depth: int) -> tuple[Any, list[str]]:
    """Return what stands at this depth, and the lines after it."""
    if lines[0].lstrip().startswith("- "):
        return _list(lines, depth)
    found: dict[str, Any] = {}
    while lines and _depth(lines[0]) == depth:
        key, parting, rest = lines[0].strip().partition(":")
        if not parting or (rest and not rest.startswith(" ")) or key in found:
            raise ValueError(f"not read: {lines[0]!r}")
        lines = lines[1:]
        if rest.strip():
            found[key] = _scalar(rest.strip())
        elif lines and _depth(lines[0]) > depth:
            found[key], lines = _block(lines, _depth(lines[0]))
        else:
            found[key] = None
    return found, lines


def _list(lines: list[str], depth: int) -> tuple[list[Any], list[str]]:
    found = []
    while lines and _depth(lines[0]) == depth and lines[0].lstrip().startswith("- "):
        found.append(_scalar(lines[0].strip()[2:].strip()))
        lines = lines[1:]
    return found, lines


def _scalar(text: str) -> Any:
    if text[0] in '"[':
        return json.loads(text)
    if text[0] in "'{&*!|>%@`":
        raise ValueError(f"not read: {text!r}")
    return {"true": True, "false": False}.get(text, text)


def _depth(line: str) -> int:
    if "\t" in line:
        raise ValueError("YAML takes no tabs")
    return len(line) - len(line.lstrip())


def _uncommented(line: str) -> str:
    if line.lstrip().startswith("#"):
        return ""
    return line if '"' in line else line.partition(" #")[0].rstrip()
