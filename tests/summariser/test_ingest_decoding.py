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


LATIN = {
    "pl": ("Gęś wróciła na łąkę, choć śnieg jeszcze leżał. Żaden źrebak się nie bał.", ["cp1250", "iso8859-2"]),
    "cs": ("Příští týden začne oprava věže. Řemeslníci žádají čtyři měsíce.", ["cp1250", "iso8859-2"]),
    "hu": (
        "Az új hidat ősszel nyitják meg. Két évig épült, és több pénzbe került, mint gondolták. Őrült szűk.",
        ["cp1250"],
    ),
    "tr": ("Yağmur bütün gün sürdü. Çiftçiler şimdi güneşi ve ılık rüzgârı bekliyor.", ["cp1254"]),
}


@pytest.mark.parametrize(("text", "encoding"), [(text, one) for text, all_ in LATIN.values() for one in all_])
def test_a_latin_encoding_is_told_by_its_languages_letters_and_noted_as_a_guess(text, encoding):
    document = read(text.encode(encoding), "a.txt")

    assert document.articles[0].text == text
    assert roles(document, NoteKind.GUESSED) == ["encoding"]


@pytest.mark.parametrize(
    "text",
    [
        "Le garçon a mangé un gâteau à Nîmes. Où était sa sœur ?",
        "Þetta er gömul brú. Hún verður opnuð aftur í vor, að sögn bæjarstjórans.",
        "“A tank of 20 m³”, he said; the señor, the Köln café and the smörgås were fine.",
    ],
)
def test_western_letters_stay_western(text):
    assert read(text.encode("cp1252"), "a.txt").articles[0].text == text


def test_a_page_that_states_its_language_needs_fewer_letters():
    body = (
        "<p>To jest stary most. Nikt nie wie, co z nim zrobią. Jest bardzo stary i stoi od lat w tym samym miejscu.</p>"
    )

    document = read(f"<html lang='pl'><body>{body * 2}</body></html>".encode("cp1250"), "a.html")

    assert "zrobią" in document.text


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("iso-8859-7", "iso8859-7"), ("ISO-8859-1", "cp1252"), ("rot13", "cp1252"), ("no\0ne", "cp1252")],
)
def test_what_the_server_said_is_believed_where_it_names_an_encoding(charset, encoding):
    assert read("The café was shut. Nobody knows why.".encode("cp1252"), "a.txt", charset=charset).encoding == encoding


def test_letters_in_seven_bits_are_what_the_server_says():
    text = "橋は月曜日に閉まった。なぜなのか誰も知らない。"

    assert "橋は月曜日に閉まった。" in read(text.encode("iso-2022-jp"), "a.txt", charset="iso-2022-jp").text


@pytest.mark.parametrize("charset", ["utf-7", "cp500", "cp037", "utf-16-le", "hz"])
def test_a_server_that_would_make_other_words_of_plain_letters_is_not_believed(charset):
    said = "The +AGM-lerk paid ~{!!~} 5 dollars for the clock of the town hall, and nobody asked him why."

    assert said in read(said.encode(), "a.txt", charset=charset).text


def test_whole_utf_8_is_utf_8_whatever_the_server_said():
    assert read(ENGLISH.encode(), "a.txt", charset="iso-8859-1").articles[0].text == ENGLISH


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_half_a_character_costs_that_character_alone(encoding):
    document = read(f"{ENGLISH} It \ud83d stays shut.".encode(encoding, "surrogatepass"), "a.txt")

    assert document.articles[0].text == f"{ENGLISH} It \ufffd stays shut."
    assert roles(document, NoteKind.GUESSED) == ["surrogate"]


def test_a_damaged_byte_costs_that_letter_alone():
    document = read(f"{ENGLISH} The señor is sorry.\n\n{ENGLISH} ".encode() + b"It \xff stays shut.", "a.txt")

    assert document.articles[0].text == f"{ENGLISH} The señor is sorry.\n\n{ENGLISH} It \ufffd stays shut."
    assert document.encoding == "utf-8"
    assert roles(document, NoteKind.GUESSED) == ["damage"]


def test_joiners_that_shape_letters_stay():
    text = "او می‌گوید که پل بسته شد. کسی نمی‌داند چرا."

    assert read(text.encode(), "a.txt").articles[0].text == text


def test_line_ends_of_every_kind_are_one():
    document = read(b"A heading here\r\n\r\nThe bridge is shut.\x0cIt is old.\rYes, it is.", "a.txt")

    assert document.articles[0].text == "The bridge is shut.\n\nIt is old.\n\nYes, it is."
