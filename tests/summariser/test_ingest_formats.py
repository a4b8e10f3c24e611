"""Files of word processors, mail programs and browsers, and archives of them, read as people would copy their text."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from file_makers import docx, eml, epub, mhtml, odt, pdf, png, rtf, zipped

from summariser.errors import (
    BrokenFileError,
    EmptyFileError,
    EncryptedFileError,
    NothingInsideError,
    TooLargeError,
    UnsafeFileError,
    UnsupportedKindError,
)
from summariser.ingest import Limits, prepare, read
from summariser.model import DateKind, NoteKind

STORY = "The bridge at Halm was closed on Monday. Nobody knows for how long."
MORE = "The ferry runs instead, said its owner, Tom Vik. He asks two crowns a head."
LONG = " ".join([STORY, MORE] * 2)


def notes(document, *kinds):
    return [(note.role, note.text) for note in document.notes if note.kind in kinds]


def only(document):
    (article,) = document.articles
    return article


def stands(document):
    """Tell that every article stands in the canonical text where it says."""
    return all(document.text[one.start : one.end] == one.text for one in document.articles)


# OpenDocument


def test_an_opendocument_text_keeps_its_headings_apart():
    data = odt((1, "Bridge closed"), (0, "By Ada Roe"), (0, STORY), (2, "What now"), (0, MORE))

    document = read(data, "story.odt")

    assert (document.format, document.encoding) == ("odt", None)
    assert (only(document).title, only(document).author) == ("Bridge closed", "Ada Roe")
    assert only(document).text == f"{STORY}\n\nWhat now\n\n{MORE}"


def test_an_opendocument_text_reads_as_it_is_printed():
    marked = (
        'The bridge<text:s text:c="2"/>at <text:span>Halm</text:span> was<text:note><text:note-citation>1'
        "</text:note-citation><text:note-body><text:p>By whom?</text:p></text:note-body></text:note> closed.<text:tab/>"
        "So<text:line-break/>it seems. <office:annotation><text:p>Check this.</text:p></office:annotation>Nobody knows."
    )
    deleted = "<text:tracked-changes><text:p>It was open.</text:p></text:tracked-changes>"

    document = read(odt((0, deleted), (0, marked)), "story.odt")

    assert only(document).text == "The bridge  at Halm was closed.\tSo\nit seems. Nobody knows."
    assert notes(document, NoteKind.DROPPED) == [
        ("deleted-text", "It was open."),
        ("footnote", "1 By whom?"),
        ("comment", "Check this."),
    ]


def test_cells_and_items_of_an_opendocument_text_stand_in_lines_of_their_own():
    table = "<table:table><table:table-cell><text:p>Dues</text:p></table:table-cell></table:table>"

    document = read(odt((0, STORY), (0, "</text:p>" + table + "<text:p>" + MORE)), "story.odt")

    assert only(document).text == f"{STORY}\n\nDues\n\n{MORE}"


def test_a_locked_opendocument_text_asks_for_a_copy_without_password():
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"

    with pytest.raises(EncryptedFileError):
        read(odt((0, STORY), extra={"META-INF/manifest.xml": manifest}), "locked.odt")


def test_other_opendocument_files_are_named():
    data = odt(extra={"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})

    with pytest.raises(UnsupportedKindError, match="spreadsheet"):
        read(data, "sums.ods")


@pytest.mark.parametrize("content", ["<office:document", "<a><b></a>", "\0\0"])
def test_a_damaged_opendocument_text_says_so(content):
    with pytest.raises(BrokenFileError, match="OpenDocument"):
        read(odt(content=content), "cut.odt")


def test_a_container_whose_own_description_is_damaged_says_so():
    data = bytearray(odt((0, STORY)))
    data[data.index(b"mimetype") + 12 : data.index(b"mimetype") + 20] = b"\xff" * 8

    with pytest.raises(BrokenFileError, match="OpenDocument"):
        read(bytes(data), "a.odt")


# Rich text


def test_rich_text_keeps_its_headings_apart():
    document = read(rtf((1, "Bridge closed"), (0, "By Ada Roe"), (0, STORY), (0, MORE)), "story.rtf")

    assert document.format == "rtf"
    assert (only(document).title, only(document).author) == ("Bridge closed", "Ada Roe")
    assert only(document).text == f"{STORY}\n\n{MORE}"


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        ("It was {\\b very} wet.", "It was very wet."),
        ("It was \\ldblquote wet\\rdblquote\\emdash so she said.", "It was “wet”—so she said."),
        ("A caf\\'e9 in K\\'f6ln.", "A café in Köln."),
        ("\\uc2\\u8364\\'80\\'80 5 were paid.", "€ 5 were paid."),
        ("\\u-10179?\\u-8704? was all he wrote.", "\U0001f600 was all he wrote."),
        ("{\\f1 \\'d3\\'e1\\'c7\\'e3} he said.", "سلام he said."),
        (
            'See {\\field{\\*\\fldinst{HYPERLINK "http://x.example/a"}}{\\fldrslt{the weir}}} now.',
            "See the weir now.",
        ),
        ("It {\\deleted never }rained.", "It rained."),
        ("It {\\v secretly }rained.", "It rained."),
        ("It rained.{\\footnote Hard.} A lot.", "It rained. A lot."),
        ("{\\pict\\wmetafile8 0102ff}It rained.", "It rained."),
        ("{\\pict\\bin6 }}}{{{}It rained.", "It rained."),
        ("{\\*\\unheard{\\of thing}}It rained.", "It rained."),
        ("He wrote \\{so\\}.\\~Twice\\_fold, co\\-operating.", "He wrote {so}.\u00a0Twice‑fold, cooperating."),
        ("It rained.\\line It poured.", "It rained.\n\nIt poured."),
        ("{\\listtext 1.\\tab}First of all, it rained.", "First of all, it rained."),
    ],
)
def test_rich_text_reads_as_it_is_printed(marked, shown):
    document = read(rtf((0, marked), (0, STORY)), "story.rtf")

    assert only(document).text == f"{shown}\n\n{STORY}"


def test_what_rich_text_hides_is_noted():
    data = rtf((0, f"{STORY}{{\\footnote Since May.}} {{\\v psst}}{{\\deleted gone}}"))

    assert notes(read(data, "story.rtf"), NoteKind.DROPPED) == [
        ("footnote", "Since May."),
        ("hidden-text", "psst"),
        ("deleted-text", "gone"),
    ]


def test_rich_text_that_ends_in_the_middle_is_read_so_far_and_says_so():
    document = read(rtf((0, STORY), (0, MORE))[:-30], "cut.rtf")

    assert only(document).text.startswith(STORY)
    assert "ends in the middle" in document.notes[-1].detail


@pytest.mark.parametrize(
    ("code_page", "letter"),
    [("\\ansicpg1251", "Ж"), ("\\mac", "∆"), ("\\ansicpg99999", "Æ"), ("\\ansicpg65001", "\ufffd")],
)
def test_rich_text_is_in_the_encoding_that_it_names(code_page, letter):
    data = f"{{\\rtf1{code_page} {STORY} It says \\'c6.}}".encode()

    assert only(read(data, "a.rtf")).text == f"{STORY} It says {letter}."


@pytest.mark.parametrize("data", [b"{\\rtf1" + b"{" * 20_000, b"{\\rtf1 " + b"\\a" * 1_000_001])
def test_rich_text_of_nothing_but_marks_is_refused(data):
    with pytest.raises(TooLargeError, match="marks"):
        read(data, "marks.rtf")


def test_rich_text_without_words_is_empty():
    with pytest.raises(EmptyFileError):
        read(b"{\\rtf1\\ansi{\\info{\\title Nothing}}}", "a.rtf")


# E-mail


def test_a_mail_is_its_words_with_subject_sender_and_date_as_facts():
    document = read(eml(f"{STORY}\n\n{MORE}\n"), "mail.eml")

    article = only(document)
    assert document.format == "eml"
    assert article.text == f"{STORY}\n\n{MORE}"
    assert (article.title, article.author, article.source) == ("The weir is open again", "Ada Roe", None)
    assert (article.published.isoformat(), article.published_kind) == ("2021-10-05T06:30:00+02:00", DateKind.PUBLISHED)
    assert "From: Ada Roe <ada@weir.example>" in notes(document, NoteKind.DROPPED)[0][1]


@pytest.mark.parametrize(
    ("sender", "source", "author"),
    [
        ("The Halm Herald <news@halm.example>", "The Halm Herald", None),
        ("news@halm.example", None, None),
        ("=?utf-8?q?J=C3=B8rgen_Vik?= <j@halm.example>", None, "Jørgen Vik"),
        ("=?no-such-thing?q?a?= <j@halm.example>", None, "=?no-such-thing?q?a?="),
    ],
)
def test_the_sender_of_a_mail_is_its_author_or_its_paper(sender, source, author):
    data = eml(STORY).replace(b"Ada Roe <ada@weir.example>", sender.encode())

    assert (only(read(data, "a.eml")).source, only(read(data, "a.eml")).author) == (source, author)


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Re: Fwd: The weir", "The weir"),
        ("=?iso-8859-6?b?x+TN0dE=?=", "الحرر"),
        ("AW: WG: Das Wehr", "Das Wehr"),
        ("=?utf-8?b?broken", "=?utf-8?b?broken"),
    ],
)
def test_the_subject_of_a_mail_is_its_title(subject, title):
    data = eml(STORY, subject="@@").replace(b"@@", subject.encode())

    assert only(read(data, "a.eml")).title == title


def test_of_a_plain_and_a_marked_form_the_plain_one_is_read():
    document = read(eml(f"{STORY}\n", f"<html><body><p>{STORY}</p><p>Unsubscribe</p></body></html>"), "a.eml")

    assert only(document).text == STORY


def test_a_plain_form_that_says_nothing_gives_way_to_the_page():
    page = (
        f"<html><head><style>p {{}}</style></head><body><div style='display:none'>Preview</div>"
        f"<h1>Bridge closed</h1><p>{STORY}</p><p>{MORE}</p></body></html>"
    )

    document = read(eml("View this mail in your browser.\n", page), "a.eml")

    assert only(document).text == f"Bridge closed\n\n{STORY}\n\n{MORE}"
    assert only(document).title == "The weir is open again"


def test_a_mail_in_another_encoding_is_read_in_it():
    data = (
        b"From: a@b.example\r\nMIME-Version: 1.0\r\nSubject: Le pont\r\nContent-Type: text/plain; charset=cp1252\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\nLe pont est ferm=E9 depuis lundi =\r\n"
        b"matin. Personne ne sait pourquoi.\r\n"
    )

    assert only(read(data, "a.eml")).text == "Le pont est fermé depuis lundi matin. Personne ne sait pourquoi."


def test_a_signature_is_left_out():
    document = read(eml(f"{STORY}\n\n-- \nAda Roe\nWeir Road 3\n"), "a.eml")

    assert only(document).text == STORY
    assert ("signature", "Ada Roe\nWeir Road 3") in notes(document, NoteKind.DROPPED)


def test_documents_that_are_attached_are_articles_of_their_own():
    data = eml(
        f"{MORE}\n",
        attached=[
            ("bridge.docx", "application/octet-stream", docx(("Heading1", "Bridge closed"), ("", STORY))),
            ("../../notes.txt", "text/plain", f"Ferry dues\n\n{MORE} {STORY}".encode()),
            ("logo.png", "image/png", png()),
            ("invite.ics", "text/calendar", b"BEGIN:VCALENDAR"),
            ("things.zip", "application/zip", zipped({"a.txt": STORY})),
        ],
    )

    document = read(data, "a.eml")

    assert [article.title for article in document.articles] == ["The weir is open again", "Bridge closed", "Ferry dues"]
    assert stands(document)
    assert notes(document, NoteKind.SPLIT) == [("file", "bridge.docx"), ("file", "notes.txt")]
    assert notes(document, NoteKind.REFUSED) == [("file", "invite.ics"), ("file", "things.zip")]
    assert ("image", "logo.png") in notes(document, NoteKind.DROPPED)
    assert [one.published is None for one in document.articles] == [False, True, True]


def test_a_message_that_is_forwarded_as_a_file_is_an_article_of_its_own():
    inner = eml(f"{STORY}\n", subject="The first one")
    data = (
        b"From: b@b.example\nMIME-Version: 1.0\nSubject: Fwd: look\nContent-Type: multipart/mixed; boundary=x\n\n"
        b"--x\nContent-Type: text/plain\n\n"
        + MORE.encode()
        + b"\n--x\nContent-Type: message/rfc822\n\n"
        + inner
        + b"\n--x--\n"
    )

    document = read(data, "a.eml")

    assert [article.title for article in document.articles] == ["look", "The first one"]
    assert [article.text for article in document.articles] == [MORE, STORY]


def test_a_mail_of_nothing_but_attachments_is_those():
    document = read(eml("", attached=[("a.pdf", "application/pdf", pdf([STORY]))]), "a.eml")

    assert only(document).text == STORY


def test_a_mail_of_nothing_is_empty():
    with pytest.raises(EmptyFileError):
        read(eml(" \n"), "a.eml")


@pytest.mark.parametrize("bait", [b"boundary=x;", b"message/rfc822 "])
def test_a_mail_of_parts_inside_parts_is_refused(bait):
    with pytest.raises(TooLargeError, match="parts inside parts"):
        read(eml(STORY) + bait * 101, "a.eml")


def test_a_mail_of_endless_lines_is_refused():
    with pytest.raises(TooLargeError, match="lines"):
        read(eml(STORY) + b"\n" * 400_001, "a.eml")


# Pages that browsers save


def test_a_page_that_a_browser_saved_reads_as_the_page():
    page = (
        "<html><head><title>The weir is open</title></head><body><nav>Home</nav>"
        f"<article><h1>The weir is open</h1><p>{LONG}</p></article>"
    )

    document = read(mhtml(page), "weir.mhtml")

    assert document.format == "mhtml"
    assert (only(document).title, only(document).text) == ("The weir is open", LONG)
    assert only(document).published is None


def test_a_saved_page_without_a_page_says_so():
    data = mhtml(f"<p>{LONG}</p>").replace(b"text/html", b"text/plain")

    with pytest.raises(Exception, match="no article"):
        read(data, "weir.mht")


# Books


def test_a_book_is_its_chapters():
    document = read(
        epub(
            ("cover.xhtml", "<h1>Tales</h1>"),
            ("one.xhtml", f"<h1>The bridge</h1><p>{LONG}</p>"),
            ("two.xhtml", f"<h1>The ferry</h1><p>{LONG}&nbsp;So it goes.</p><script>x</script>"),
        ),
        "tales.epub",
    )

    assert document.format == "epub"
    assert [article.title for article in document.articles] == ["The bridge", "The ferry"]
    assert {(article.source, article.author) for article in document.articles} == {("Tales of the Weir", "Ada Roe")}
    assert document.articles[1].text == f"{LONG}\u00a0So it goes."
    assert stands(document)
    assert ("front-matter", "Tales") in notes(document, NoteKind.DROPPED)


def test_a_book_whose_chapters_are_locked_says_so():
    lock = (
        '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:CipherData>'
        '<enc:CipherReference URI="OEBPS/one.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>'
    )

    with pytest.raises(EncryptedFileError):
        read(epub(("one.xhtml", f"<p>{LONG}</p>"), extra={"META-INF/encryption.xml": lock}), "a.epub")


@pytest.mark.parametrize("place", ["META-INF/container.xml", "OEBPS/book.opf"])
@pytest.mark.parametrize("content", ["<a/>", "no xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_a_damaged_book_says_so(place, content):
    with pytest.raises((BrokenFileError, UnsafeFileError, EmptyFileError), match=r"a\.epub"):
        read(epub(("one.xhtml", f"<p>{LONG}</p>"), extra={place: content}), "a.epub")


# Archives


def test_an_archive_is_its_files_in_the_order_of_their_names():
    data = zipped(
        {
            "day 10.txt": f"Day ten\n\n{STORY} {MORE}",
            "day 9.html": f"<html><body><h1>Day nine</h1><p>{LONG}</p></body></html>",
            "more/mail.eml": eml(f"{STORY}\n", subject="A mail"),
            "more/a.pdf": pdf([STORY]),
            "more/b.odt": odt((1, "Odd"), (0, MORE)),
            "more/c.rtf": rtf((1, "Rich"), (0, MORE)),
            "__MACOSX/._day 9.html": b"\0\1",
            ".DS_Store": b"\0\1",
            "photo.png": png(),
            "code.py": "print('The bridge is closed.')",
            "empty.txt": "",
            "inner.zip": zipped({"a.txt": STORY}),
        }
    )

    reading = prepare(data, "week.zip")

    document = reading.document
    assert document.format == "zip"
    assert [article.title for article in document.articles] == [
        *("Day nine", "Day ten", None, "Odd", "Rich", "A mail"),
    ]
    assert stands(document)
    assert [name for _, name in notes(document, NoteKind.SPLIT)] == [
        *("day 9.html", "day 10.txt", "more/a.pdf", "more/b.odt", "more/c.rtf", "more/mail.eml"),
    ]
    refused = {note.text: note.detail for note in document.notes if note.kind is NoteKind.REFUSED}
    assert {name: refused[name].partition(",")[0] for name in refused} == {
        "code.py": "“code.py” is a .py file",
        "empty.txt": "“empty.txt” is empty. Check that the upload finished",
        "inner.zip": "“inner.zip” is an archive inside another file. Unpack it and send what is in it.",
        "photo.png": "“photo.png” is a picture",
    }


def test_a_bundle_in_an_archive_is_split_as_elsewhere():
    bundle = "\n\n".join(
        f"Table {number} for Skarvoy is out\n\nBy Oda Brekke\n\nSKARVOY — {LONG}\n\n----------" for number in range(3)
    )

    document = read(zipped({"a.txt": f"The bridge\n\n{LONG}", "b.txt": bundle}), "a.zip")

    assert len(document.articles) == 4
    assert stands(document)
    assert [role for role, _ in notes(document, NoteKind.SPLIT)] == ["file", "file", "article", "article"]


def test_names_in_an_archive_lead_nowhere_and_hide_nothing():
    name = "../../etc/C:\\x\u202etxt.\x07passwd\n.txt"

    document = read(zipped({name: STORY}), "a.zip")

    assert notes(document, NoteKind.SPLIT) == [("file", "etc/C:/xtxt.passwd.txt")]


def test_a_locked_archive_asks_for_one_without_password():
    data = bytearray(zipped({"a.txt": STORY}))
    data[data.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(EncryptedFileError):
        read(bytes(data), "a.zip")


def test_one_locked_file_in_an_archive_is_told():
    data = bytearray(zipped({"a.txt": STORY, "b.txt": MORE}))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1

    document = read(bytes(data), "a.zip")

    assert only(document).text == STORY
    assert "password" in next(note.detail for note in document.notes if note.kind is NoteKind.REFUSED)


def test_an_archive_of_nothing_readable_says_why():
    with pytest.raises(NothingInsideError, match=r"holds no file that I can read. “photo.png” is a picture"):
        read(zipped({"photo.png": png(), "z.zip": zipped({"a.txt": STORY})}), "a.zip")
    with pytest.raises(EmptyFileError):
        read(zipped({"folder/": ""}), "a.zip")


def test_a_damaged_file_in_an_archive_costs_the_others_nothing():
    data = bytearray(zipped({"a.txt": STORY, "b.pdf": pdf([STORY])}))
    data[data.index(b"b.pdf") + 9] ^= 0xFF

    document = read(bytes(data), "a.zip")

    assert only(document).text == STORY
    assert [note.text for note in document.notes if note.kind is NoteKind.REFUSED] == ["b.pdf"]


def test_an_archive_keeps_to_the_limits():
    files = {f"{number}.txt": f"Day {number} at the weir\n\n{LONG}" for number in range(5)}

    with pytest.raises(TooLargeError, match="articles"):
        read(zipped(files), "a.zip", limits=Limits(articles=4))
    with pytest.raises(TooLargeError, match="characters"):
        read(zipped(files), "a.zip", limits=Limits(characters=800))
    with pytest.raises(TooLargeError, match="files inside"):
        read(zipped({f"{number}.txt": "" for number in range(501)}), "a.zip")
    with pytest.raises(NothingInsideError, match="bytes"):
        read(zipped({"a.txt": "a" * 2000}), "a.zip", limits=Limits(bytes=1000))


# What a file is taken for


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", pdf([STORY]), "a PDF"),
        ("a.pdf", STORY.encode(), "plain text"),
        ("a.docx", odt((0, STORY)), "an OpenDocument text"),
        ("a.doc.txt", rtf((0, STORY)), "a rich-text file"),
        ("a.html", eml(STORY), "an e-mail"),
        ("a.txt", f"<html><body><p>{LONG}</p></body></html>".encode(), "a web page"),
    ],
)
def test_a_name_that_promises_another_kind_is_told(name, data, said):
    document = read(data, name)

    assert f"By its content it is {said}" in next(note.detail for note in document.notes if note.role == "kind")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.md", STORY.encode()),
        ("a", pdf([STORY])),
        ("a.xyz", STORY.encode()),
        ("A.HTM", f"<html><p>{LONG}</p></html>".encode()),
        ("a.zip", zipped({"a.txt": STORY})),
    ],
)
def test_a_name_that_says_what_a_file_is_needs_no_remark(name, data):
    assert not [note for note in read(data, name).notes if note.role == "kind"]


def test_a_file_of_two_kinds_says_which_it_was_read_as():
    page = f"<html><body><p>{LONG}</p></body></html>".encode()

    document = read(pdf([STORY]) + zipped({"a.txt": MORE}), "a.pdf")
    other = read(page * 9 + zipped({"a.txt": MORE})[-40:], "a.html")

    assert (document.format, other.format) == ("pdf", "html")
    assert "may open it as a ZIP archive; it was read as a PDF" in document.notes[0].detail
    assert "may open it as a ZIP archive; it was read as a web page" in next(
        note.detail for note in other.notes if note.role == "kind"
    )


def test_a_text_that_speaks_of_formats_is_a_text():
    document = read(f"Such a file begins with %PDF-1.4, she said. {STORY}".encode(), "a.txt")

    assert document.format == "txt"


WEBVTT = """\
WEBVTT - the harbour news

NOTE made by hand

00:01.000 --> 00:04.000 align:start
The old lighthouse of Tarn was sold
on Friday to its keeper's daughter.

two
00:04.000 --> 00:08.000
<v Ada Roe>She paid one crown &amp; a <i>cake</i>.

00:08.000 --> 00:12.000
She paid one crown &amp; a cake.
The harbour office confirmed the price on Monday.
"""
SUBRIP = """\
1
00:00:01,000 --> 00:00:04,000
Was anybody hurt when the lamp

2
00:00:04,000 --> 00:00:08,500
of the lighthouse fell on Friday?

3
00:00:09,000 --> 00:00:12,000
- Nobody was hurt, the keeper of the lighthouse said.
"""


def test_subtitles_are_read_without_their_times():
    document = read(WEBVTT.encode(), "news.vtt")

    assert document.text == (
        "The old lighthouse of Tarn was sold on Friday to its keeper's daughter.\n\n"
        "Ada Roe: She paid one crown & a cake. The harbour office confirmed the price on Monday."
    )
    assert [note.role for note in document.notes] == ["caption-note", "caption-note", *["caption-time"] * 3]
    assert document.notes[3].text == "two\n00:04.000 --> 00:08.000"


def test_numbered_subtitles_are_read_and_a_dash_begins_another_turn():
    document = read(SUBRIP.encode(), "talk.srt")

    assert document.text == (
        "Was anybody hurt when the lamp of the lighthouse fell on Friday?\n\n"
        "- Nobody was hurt, the keeper of the lighthouse said."
    )


def test_a_text_that_speaks_of_times_is_no_subtitles():
    story = f"The clip\n\nIt runs 00:00:01,000 --> 00:00:04,000, said the court.\n\n{STORY}"

    document = read(story.encode(), "story.txt")

    assert "00:00:01,000 --> 00:00:04,000" in document.text


def test_an_opendocument_text_without_its_list_of_parts_is_read():
    whole = ZipFile(BytesIO(odt((1, "Bridge closed"), (0, STORY))))
    parts = {name: whole.read(name) for name in whole.namelist() if name != "META-INF/manifest.xml"}

    assert read(zipped(parts), "story.odt").format == "odt"
