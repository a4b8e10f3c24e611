"""What is pressed, chosen and sent in, however it was made up: ours, or refused in a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cogs.controls import MOST, Used, answers, pressed, sent_in
from bot.services.errors import TooLongError, UnknownRequestError
from bot.services.replies import Asked, Field

BUTTON, MENU, TEXT_INPUT, FILE_UPLOAD = 2, 3, 4, 19

_IDS = st.one_of(
    st.text(max_size=12),
    st.builds(
        "{}{}:{}".format,
        st.sampled_from(["vb:", "vm:", "vf:", "", "vb"]),
        st.sampled_from(["1", "9" * 19, "9" * 20, "-1", "0x1", "١", "", "1e3"]),
        st.sampled_from(["0", "9999", "10000", "-1", "²", "", "0:0"]),
    ),
)
_VALUES = st.none() | st.text() | st.lists(st.text(max_size=5) | st.sampled_from(["0", "-1", "99999", "٣"]), max_size=2)


@given(
    custom_id=_IDS | st.none() | st.integers(),
    kind=st.sampled_from([BUTTON, MENU, TEXT_INPUT, None, "2"]),
    values=_VALUES,
)
@pytest.mark.trust("forged-random")
def test_whatever_is_pressed_is_a_control_that_may_exist_or_is_refused(custom_id, kind, values):
    data = {"custom_id": custom_id, "component_type": kind, "values": values}

    for read in (pressed, sent_in):
        try:
            used = read(data)
        except UnknownRequestError:
            continue
        assert 0 <= used.actions_id <= MOST
        assert 0 <= used.index <= 9999


def test_ours_are_known():
    assert pressed({"custom_id": "vb:12:3", "component_type": BUTTON}) == Used(12, 3)
    assert pressed({"custom_id": "vm:12:0", "component_type": MENU, "values": ["7"]}) == Used(12, 7)
    assert sent_in({"custom_id": "vf:12:0"}) == Used(12, 0)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"custom_id": "vb:12:3", "component_type": MENU, "values": ["0"]},
        {"custom_id": "vm:12:0", "component_type": BUTTON},
        {"custom_id": "vm:12:0", "component_type": MENU},
        {"custom_id": "vm:12:0", "component_type": MENU, "values": []},
        {"custom_id": "vm:12:0", "component_type": MENU, "values": ["0", "1"]},
        {"custom_id": f"vb:{MOST + 1}:0", "component_type": BUTTON},
    ],
)
def test_what_a_client_made_up_is_refused(data):
    with pytest.raises(UnknownRequestError):
        pressed(data)


def form(*parts, resolved=None):
    """Return a form as Discord hands it over: each part in a label."""
    components = [{"type": 18, "component": part} for part in parts]
    return {"custom_id": "vf:1:0", "components": components, "resolved": {"attachments": resolved or {}}}


def text(name, value):
    return {"type": TEXT_INPUT, "custom_id": name, "value": value}


def files(name, *keys):
    return {"type": FILE_UPLOAD, "custom_id": name, "values": list(keys)}


def file(key):
    return {"id": key, "filename": f"{key}.txt", "size": 5, "url": "https://cdn.discordapp.com/x"}


ASKED = (Field("text", "Article", longest=20), Field("files", "Files", kind=Asked.FILES, most=2))


def test_what_was_asked_for_is_taken():
    data = form(text("text", "A pasted text."), files("files", "5"), resolved={"5": file("5")})

    taken = answers(data, ASKED)

    assert taken["text"] == "A pasted text."
    assert [one.filename for one in taken["files"]] == ["5.txt"]


@pytest.mark.trust("forged-form-fields")
def test_what_was_never_asked_for_is_left_where_it_is():
    data = form(text("text", "Mine."), text("method", "lead"), text("uploads", "[1]"), text("message_id", "5"))

    assert answers(data, ASKED) == {"text": "Mine."}


def test_a_file_where_text_was_asked_for_and_text_where_files_were_are_not_taken():
    data = form(files("text", "5"), text("files", "/etc/passwd"), resolved={"5": file("5")})

    assert answers(data, ASKED) == {"files": []}


def test_no_more_files_than_asked_for_and_none_that_discord_does_not_know():
    data = form(files("files", "1", "2", "3", "4"), resolved={key: file(key) for key in "234"})

    assert [one.filename for one in answers(data, ASKED)["files"]] == ["2.txt", "3.txt"]


def test_a_text_beyond_the_forms_length_is_told():
    with pytest.raises(TooLongError, match="“Article” takes at most 20 characters"):
        answers(form(text("text", "x" * 21)), ASKED)
