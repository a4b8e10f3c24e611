"""Characters: every encoding that is read, every character that cannot stay."""

import pytest

from summariser.errors import BinaryFileError
from summariser.ingest import read
from summariser.model import NoteKind

ENGLISH = "The café at Halm was closed on Monday. Nobody knows why."
ARABIC = "أغلق الجسر في المدينة يوم الاثنين. ولا أحد يعرف السبب."


def roles(document, kind):
    return [note.role for note in document.notes if note.kind is kind]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", [ENGLISH, f"{ENGLISH}\n\n{ARABIC}"])
def test_unicode_is_read_without_a_guess(encoding, text):
    document = read(text.encode(encoding), "a.txt")

    assert document.articles[0].text == text
    assert roles(document, NoteKind.GUESSED) == []


@pytest.mark.parametrize(("text", "encoding"), [(ENGLISH, "cp1252"), (ARABIC, "cp1256"), (ARABIC, "iso-8859-6")])
def test_an_old_encoding_is_guessed_and_noted(text, encoding):
    document = read(text.encode(encoding), "a.txt")

    assert document.articles[0].text == text
    assert document.encoding == encoding
    assert roles(document, NoteKind.GUESSED) == ["encoding"]


def test_other_scripts_are_left_to_statistics():
    text = "Мост в городе закрыли в понедельник, и никто не знает почему. Жители ждут ответа от властей города."

    document = read(text.encode("cp1251"), "a.txt")

    assert document.articles[0].text == text


def test_what_fits_no_encoding_is_no_text():
    with pytest.raises(BinaryFileError):
        read(b"Plain words and then \x81 and more of them.", "a.txt")


@pytest.mark.parametrize(
    ("hidden", "role"),
    [
        ("\u202e", "bidi-control"),
        ("\u2066", "bidi-control"),
        ("\u200b", "invisible-mark"),
        ("\u00ad", "invisible-mark"),
        ("\0", "nul"),
        ("\x07", "control-character"),
    ],
)
def test_what_cannot_be_seen_is_taken_out_and_noted(hidden, role):
    document = read(f"The brid{hidden}ge was closed. Nobody knows why.".encode(), "a.txt")

    assert document.articles[0].text == "The bridge was closed. Nobody knows why."
    assert roles(document, NoteKind.DROPPED) == [role]


def test_half_characters_do_not_survive():
    page = "<html><body><p>The bridge &#xD83D; was closed. Nobody knows why it was shut so soon.</p></body></html>"

    document = read(page.encode(), "a.html")

    assert document.text.encode()


def test_joiners_that_shape_letters_stay():
    text = "او می‌گوید که پل بسته شد. کسی نمی‌داند چرا."

    assert read(text.encode(), "a.txt").articles[0].text == text


def test_line_ends_of_every_kind_are_one():
    document = read(b"A heading here\r\n\r\nThe bridge is shut.\x0cIt is old.\rYes, it is.", "a.txt")

    assert document.articles[0].text == "The bridge is shut.\n\nIt is old.\n\nYes, it is."
