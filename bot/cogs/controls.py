"""Buttons, menus and forms, known by their custom_id alone: they work after a restart, and in messages of years ago.

What a client sends is checked here, in our own code, and not by the library's items: those end in the log what they do
not understand, and the one who pressed waits for nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from discord import ComponentType

from bot.cogs.calls import handed_over
from bot.services.errors import TooLongError, UnknownRequestError
from bot.services.replies import Asked, Field

# The largest number that the database takes for an id.
MOST = 2**63 - 1

_BUTTON = re.compile(r"vb:([0-9]{1,19}):([0-9]{1,4})")
_MENU = re.compile(r"vm:([0-9]{1,19}):[0-9]{1,4}")
_FORM = re.compile(r"vf:([0-9]{1,19}):([0-9]{1,4})")
_INDEX = re.compile(r"([0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class Used:
    """Which of the kept controls somebody has used."""

    actions_id: int
    index: int


def pressed(data: Mapping[str, Any]) -> Used:
    """Return the button that was pressed, or the line of a menu that was chosen, by its index among all.

    Raises:
        UnknownRequestError: it is none of ours.
    """
    kind, custom_id = data.get("component_type"), str(data.get("custom_id"))
    if kind == ComponentType.button.value and (button := _BUTTON.fullmatch(custom_id)):
        return _used(button[1], button[2])
    chosen = data.get("values")
    line = _INDEX.fullmatch(str(chosen[0])) if isinstance(chosen, list) and len(chosen) == 1 else None
    if kind == ComponentType.string_select.value and line and (menu := _MENU.fullmatch(custom_id)):
        return _used(menu[1], line[1])
    raise UnknownRequestError


def sent_in(data: Mapping[str, Any]) -> Used:
    """Return the form that was sent in.

    Raises:
        UnknownRequestError: it is none of ours.
    """
    form = _FORM.fullmatch(str(data.get("custom_id")))
    if not form:
        raise UnknownRequestError
    return _used(form[1], form[2])


def answers(data: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, Any]:
    """Return what was filled in, by the names of the fields that the form has: strings, and for files lists of them.

    What it did not ask for is left where it is: the use case takes more than its form lets people say.

    Raises:
        TooLongError: there is more text than the form takes.
    """
    asked = {field.name: field for field in fields}
    handed = data.get("resolved", {}).get("attachments", {})
    found: dict[str, Any] = {}
    for part in _parts(data.get("components", ())):
        field = asked.get(str(part.get("custom_id")))
        if field is None:
            continue
        if field.kind is Asked.FILES:
            found[field.name] = [handed_over(handed[key]) for key in part.get("values", ()) if key in handed]
            del found[field.name][field.most :]
        elif isinstance(part.get("value"), str):
            found[field.name] = _fitting(part["value"], field)
    return found


def _parts(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the parts of a form, and what stands in them."""
    for part in components:
        yield part
        yield from _parts(part.get("components", ()))
        yield from _parts([part["component"]] if "component" in part else [])


def _fitting(text: str, field: Field) -> str:
    """Return the text if it is no longer than its field takes.

    Raises:
        TooLongError: it is.
    """
    if len(text) > field.longest:
        raise TooLongError(field.label, field.longest)
    return text


def _used(actions_id: str, index: str) -> Used:
    """Return the control of these numbers.

    Raises:
        UnknownRequestError: no control can have them.
    """
    if int(actions_id) > MOST:
        raise UnknownRequestError
    return Used(int(actions_id), int(index))
