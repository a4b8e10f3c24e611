"""Files of many kinds, made by hand for the tests that read them."""

import io
import struct
import zipfile
import zlib
from email.message import EmailMessage
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText


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


def odt(*paragraphs, content=None, extra=None):
    """Build an OpenDocument text by hand: (rank of heading or 0, markup) pairs."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
    )
    body = "".join(
        f'<text:h text:outline-level="{level}">{words}</text:h>' if level else f"<text:p>{words}</text:p>"
        for level, words in paragraphs
    )
    written = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:text>{body}'
        "</office:text></office:body></office:document-content>"
    )
    parts = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content or written}
    return zipped(parts | {"META-INF/manifest.xml": "<manifest/>"} | (extra or {}))


def rtf(*paragraphs, head=""):
    """Build a rich-text file as word processors write them: (style, marked-up words) pairs; style 1 is a heading."""
    fonts = "{\\fonttbl{\\f0\\froman\\fcharset0 Times New Roman;}{\\f1\\fswiss\\fcharset178 Arial;}}"
    styles = "{\\stylesheet{\\s0\\snext0 Normal;}{\\s1\\sbasedon0\\snext0\\b\\fs32 heading 1;}{\\*\\cs9 Link;}}"
    body = "".join(f"\\pard\\plain\\s{style}\\f0 {words}\\par\n" for style, words in paragraphs)
    text = "{\\rtf1\\ansi\\ansicpg1252\\deff0" + fonts + styles + head + "\n" + body + "}"
    return "".join(sign if ord(sign) < 128 else f"\\u{ord(sign)}?" for sign in text).encode()


def eml(plain=None, page=None, *, attached=(), subject="The weir is open again", sender="Ada Roe <ada@weir.example>"):
    """Build an e-mail: a plain form, a page, or both, and (name, type, bytes) attachments."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "desk@weir.example", subject
    message["Date"] = "Tue, 05 Oct 2021 06:30:12 +0200"
    message["Message-ID"] = "<5f1@weir.example>"
    if plain is not None:
        message.set_content(plain)
    if page is not None:
        (message.add_alternative if plain is not None else message.set_content)(page, subtype="html")
    for name, kind, data in attached:
        main, _, sub = kind.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return bytes(message)


def mhtml(page, *, picture=b"", address="https://herald.example/2021/10/05/weir"):
    """Build a page as browsers save it whole."""
    message = MIMEMultipart("related", type="text/html")
    message["From"], message["Subject"] = "<Saved by Blink>", "The weir"
    message["Snapshot-Content-Location"] = address
    message["Date"] = "Wed, 06 Oct 2021 18:00:00 -0000"
    body = MIMEText(page, "html", "utf-8")
    body["Content-Location"] = address
    message.attach(body)
    message.attach(MIMEImage(picture or png(), "png"))
    return bytes(message)


def epub(*chapters, title="Tales of the Weir", author="Ada Roe", extra=None):
    """Build an electronic book: (name, markup of the body) pairs in reading order."""
    items = "".join(
        f'<item id="c{at}" href="{name}" media-type="application/xhtml+xml"/>' for at, (name, _) in enumerate(chapters)
    )
    order = "".join(f'<itemref idref="c{at}"/>' for at in range(len(chapters)))
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:creator>{author}</dc:creator>'
        '</metadata><manifest><item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        f'{items}</manifest><spine><itemref idref="nav"/>{order}</spine></package>'
    )
    container = (
        '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
        '<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    page = (
        '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>'
    )
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": container,
            "OEBPS/book.opf": package,
            "OEBPS/nav.xhtml": f"{page}<body><nav><ol><li>Contents</li></ol></nav></body></html>",
        }
        | {f"OEBPS/{name}": f"{page}<body>{body}</body></html>" for name, body in chapters}
        | (extra or {})
    )
