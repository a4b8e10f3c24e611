"""Real files of each kind, taken apart and put together wrongly: a document comes out, or an error that says why."""

import asyncio
import io
import re
import warnings
import zipfile

import pytest
from file_makers import docx, eml, epub, mhtml, odt, pdf, png, rtf, zipped
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_ingest_invariants import holds_together
from test_ingest_kinds import STORY

from bot.services.compute import Compute
from bot.services.errors import WorkerDiedError
from summariser.errors import ReadError
from summariser.limits import Limits
from summariser.model import Reading

LONG = f"{STORY} " * 4
PAGE = (
    "<html lang='en'><head><title>The weir | The Herald</title><meta name='date' content='2020-05-01'></head><body>"
    f"<h1>The weir is open</h1><p>{LONG}</p><ul><li>One</li></ul><table><tr><td>Two</td></tr></table><p>{STORY}</p>"
)
CONTAINERS = {
    "a.docx": docx(("Heading1", "The weir is open"), ("", STORY), ("", LONG)),
    "a.odt": odt((1, "The weir is open"), (0, STORY), (0, f"A<text:s text:c='3'/>b<text:note>c</text:note> {LONG}")),
    "a.epub": epub(("one.xhtml", f"<h1>One</h1><p>{LONG}</p>"), ("two.xhtml", f"<h1>Two</h1><p>{LONG}</p>")),
    "a.zip": zipped({"a.txt": LONG, "b/c.html": PAGE, "d.eml": eml(STORY), "e.rtf": rtf((1, "E"), (0, STORY))}),
}
STREAMS = {
    "a.rtf": rtf(
        (1, "The weir"), (0, f"{STORY} {{\\b bold}} caf\\'e9 {{\\field{{\\*\\fldinst x}}{{\\fldrslt y}}}}"), (0, LONG)
    ),
    "a.eml": eml(LONG, PAGE, attached=[("a.docx", "application/x", docx(("", STORY))), ("b.png", "image/png", png())]),
    "a.mhtml": mhtml(PAGE),
    "a.html": PAGE.encode(),
    "a.md": f"---\ntitle: The weir\n---\n# The weir\n\n{STORY} **Very** [old](http://x.example).\n\n> {LONG}".encode(),
    "a.txt": f"From: Ada <a@x.example>\nSubject: The weir\nDate: 5 May 2020\n\n{STORY}\n\nBy Ada Roe\n{LONG}".encode(),
}
TEXT = pdf(["The weir is open", "By Ada Roe", *STORY.split(". ")], [LONG[:90], LONG[90:180]])

# What readers of these kinds look for.
WORDS = st.sampled_from(
    [
        *(
            b"<",
            b">",
            b"</",
            b"/>",
            b"<!DOCTYPE a [",
            b"<!--",
            b"-->",
            b"<![CDATA[",
            b"&amp;",
            b"&#0;",
            b"&#xD800;",
            b"&x;",
        ),
        *(b"<w:p>", b"</w:p>", b"<w:t>", b"<text:p>", b"<text:h text:outline-level='-1'>", b"<text:s text:c='99999'/>"),
        *(
            b"<script>",
            b"</body>",
            b"<p",
            b" style='display:none'",
            b"<table>",
            b"<head>",
            b"<svg>",
            b"<br>",
            b"xmlns=''",
        ),
        *(
            b"{",
            b"}",
            b"\\",
            b"\\'",
            b"\\'zz",
            b"\\u-1?",
            b"\\u55357?",
            b"\\u99999?",
            b"\\bin9 ",
            b"\\bin-9 ",
            b"\\*",
            b"\\uc0 ",
        ),
        *(
            b"\\par ",
            b"\\s1 ",
            b"\\outlinelevel-5 ",
            b"\\f99 ",
            b"\\ansicpg0 ",
            b"{\\stylesheet",
            b"{\\fonttbl\\f0\\fcharset128 x;}",
        ),
        *(
            b"\n\n",
            b"\r\n",
            b"\n--",
            b"\nContent-Type: multipart/alternative; boundary=x\n",
            b"\nContent-Type: text/html\n\n",
        ),
        *(
            b"\nContent-Transfer-Encoding: base64\n\n",
            b"\nContent-Type: text/plain; charset=no-such\n\n",
            b"=?utf-8?b?//8=?=",
        ),
        *(
            b"\nContent-Type: message/rfc822\n\n",
            b"\nContent-Disposition: attachment; filename*=x'y'%ff\n",
            b"=?x?q?=ff?=",
            b"=ED=A0=80",
        ),
        *(
            b"\0",
            b"\xff",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\xed\xa0\x80",
            "\u202e".encode(),
            b"\x1b",
            b"\x0c",
            b"99999999999",
        ),
        *(
            b"# ",
            b"[",
            b"](",
            b"**",
            b"```",
            b"---\n",
            b"- ",
            b"\nBy ",
            b"\nMay 3, 2020\n",
            b"PK\x03\x04",
            b"%PDF-",
            b"{\\rtf",
        ),
    ]
)
PIECE = re.compile(rb"[<>{}\\/=\"'&;:\n]|[^<>{}\\/=\"'&;:\n]{1,12}")


@st.composite
def mangled(draw, data):
    """Return the bytes with pieces left out, doubled, moved, and replaced by what a reader looks for."""
    pieces = PIECE.findall(data)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(pieces) - 1)))
        to = at + draw(st.integers(0, 12))
        match draw(st.sampled_from(["cut", "double", "move", "put", "end", "repeat"])):
            case "cut":
                del pieces[at:to]
            case "double":
                pieces[at:at] = pieces[at:to]
            case "move":
                moved = pieces[at:to]
                del pieces[at:to]
                there = draw(st.integers(0, len(pieces)))
                pieces[there:there] = moved
            case "put":
                pieces[at:to] = draw(st.lists(WORDS, max_size=4))
            case "end":
                del pieces[max(at, 3) :]
            case "repeat":
                pieces[at:at] = [draw(WORDS)] * draw(st.sampled_from([50, 2000]))
    return b"".join(pieces)


@st.composite
def repacked(draw, data):
    """Return a container, whole as a ZIP, in which a part is mangled, missing, doubled or called something else."""
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        parts = [(name, container.read(name)) for name in container.namelist()]
    at = draw(st.integers(0, len(parts) - 1))
    name, content = parts[at]
    match draw(st.sampled_from(["mangle", "mangle", "mangle", "drop", "rename", "double", "empty"])):
        case "mangle":
            parts[at] = name, draw(mangled(content))
        case "drop":
            del parts[at]
        case "rename":
            parts[at] = (
                draw(st.sampled_from(["", "/", "../x", "word/document.xml", "content.xml", "a" * 400, "x\u202e.txt"])),
                content,
            )
        case "double":
            parts.append((name + draw(st.sampled_from([".txt", "/x", ".zip"])), data))
        case "empty":
            parts[at] = name, b""
    out = io.BytesIO()
    with (
        warnings.catch_warnings(action="ignore"),
        zipfile.ZipFile(out, "w", draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))) as container,
    ):
        for each, words in parts:
            container.writestr(zipfile.ZipInfo(each or "x"), words)
    return out.getvalue()


@pytest.mark.parametrize("name", STREAMS)
@given(data=st.data())
@settings(max_examples=40)
def test_a_file_put_together_wrongly_is_read_or_refused(name, data):
    holds_together(data.draw(mangled(STREAMS[name])), name)


@pytest.mark.parametrize("name", CONTAINERS)
@given(data=st.data())
@settings(max_examples=40)
def test_a_container_packed_wrongly_is_read_or_refused(name, data):
    holds_together(data.draw(repacked(CONTAINERS[name])), name)


@pytest.mark.parametrize("name", CONTAINERS)
@given(data=st.data())
@settings(max_examples=20)
def test_a_damaged_container_is_read_or_refused(name, data):
    holds_together(data.draw(mangled(CONTAINERS[name])), name)


@pytest.fixture(scope="module")
def sandboxed():
    """Read in worker processes: PDFium may take its process along."""
    with asyncio.Runner() as runner:
        compute = Compute(workers=1, spares=3)
        runner.run(compute.__aenter__())
        yield lambda data: runner.run(compute.read(data, "a.pdf", Limits()))
        runner.run(compute.aclose())


@given(data=mangled(TEXT))
@example(data=TEXT)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_pdf_put_together_wrongly_costs_at_most_its_reader(sandboxed, data):
    try:
        verdict = sandboxed(data)
    except (ReadError, WorkerDiedError) as error:
        verdict = str(error)

    # PDFium may crash; we may not.
    assert isinstance(verdict, Reading) or "mistake of mine" not in verdict
