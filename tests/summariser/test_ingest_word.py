"""Word files: what is printed is taken, what is not is noted, and nothing is lost."""

import pytest
from file_makers import docx, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from summariser.errors import TooLargeError
from summariser.ingest import read as ingest
from summariser.ingest.docx import read_docx

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def file(body, *, styles="", **parts):
    """Build a file around the markup of a body; further parts by the name of their relation."""
    parts |= {"styles": f"<w:styles {SPACES}>{styles}</w:styles>"} if styles else {}
    relations = "".join(f'<Relationship Id="{k}" Type="{KINDS}/{k}" Target="{k}.xml"/>' for k in parts)
    extra = {f"word/{name}.xml": words for name, words in parts.items()}
    extra["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>'
    return docx(document=f"<w:document {SPACES}><w:body>{body}</w:body></w:document>", extra=extra)


def p(*runs, properties=""):
    told = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{told}{''.join(runs)}</w:p>"


def r(words, properties=""):
    told = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{told}<w:t xml:space="preserve">{words}</w:t></w:r>'


def char(kind):
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def field(instruction, *result):
    told = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
    return f"{char('begin')}{told}{char('separate')}{''.join(result)}{char('end')}"


def table(*cells):
    return f"<w:tbl><w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr></w:tbl>"


def style(name, shown="", told=""):
    return f'<w:style w:styleId="{name}"><w:name w:val="{shown or name}"/>{told}</w:style>'


def box(*paragraphs):
    """Build a text box as Word writes one: once for itself, and again for programs that do not know it."""
    held = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{held}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{held}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def deleted(words):
    return f"<w:del><w:r><w:delText>{words}</w:delText></w:r></w:del>"


def read(body, **parts):
    extract = read_docx(file(body, **parts), "a.docx")
    return extract.text, [(note.role, note.text) for note in extract.notes]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (p(r("The weir "), r("is open.", "<w:b/>")) + p(r("So it is.")), "The weir is open.\n\nSo it is."),
        (p("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>"), "a\tb\nc"),
        (
            p("<w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op, light</w:t><w:softHyphen/><w:t>house</w:t></w:r>"),
            "co-op, lighthouse",
        ),
        (p(r("x"), properties='<w:tabs><w:tab w:val="left"/></w:tabs>'), "x"),
        (p(field("PAGEREF x", r("Page 9")), r(" says")), "Page 9 says"),
        (p(f'<w:fldSimple w:instr="DATE">{r("5 May")}</w:fldSimple>'), "5 May"),
        (p(f"<w:hyperlink>{r('here')}</w:hyperlink>"), "here"),
        (
            p(r("one"), box(p(r("boxed")), p(r("twice"))), r(" two")) + p(r("three")),
            "one two\n\nboxed\n\ntwice\n\nthree",
        ),
        (p(f"<w:r><v:textbox><w:txbxContent>{p(r('old box'))}</w:txbxContent></v:textbox></w:r>"), "old box"),
        (
            f"<mc:AlternateContent><mc:Choice/><mc:Fallback>{p(r('only here'))}</mc:Fallback></mc:AlternateContent>",
            "only here",
        ),
        (table(p(r("one")), p(r("two"))) + p(r("below")), "one\n\ntwo\n\nbelow"),
        (p(r("first"), properties='<w:numPr><w:numId w:val="1"/></w:numPr>') + p(r("second")), "first\n\nsecond"),
        (f"<w:sdt><w:sdtContent>{p(r('in a control'))}</w:sdtContent></w:sdt>", "in a control"),
        (p('<w:r><w:sym w:char="F0B7"/><w:sym w:char="2192"/><w:sym w:char="zz"/></w:r>', r(" so")), "•→ so"),
        (p(r("E"), "<m:oMath><m:r><m:t>=mc2</m:t></m:r></m:oMath>"), "E=mc2"),
        (p(f"<w:r><w:ruby><w:rt>{r('kana')}</w:rt><w:rubyBase>{r('kanji')}</w:rubyBase></w:ruby></w:r>"), "kanji"),
        (p(r("one "), properties="<w:rPr><w:del/></w:rPr>") + p(r("paragraph")), "one paragraph"),
        (table(p(r("one"), properties="<w:rPr><w:del/></w:rPr>")) + p(r("two")), "one\n\ntwo"),
        (p(f"<w:moveFrom>{r('away')}</w:moveFrom>", f"<w:moveTo>{r('here')}</w:moveTo>"), "here"),
        (p(r("kept", "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>")), "kept"),
    ],
)
def test_what_is_printed_is_taken(body, text):
    assert read(body) == (text, [])


def test_what_was_deleted_or_hidden_is_noted_and_what_was_inserted_stays():
    hidden, shown = r("hidden ", "<w:vanish/>"), r("shown", '<w:vanish w:val="0"/>')
    body = p(r("The weir "), deleted("was "), f"<w:ins>{r('is ')}</w:ins>", deleted("shut"), hidden, shown)

    assert read(body) == ("The weir is shown", [("deleted-text", "was shut"), ("hidden-text", "hidden")])


def test_footnotes_and_comments_are_noted():
    notes = f'<w:footnotes {SPACES}><w:footnote w:type="separator">{p("<w:r><w:separator/></w:r>")}</w:footnote>'
    notes += f"<w:footnote>{p('<w:r><w:footnoteRef/></w:r>', r(' By whom?'))}</w:footnote></w:footnotes>"
    comments = f"<w:comments {SPACES}><w:comment>{p(r('Check this.'))}</w:comment></w:comments>"
    body = p(r("It was shut."), '<w:r><w:footnoteReference w:id="1"/></w:r>')

    told = read(body, footnotes=notes, comments=comments)

    assert told == ("It was shut.", [("footnote", "By whom?"), ("comment", "Check this.")])


BASED = '<w:basedOn w:val="{}"/>'
LEVEL = '<w:pPr><w:outlineLvl w:val="{}"/></w:pPr>'


@pytest.mark.parametrize(
    ("used", "told", "marked"),
    [
        ("Heading2", "", "## Words"),
        ("berschrift1", style("berschrift1", "heading 1"), "# Words"),
        ("Titel", style("Titel", "Title"), "# Words"),
        ("Unter", style("Titel", "Title") + style("Unter", "Subtitle", BASED.format("Titel")), "Words"),
        ("Own", style("H3", "Heading 3") + style("Own", told=BASED.format("H3")), "### Words"),
        ("Deep", style("Deep", told=LEVEL.format(1)), "## Words"),
        ("Body", style("Body", told=LEVEL.format(9)), "Words"),
        ("One", style("One", told=BASED.format("Two")) + style("Two", told=BASED.format("One")), "Words"),
    ],
)
def test_headings_are_told_by_the_names_of_their_styles(used, told, marked):
    text, _ = read(p(r("Words"), properties=f'<w:pStyle w:val="{used}"/>'), styles=told)

    assert text == marked


def test_a_style_may_hide_its_words():
    styles = style("H", told="<w:rPr><w:vanish/></w:rPr>") + style("I", told=BASED.format("H"))
    body = p(r("by paragraph"), properties='<w:pStyle w:val="I"/>') + p(r("seen"), r("by run", '<w:rStyle w:val="H"/>'))

    assert read(body, styles=styles) == ("seen", [("hidden-text", "by paragraph"), ("hidden-text", "by run")])


def test_of_a_field_its_result_is_taken_and_not_what_it_is_made_of():
    body = p(field(f"IF {field('MERGEFIELD a', r('b'))} = 1", r("shown")))

    assert read(body) == ("shown", [("field-code", "b")])


def test_a_field_that_never_ends_loses_no_word_unsaid():
    assert read(p(char("begin"), r("The weir is open."))) == ("", [("field-code", "The weir is open.")])


def test_strict_files_and_numbered_parts_are_read():
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    markup = f'<w:document xmlns:w="{strict}"><w:body>{p(r("So it is."))}</w:body></w:document>'

    assert read_docx(docx(document=markup), "a.docx").text == "So it is."
    assert ingest(zipped({"word/document2.xml": markup}), "a.docx").text == "So it is."


def test_a_file_larger_than_its_parser_takes_at_once_is_read_whole():
    paragraphs = 60_000

    text, _ = read("".join(p(r(f"{number} " + "The weir is open again. " * 8)) for number in range(paragraphs)))

    assert text.count("\n\n") == paragraphs - 1
    assert text.endswith("again.")


def test_more_marks_than_any_book_has_are_refused():
    with pytest.raises(TooLargeError, match="formatting marks"):
        read(p("<w:r/>" * 4_000_000 + r(" ".join(str(n) for n in range(200_000)))))


AROUND = (
    "{}",
    "<w:ins>{}</w:ins>",
    "<w:hyperlink>{}</w:hyperlink>",
    "<w:smartTag>{}</w:smartTag>",
    "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>",
    field("PAGEREF x", "{}"),
)


def together(parts, around="{}"):
    """Join (words, markup) pairs, and put something around their markup."""
    return [word for taken, _ in parts for word in taken], around.format("".join(markup for _, markup in parts))


words = st.integers(0, 10**6).map(lambda number: f"w{number} ")
shown = st.recursive(
    words.map(lambda word: ([word], r(word))),
    lambda inner: st.builds(together, st.lists(inner, min_size=1, max_size=3), st.sampled_from(AROUND)),
    max_leaves=8,
)
paragraphs = st.builds(
    together, st.lists(shown, min_size=1, max_size=4), st.just("{}").map(lambda run: p(run, deleted("gone")))
)
blocks = st.recursive(
    paragraphs,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda cells: (cells[0][0] + cells[1][0], table(cells[0][1], cells[1][1]))),
        st.tuples(paragraphs, inner).map(lambda two: (two[0][0] + two[1][0], p(box(two[0][1])) + two[1][1])),
    ),
    max_leaves=6,
)


@given(st.lists(blocks, min_size=1, max_size=4))
@settings(deadline=None)
def test_no_word_that_is_printed_is_lost_doubled_or_moved(made):
    text, notes = read("".join(markup for _, markup in made))

    assert text.split() == [word.strip() for taken, _ in made for word in taken]
    assert {role for role, _ in notes} == {"deleted-text"}
