"""Every kind of file is told by its content; each that cannot be read says why."""

import pytest
import trafilatura
from file_makers import docx, pdf, png, zipped

from summariser.errors import (
    BinaryFileError,
    BrokenFileError,
    EmptyFileError,
    EncryptedFileError,
    NoArticleError,
    ReadError,
    ScannedFileError,
    TooLargeError,
    UnsafeFileError,
    UnsupportedKindError,
)
from summariser.ingest import Limits, prepare, read
from summariser.model import DateKind, NoteKind

STORY = "The bridge at Halm was closed on Monday. Nobody knows for how long."


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

    with pytest.raises(UnsafeFileError, match="entities"):
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
        (zipped({"mimetype": "x", "META-INF/manifest.xml": "x", "content.xml": "x"}), "OpenDocument"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "XML"),
    ],
)
def test_a_kind_that_is_not_read_is_named(data, kind):
    with pytest.raises(UnsupportedKindError, match=kind):
        read(data, "upload.txt")


def test_an_ending_that_promises_another_kind_is_called_wrong():
    with pytest.raises(UnsupportedKindError, match="wrong ending"):
        read(png(), "photo.TXT")
    with pytest.raises(UnsupportedKindError, match=r"^“photo\.png” is a picture"):
        read(png(), "photo.png")


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


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Write to <b@weir.example> today.", "Write to <b@weir.example> today."),
        ("It lies at x <b and c> y.", "It lies at x <b and c> y."),
        ("It rained on Friday.<br>He stayed in.", "It rained on Friday.\n\nHe stayed in."),
        ("It was <b class='x'>very</b> wet.", "It was very wet."),
        ("It was ***very*** wet and ___very___ cold.", "It was very wet and very cold."),
        ("He lied [sic](so she thinks) to us.", "He lied [sic](so she thinks) to us."),
        ("He lied [sic][3] to us.", "He lied [sic][3] to us."),
        ("[Editor]: We asked him twice.", "[Editor]: We asked him twice."),
        ("[^1]: The ledger is in the attic.", "[^1]: The ledger is in the attic."),
        ("See [the weir](https://x.example/weir_(old) 'A weir') now.", "See the weir now."),
    ],
)
def test_markdown_takes_no_word_of_the_text(line, shown):
    assert read(f"# The weir\n\n{line}\n\n{STORY}".encode(), "a.md").articles[0].text == f"{shown}\n\n{STORY}"


def test_what_markdown_hides_is_noted():
    source = (
        f"---\ntitle: The weir\nmood: grim\n---\n![A heron](h.png)\n\n<!-- check this -->\n\n```toml\na = 1\n```\n\n"
        f"See [the weir][w].\n\n{STORY}\n\n[w]: https://x.example/weir\n"
    )

    document = read(source.encode(), "a.md")

    assert {note.role: note.text for note in document.notes} == {
        "front-matter": "title: The weir\nmood: grim",
        "html-comment": "check this",
        "image": "A heron",
        "code-fence": "toml",
        "link": "[w]: https://x.example/weir",
    }
    assert document.articles[0].text == f"a = 1\n\nSee the weir.\n\n{STORY}"


def test_a_sentence_above_a_rule_is_no_heading():
    document = read(f"# The weir\n\n{STORY}\n---\n\nIt is old. Nobody minds.".encode(), "a.md")

    assert document.articles[0].text == f"{STORY}\n\nIt is old. Nobody minds."


@pytest.mark.parametrize("sign", ["It was **very** wet.", "# # #", "#1 in the table", "See [the note](below) there."])
def test_one_sign_of_markdown_makes_none(sign):
    assert read(f"The weir\n\n{STORY}\n\n{sign}".encode(), "a.txt").format == "txt"


@pytest.mark.parametrize("signs", ["# A\n\n# B", "[a](b.html) and [c](d.html)", "# A\n\nIt was **very** wet."])
def test_several_signs_make_markdown(signs):
    assert read(f"{signs}\n\n{STORY}".encode(), "a.txt").format == "md"


PAGE = (
    "<html><head><title>{}</title>{}</head><body><article><h1>The weir is open</h1><p>"
    + f"{STORY} " * 3
    + "</p></article>"
)


@pytest.mark.parametrize(
    ("title", "source"),
    [("The weir is open - Halm Herald", "Halm Herald"), ("The weir is open", None), ("Something else | Herald", None)],
)
def test_a_windows_title_ends_with_its_source(title, source):
    meta = "<meta property='og:title' content='The weir is open'>"

    assert read(PAGE.format(title, meta).encode(), "a.html").articles[0].source == source


@pytest.mark.parametrize(
    ("stated", "author"),
    [
        ('{"name": "Ada Roe"}', "Ada Roe"),
        ('[{"name": "Ada Roe"}, "Tom Vik"]', "Ada Roe, Tom Vik"),
        ('"https://x.example/ada"', None),
        ('{"name": 7}', None),
        ("oops", None),
    ],
)
def test_a_pages_data_names_its_author(stated, author):
    data = f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {stated}}}</script>'

    assert read(PAGE.format("The weir", data).encode(), "a.html").articles[0].author == author


MAIL = (
    "From: Ada Roe <ada@weir.example>\nTo: desk@weir.example\nSubject: The weir is\n open again\n"
    "Date: Tue, 5 Oct 2021 06:30:12 +0200\n\n"
)


def test_the_head_of_a_pasted_mail_is_metadata():
    document = read(f"{MAIL}{STORY}".encode(), "a.txt")

    article = document.articles[0]
    assert (article.title, article.text) == ("The weir is open again", STORY)
    assert article.published.isoformat() == "2021-10-05T06:30:00+02:00"
    assert [(note.role, note.text) for note in document.notes] == [("mail-header", MAIL.strip())]


@pytest.mark.parametrize("head", ["From: here\nTo: eternity\n\n", "Date: 3 May 2020\n\n"])
def test_lines_that_only_look_like_a_mails_stay(head):
    document = read(f"{head}{STORY}".encode(), "a.txt")

    assert not [note for note in document.notes if note.role == "mail-header"]


def test_a_mail_of_nothing_but_its_head_is_left_as_it_is():
    assert "The weir is" in read(f"{MAIL}\n".encode(), "a.txt").text


def test_a_word_that_a_line_parted_is_joined_only_when_the_text_has_it_whole():
    text = (
        "The watermill turns again after nine years of rest in the valley of the\n"
        "Halm. The miller, who is eighty, says that there is nobody who can water-\n"
        "mill, as the villagers call it, and that she would rather sell the saw-\n"
        "mill."
    )

    document = read(text.encode(), "a.txt")

    assert "who can watermill,\nas the villagers" in document.text
    assert "sell the saw-\nmill." in document.text
    assert [(note.role, note.text) for note in document.notes] == [("hyphen", "watermill")]


def test_any_error_of_a_parser_becomes_ours(monkeypatch):
    def fail(*_args, **_kwargs):
        raise RecursionError

    monkeypatch.setattr(trafilatura, "bare_extraction", fail)

    with pytest.raises(BrokenFileError, match="HTML") as raised:
        read(f"<html><p>{STORY}</p></html>".encode(), "page.html")
    assert isinstance(raised.value, ReadError)
    assert isinstance(raised.value.__cause__, RecursionError)


def test_what_a_page_lost_around_its_article_is_noted():
    menu = "<nav><a href='/'>Home</a><a href='/news'>News</a></nav>"
    document = read(f"<html><body>{menu}<main><p>{STORY} {STORY}</p></main></body></html>".encode(), "page.html")

    dropped = [(note.role, note.text) for note in document.notes if note.kind is NoteKind.DROPPED]
    assert dropped == [("navigation", "Home News")]
