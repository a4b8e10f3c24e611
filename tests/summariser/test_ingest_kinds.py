"""Every kind of file is told by its content; each that cannot be read says why."""

import io
import struct
import zipfile
import zlib

import pytest
import trafilatura

from summariser.errors import (
    BinaryFileError,
    BrokenFileError,
    EmptyFileError,
    EncryptedFileError,
    NoArticleError,
    ReadError,
    ScannedFileError,
    TooLargeError,
    UnsupportedKindError,
)
from summariser.ingest import Limits, prepare, read
from summariser.model import DateKind, NoteKind

STORY = "The bridge at Halm was closed on Monday. Nobody knows for how long."


def pdf(*pages, encrypted=False):
    """Build a PDF by hand: each page a list of lines in Helvetica, one below the other."""
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
    kids = []
    for number, lines in enumerate(pages):
        page, content = 4 + 2 * number, 5 + 2 * number
        kids.append(f"{page} 0 R")
        shown = " T* ".join("({}) Tj".format(line.replace("(", "\\(").replace(")", "\\)")) for line in lines)
        stream = f"BT /F1 11 Tf 14 TL 60 760 Td {shown} ET".encode("cp1252")
        objects[page] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        ).encode()
        objects[content] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out, offsets = bytearray(b"%PDF-1.4\n"), {}
    for number, body in sorted(objects.items()):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offsets[number] for number in sorted(offsets))
    lock = b"/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"ab" * 32, b"cd" * 32)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, lock if encrypted else b"")
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % table)


def docx(*paragraphs, extra=None, document=None):
    """Build a Word file by hand: (style, words) pairs."""
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>'
        for style, words in paragraphs
    )
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{types}"/>',
        "_rels/.rels": f'<Relationships xmlns="{relations}">'
        f'<Relationship Id="r1" Type="{office}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": document or f'<w:document xmlns:w="{w}"><w:body>{body}</w:body></w:document>',
        "word/styles.xml": f'<w:styles xmlns:w="{w}"><w:style w:type="paragraph" w:styleId="Heading1">'
        '<w:name w:val="heading 1"/></w:style></w:styles>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{relations}"/>',
    }
    return zipped(parts | (extra or {}))


def zipped(parts):
    """Build a ZIP container."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return out.getvalue()


def png():
    """Build the smallest picture."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return b"\x89PNG\r\n\x1a\n" + chunk


def texts(document):
    return [article.text for article in document.articles]


def test_a_pdf_reads_whatever_it_is_called():
    document = read(pdf(["Bridge at Halm closed", "", *STORY.split(" Nobody ")]), "notes.txt")

    assert document.format == "pdf"
    assert document.encoding is None
    assert "The bridge at Halm was closed on Monday." in document.articles[0].text


def test_running_heads_and_page_numbers_of_a_pdf_are_dropped():
    pages = [
        [
            "The Halm Report",
            f"The story goes on over page {number} and says",
            f"more of note {number} in its second line.",
            str(number),
        ]
        for number in range(1, 5)
    ]

    document = read(pdf(*pages), "report.pdf")

    assert "The Halm Report" not in document.text
    assert [note.text for note in document.notes if note.role == "running-head"].count("The Halm Report") == 4
    assert "over page 3 and says\nmore of note 3" in document.text


def test_a_locked_pdf_asks_for_a_copy_without_password():
    with pytest.raises(EncryptedFileError, match="password"):
        read(pdf([STORY], encrypted=True), "locked.pdf")


def test_a_scanned_pdf_asks_for_text_recognition():
    with pytest.raises(ScannedFileError, match="OCR"):
        read(pdf([], []), "scan.pdf")


def test_a_truncated_pdf_is_damaged():
    with pytest.raises(BrokenFileError, match="PDF"):
        read(b"%PDF-1.4 and nothing else of use", "cut.pdf")


def test_a_pdf_keeps_to_the_limits_of_pages_and_characters():
    with pytest.raises(TooLargeError, match="pages"):
        read(pdf([STORY], [STORY]), "long.pdf", limits=Limits(pages=1))
    with pytest.raises(TooLargeError, match="characters"):
        read(pdf([STORY], [STORY]), "long.pdf", limits=Limits(characters=80))


def test_a_word_file_keeps_its_headings_apart():
    data = docx(("Heading1", "Bridge closed"), ("", "By Ada Roe"), ("", STORY), ("Heading1", "What now"), ("", STORY))

    reading = prepare(data, "story.bin")

    article = reading.document.articles[0]
    assert reading.document.format == "docx"
    assert (article.title, article.author) == ("Bridge closed", "Ada Roe")
    assert article.text == f"{STORY}\n\nWhat now\n\n{STORY}"
    assert len(reading.sentences[0]) == 4


def test_pictures_in_a_word_file_are_left_out():
    drawing = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body><w:p><w:r>'
        '<w:pict><v:shape><v:imagedata r:id="p1"/></v:shape></w:pict></w:r></w:p>'
        f"<w:p><w:r><w:t>{STORY}</w:t></w:r></w:p></w:body></w:document>"
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="p1"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/p.png"/>'
        "</Relationships>"
    )

    document = read(
        docx(document=drawing, extra={"word/_rels/document.xml.rels": relations, "word/media/p.png": png()}), "a.docx"
    )

    assert texts(document) == [STORY]


def test_a_word_file_that_swells_is_refused_before_it_is_unpacked():
    with pytest.raises(TooLargeError, match="unpacked"):
        read(docx(("", STORY), extra={"word/media/x.bin": b"\0" * 3 * 2**20}), "bomb.docx")


def test_a_word_file_with_entities_is_refused():
    bomb = '<!DOCTYPE w [<!ENTITY a "aaaa">]><w:document>&a;</w:document>'

    with pytest.raises(BrokenFileError, match="Word"):
        read(docx(document=bomb), "entities.docx")


def test_a_damaged_word_file_says_so():
    with pytest.raises(BrokenFileError, match="Word"):
        read(docx(document="<w:document"), "cut.docx")
    with pytest.raises(BrokenFileError, match="Word"):
        read(docx(("", STORY))[:-30], "cut.docx")


def test_a_locked_word_file_asks_for_a_copy_without_password():
    data = bytearray(docx(("", STORY)))
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1

    with pytest.raises(EncryptedFileError):
        read(bytes(data), "locked.docx")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"{\\rtf1 words}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest", "old Office"),
        (png(), "picture"),
        (b"ID3\x03 sounds", "sound"),
        (b"\x00\x00\x00\x18ftypmp42", "video"),
        (b"\x1f\x8b\x08 packed", "archive"),
        (b"\x7fELF code", "program"),
        (b"SQLite format 3\x00", "database"),
        (b"%!PS-Adobe", "PostScript"),
        (zipped({"xl/workbook.xml": "x"}), "Excel"),
        (zipped({"ppt/presentation.xml": "x"}), "PowerPoint"),
        (zipped({"mimetype": "x", "META-INF/container.xml": "x"}), "EPUB"),
        (zipped({"mimetype": "x", "content.xml": "x"}), "OpenDocument"),
        (zipped({"a.txt": STORY}), "ZIP"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "XML"),
        (b"From: a@example.org\nSubject: b\nMIME-Version: 1.0\n\nHello.", "e-mail"),
    ],
)
def test_a_kind_that_is_not_read_is_named(data, kind):
    with pytest.raises(UnsupportedKindError, match=kind):
        read(data, "upload.txt")


def test_a_damaged_container_is_named_by_what_it_claims_to_be():
    with pytest.raises(BrokenFileError, match="ZIP"):
        read(b"PK\x03\x04 and no directory", "things.zip")


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\0\0", "\u202e\u200b\n".encode()])
def test_a_file_of_nothing_is_empty(data):
    with pytest.raises(EmptyFileError):
        read(data, "empty.txt")


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 4, b"\x01\x02\x03\x04 text", b"a\0\0\0" * 50, b"\xff\xfe\x00\xd8\x00\xd8"]
)
def test_bytes_that_are_no_text_are_refused_under_any_name(data):
    with pytest.raises(BinaryFileError):
        read(data, "story.txt")


def test_too_many_bytes_characters_lines_articles_or_tags_are_refused():
    with pytest.raises(TooLargeError, match="bytes"):
        read(STORY.encode(), "a.txt", limits=Limits(bytes=10))
    with pytest.raises(TooLargeError, match="characters"):
        read(STORY.encode(), "a.txt", limits=Limits(characters=10))
    with pytest.raises(TooLargeError, match="lines"):
        read(b"A line\n" * 100_001, "a.txt")
    with pytest.raises(TooLargeError, match="tags"):
        read(b"<html>" + b"<p>" * 100_001, "a.html")
    with pytest.raises(TooLargeError, match="articles"):
        read(STORY.encode(), "a.txt", limits=Limits(articles=0))


@pytest.mark.parametrize(
    "data",
    [
        b"<html><body><nav><a href='/'>Home</a></nav></body></html>",
        b"<html></html>",
        b"Accept all cookies\n\nLeave a Reply\n\nYour name",
    ],
)
def test_a_page_without_an_article_says_so(data):
    with pytest.raises(NoArticleError):
        read(data, "menu.html")


def test_a_page_is_told_by_its_tags_and_its_data_gives_its_date():
    page = (
        "<div><h1>Bridge at Halm closed</h1>{}<p>"
        + STORY
        + " "
        + STORY
        + "</p><p>Two roads<br>meet here. They are narrow.</p></div>"
    )
    stamps = {
        '<script type="application/ld+json">{"datePublished": "2020-05-01T10:00:00Z"}</script>': (
            5,
            DateKind.PUBLISHED,
        ),
        '<meta property="article:modified_time" content="2020-06-01"/>': (6, DateKind.MODIFIED),
        '<time datetime="2020-07-01">today</time>': (7, DateKind.PUBLISHED),
        '<link rel="canonical" href="https://example.org/2020/08/01/bridge"/>': (8, DateKind.INFERRED),
    }

    for stamp, (month, kind) in stamps.items():
        document = read(page.format(stamp).encode(), "page")

        assert document.format == "html"
        assert (document.articles[0].published.month, document.articles[0].published_kind) == (month, kind)


def test_an_address_without_a_date_says_nothing():
    page = f"<html><head><link rel='canonical' href='/bridge'/></head><body><p>{STORY} {STORY}</p></body></html>"

    assert read(page.encode(), "page.html").articles[0].published is None


def test_of_several_times_on_a_page_none_is_the_articles():
    page = f"<html><body><p>{STORY} {STORY}</p><time datetime='2020-07-01'>a</time><time datetime='2021-07-01'>b</time>"

    assert read(page.encode(), "page.html").articles[0].published is None


def test_a_page_in_a_declared_encoding_is_read_in_it():
    page = f'<html><head><meta charset="cp1251"></head><body><p>{STORY} {STORY} Мост закрыт.</p></body></html>'

    document = read(page.encode("cp1251"), "page.html")

    assert document.encoding == "cp1251"
    assert "Мост закрыт." in document.text


@pytest.mark.parametrize("charset", ["rot13", "no-such-thing"])
def test_a_page_that_declares_nonsense_is_guessed(charset):
    page = f'<html><head><meta charset="{charset}"></head><body><p>{STORY} {STORY} Café.</p></body></html>'

    assert read(page.encode("cp1252"), "page.html").encoding == "cp1252"


def test_markdown_reads_as_its_readers_see_it():
    source = (
        "Bridge closed\n=============\n\n"
        "The **bridge** at [Halm](https://example.org) was *closed* on `Monday`. ![x](y.png)\n\n"
        "> Nobody knows \\*why\\*. <!-- not yet -->\n\nWhat now\n---\n\n"
        "```\nIt is __shut__ for good.\n```\n\n[ref]: https://example.org\n"
    )

    document = read(source.encode(), "story.txt")

    assert document.format == "md"
    assert document.articles[0].title == "Bridge closed"
    assert document.articles[0].text == (
        "The bridge at Halm was closed on Monday.\n\nNobody knows *why*.\n\nWhat now\n\nIt is shut for good."
    )


def test_a_name_alone_can_make_text_markdown():
    assert read(STORY.encode(), "story.MD").format == "md"
    assert read(f"---\nno fields here\n---\n{STORY}".encode(), "story.md").articles[0].text == STORY


def test_any_error_of_a_parser_becomes_ours(monkeypatch):
    def fail(*_args, **_kwargs):
        raise RecursionError

    monkeypatch.setattr(trafilatura, "bare_extraction", fail)

    with pytest.raises(BrokenFileError, match="HTML") as raised:
        read(f"<html><p>{STORY}</p></html>".encode(), "page.html")
    assert isinstance(raised.value, ReadError)
    assert isinstance(raised.value.__cause__, RecursionError)


def test_what_a_page_lost_around_its_article_is_noted():
    document = read(f"<html><body><p>{STORY} {STORY}</p></body></html>".encode(), "page.html")

    assert [note.role for note in document.notes if note.kind is NoteKind.DROPPED] == ["page-furniture"]
