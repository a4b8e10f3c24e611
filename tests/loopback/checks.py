"""What Discord would refuse, and in which words."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiohttp import web

Payload = dict[str, Any]

EPHEMERAL = 1 << 6
LOADING = 1 << 7
SILENT = 1 << 12
COMPONENTS_V2 = 1 << 15

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT, SECTION, TEXT, THUMBNAIL = 1, 2, 3, 4, 9, 10, 11
GALLERY, FILE, SEPARATOR, CONTAINER, LABEL, FILE_UPLOAD = 12, 13, 14, 17, 18, 19
SELECTS = {3, 5, 6, 7, 8}
LINK_BUTTON, PREMIUM_BUTTON = 5, 6
ONLY_V2 = {SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER}

INVALID_FORM = 50035


class Refusal(Exception):  # noqa: N818 - named for what Discord does, not for a failure of ours
    """An answer that is not 2xx."""

    def __init__(self, status: int, code: int, message: str, body: Payload | None = None) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.body = body or {"message": message, "code": code}

    def response(self, headers: Mapping[str, str] | None = None) -> web.Response:
        """Return it as it goes over the wire."""
        return json_response(self.body, status=self.status, headers=headers)


def json_response(body: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Return JSON under the bare media type: with a charset beside it discord.py would not take it for JSON."""
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers, content_type="application/json")


def invalid(where: str, code: str, message: str) -> Refusal:
    """Return the refusal of a form, with the one field that is wrong."""
    errors: Payload = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(where.split(".")):
        errors = {part: errors}
    body = {"message": "Invalid Form Body", "code": INVALID_FORM, "errors": errors}
    return Refusal(400, INVALID_FORM, f"{where}: {message}", body)


def check_length(where: str, value: str | None, low: int, high: int) -> None:
    """Refuse a string that is too short or too long, where there is one."""
    if value is not None and not low <= len(value) <= high:
        message = f"Must be between {low} and {high} in length; this has {len(value)}."
        raise invalid(where, "BASE_TYPE_BAD_LENGTH", message)


def check_count(where: str, items: Sequence[object], low: int, high: int) -> None:
    """Refuse a list with too few or too many items."""
    if not low <= len(items) <= high:
        message = f"Must be between {low} and {high} in length; this has {len(items)}."
        raise invalid(where, "BASE_TYPE_BAD_LENGTH", message)


def check_message(message: Payload, filenames: set[str]) -> None:
    """Refuse a message that Discord would not show: `message` is what it would become, its files known by name.

    Raises:
        Refusal: with the field and the limit.
    """
    components = message.get("components") or []
    if message.get("flags", 0) & COMPONENTS_V2:
        _check_no_legacy_fields(message)
        if not components:
            raise Refusal(400, 50006, "Cannot send an empty message")
    else:
        _check_plain(message, filenames)
    check_components(components, filenames)


def _check_no_legacy_fields(message: Payload) -> None:
    for legacy in ("content", "embeds", "poll", "sticker_ids"):
        if message.get(legacy):
            raise invalid(
                legacy,
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{legacy}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )


def _check_plain(message: Payload, filenames: set[str]) -> None:
    components = message.get("components") or []
    check_length("content", message.get("content"), 0, 2000)
    check_count("embeds", message.get("embeds") or [], 0, 10)
    check_count("components", components, 0, 5)
    for component in walk(components):
        if component["type"] in ONLY_V2:
            raise invalid("components", "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
    if not (message.get("content") or message.get("embeds") or filenames or components or message.get("poll")):
        raise Refusal(400, 50006, "Cannot send an empty message")


def walk(components: Sequence[Payload]) -> Iterator[Payload]:
    """Give every component, those inside others too, from top to bottom."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for inner in ("accessory", "component"):
            if inner in component:
                yield from walk([component[inner]])


def check_components(components: Sequence[Payload], filenames: set[str]) -> None:
    """Refuse what breaks a limit of the whole, then what breaks one of a single component."""
    everything = list(walk(components))
    if len(everything) > 40:
        message = f"The total number of components exceeds the limit of 40: {len(everything)}."
        raise invalid("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    texts = sum(len(component["content"]) for component in everything if component["type"] == TEXT)
    if texts > 4000:
        message = f"The text of all components exceeds 4000 characters: {texts}."
        raise invalid("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)
    ids = Counter(component["custom_id"] for component in everything if component.get("custom_id"))
    doubled = [custom_id for custom_id, count in ids.items() if count > 1]
    if doubled:
        message = f"Component custom id cannot be duplicated: {doubled[0]}"
        raise invalid("components", "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    for component in everything:
        _check_component(component, filenames)


def _check_component(component: Payload, filenames: set[str]) -> None:
    kind = component["type"]
    children = component.get("components") or []
    check_length("custom_id", component.get("custom_id"), 1, 100)
    if kind == TEXT:
        check_length("content", component["content"], 1, 4000)
    elif kind == BUTTON:
        _check_button(component)
    elif kind == ACTION_ROW:
        only_buttons = all(child["type"] == BUTTON for child in children)
        check_count("components", children, 1, 5 if only_buttons else 1)
    elif kind in SELECTS:
        _check_select(component)
    elif kind == SECTION:
        check_count("components", children, 1, 3)
        if "accessory" not in component:
            raise invalid("accessory", "BASE_TYPE_REQUIRED", "This field is required")
    elif kind == CONTAINER:
        check_count("components", children, 1, 40)
    elif kind == FILE:
        _check_file(component["file"]["url"], filenames)
    elif kind == GALLERY:
        _check_gallery(component["items"], filenames)


def _check_button(button: Payload) -> None:
    check_length("label", button.get("label"), 0, 80)
    check_length("url", button.get("url"), 1, 512)
    if not button.get("label") and not button.get("emoji"):
        raise invalid("label", "BUTTON_COMPONENT_LABEL_REQUIRED", "A label or an emoji is required")
    link = button["style"] == LINK_BUTTON
    if link and (not button.get("url") or button.get("custom_id")):
        raise invalid("url", "BASE_TYPE_REQUIRED", "A link button has a url and no custom id")
    if not link and button["style"] != PREMIUM_BUTTON and (not button.get("custom_id") or button.get("url")):
        raise invalid("custom_id", "BASE_TYPE_REQUIRED", "A custom id is required")


def _check_select(select: Payload) -> None:
    check_length("custom_id", select.get("custom_id", ""), 1, 100)
    check_length("placeholder", select.get("placeholder"), 0, 150)
    if select["type"] != STRING_SELECT:
        return
    options = select.get("options") or []
    check_count("options", options, 1, 25)
    for option in options:
        check_length("options.label", option["label"], 1, 100)
        check_length("options.value", option["value"], 1, 100)
        check_length("options.description", option.get("description"), 0, 100)
    if len({option["value"] for option in options}) < len(options):
        raise invalid("options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified value is already used")


def _check_gallery(items: list[Payload], filenames: set[str]) -> None:
    check_count("items", items, 1, 10)
    for item in items:
        _check_file(item["media"]["url"], filenames)
        check_length("items.description", item.get("description"), 0, 1024)


def _check_file(url: str, filenames: set[str]) -> None:
    if not url.startswith("attachment://"):
        return
    name = url.removeprefix("attachment://")
    if name not in filenames:
        message = f"The referenced attachment was not found: {name}"
        raise invalid("file.url", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message)


def check_modal(modal: Payload) -> None:
    """Refuse a form that Discord would not open."""
    check_length("data.custom_id", modal.get("custom_id") or "", 1, 100)
    check_length("data.title", modal.get("title") or "", 1, 45)
    check_count("data.components", modal.get("components") or [], 1, 40)
    for component in walk(modal["components"]):
        check_length("custom_id", component.get("custom_id"), 1, 100)
        check_length("label", component.get("label"), 1, 45)
        check_length("description", component.get("description"), 1, 100)
        check_length("placeholder", component.get("placeholder"), 0, 100)
        check_length("value", component.get("value"), 0, 4000)


def check_suggestions(data: Payload) -> None:
    """Refuse what could not be offered while somebody types."""
    choices = data.get("choices") or []
    check_count("data.choices", choices, 0, 25)
    for choice in choices:
        check_length("data.choices.name", choice["name"], 1, 100)
        if isinstance(choice["value"], str):
            check_length("data.choices.value", choice["value"], 1, 100)


def check_commands(commands: Sequence[Payload]) -> None:
    """Refuse commands that could not be registered."""
    check_count("commands", [command for command in commands if command.get("type", 1) == 1], 0, 100)
    if len({(command["name"], command.get("type", 1)) for command in commands}) < len(commands):
        raise invalid("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
    for command in commands:
        for item in _with_options(command):
            check_length("name", item["name"], 1, 32)
            check_count("options", item.get("options") or [], 0, 25)
            check_count("choices", item.get("choices") or [], 0, 25)
            if command.get("type", 1) == 1:
                check_length("description", item.get("description", ""), 1, 100)
        total = sum(map(_characters, _with_options(command)))
        if total > 8000:
            raise invalid(
                "commands", "APPLICATION_COMMAND_TOO_LARGE", f"A command has at most 8000 characters: {total}"
            )


def _with_options(item: Payload) -> Iterator[Payload]:
    yield item
    for option in item.get("options") or []:
        yield from _with_options(option)


def _characters(item: Payload) -> int:
    choices = sum(len(choice["name"]) + len(str(choice["value"])) for choice in item.get("choices") or [])
    longest = sum(
        max(map(len, [item.get(key) or "", *(item.get(f"{key}_localizations") or {}).values()]))
        for key in ("name", "description")
    )
    return longest + choices
