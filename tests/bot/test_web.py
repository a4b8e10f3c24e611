import asyncio
import contextlib
import gzip
import os
import socket
import ssl
import zlib
from contextlib import asynccontextmanager
from ipaddress import ip_network

import aiohttp
import pytest
from aiohttp import web as server
from aiohttp.abc import AbstractResolver
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.services.calls import Incoming, bare_name
from bot.services.errors import AddressError, DownloadError, FileTooLargeError
from bot.services.web import DISCORD_CDN, Web, _why

LOOPBACK = (ip_network("127.0.0.0/8"),)
LIMIT = 100_000
PAGE = b"<p>The ferry to Lamu was full again on Monday.</p>"


class Names(AbstractResolver):
    """A name server with a list of our own."""

    def __init__(self, **names):
        self.names = {name.replace("_", "."): addresses for name, addresses in names.items()}
        self.closed = False

    async def resolve(self, host, port=0, family=socket.AF_INET):
        if host not in self.names:
            raise OSError("Name or service not known")
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
            for address in self.names[host]
        ]

    async def close(self):
        self.closed = True


@asynccontextmanager
async def serving(handler):
    """Answer every request on a port of the loopback interface with `handler`; yield the port."""
    app = server.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = server.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = server.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield site._server.sockets[0].getsockname()[1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def saying(raw, *, then_wait=0.0, each=0.0):
    """Answer every connection with these bytes, as they are; yield the port."""

    async def speak(reader, writer):
        speaking.append(asyncio.current_task())
        try:
            await reader.readuntil(b"\r\n\r\n")
            for start in range(0, len(raw), 10 if each else len(raw) or 1):
                writer.write(raw[start : start + 10] if each else raw)
                await writer.drain()
                await asyncio.sleep(each)
            await asyncio.sleep(then_wait)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    speaking = []
    listening = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]
    for task in speaking:
        task.cancel()
    if speaking:
        await asyncio.wait(speaking)


@asynccontextmanager
async def page_of(handler, path="/story.html", *, limit=LIMIT, **options):
    """Fetch what a handler serves."""
    async with serving(handler) as port, Web(allow_networks=LOOPBACK, **options) as web:
        yield await web.page(f"http://127.0.0.1:{port}{path}", limit=limit)


async def fetch(handler, path="/story.html", *, limit=LIMIT, **options):
    async with page_of(handler, path, limit=limit, **options) as fetched:
        return fetched


async def fetch_raw(raw, *, limit=LIMIT, seconds=15, **options):
    async with saying(raw, **options) as port, Web(allow_networks=LOOPBACK, seconds=seconds) as web:
        return await web.page(f"http://127.0.0.1:{port}/story.html", limit=limit)


def answering(body=PAGE, *, status=200, content_type="text/html", **headers):
    async def answer(request):
        return server.Response(
            body=body,
            status=status,
            headers={"Content-Type": content_type} | {name.replace("_", "-"): value for name, value in headers.items()},
        )

    return answer


async def test_a_page_arrives_with_what_its_server_said_of_it():
    fetched = await fetch(answering(content_type="Text/HTML; charset=windows-1252"), "/2024/ferry?id=3#top")

    assert fetched.data == PAGE
    assert fetched.media_type == "text/html"
    assert fetched.charset == "windows-1252"
    assert fetched.filename == "ferry.html"
    assert fetched.url.endswith("/2024/ferry?id=3")


@pytest.mark.trust("web-nothing-of-ours")
async def test_we_say_who_we_are_and_bring_nothing_of_ours_along(monkeypatch):
    seen = []

    async def note(request):
        seen.append(request.headers)
        answer = server.Response(body=PAGE, content_type="text/html")
        answer.set_cookie("track", "1")
        return answer

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with serving(note) as port, Web(allow_networks=LOOPBACK) as web:
        await web.page(f"http://127.0.0.1:{port}/", limit=LIMIT)
        await web.page(f"http://127.0.0.1:{port}/", limit=LIMIT)

    assert all("Verbatim" in headers["User-Agent"] for headers in seen)
    assert not any("Cookie" in headers or "Authorization" in headers for headers in seen)


async def test_a_link_in_angle_brackets_is_the_link():
    async with serving(answering()) as port, Web(allow_networks=LOOPBACK) as web:
        fetched = await web.page(f" <http://127.0.0.1:{port}/a> ", limit=LIMIT)

    assert fetched.data == PAGE


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("example.org/story", "begins with https://"),
        ("ftp://example.org/story", "only https:// and http://"),
        ("file:///etc/passwd", "only https:// and http://"),
        ("javascript:alert(1)", "begins with https://"),
        ("http:///story", "names no site"),
        ("http://example.org\\@127.0.0.1/", "characters"),
        ("http://example.org/a b", "characters"),
        ("http://example.org/\u202egnp", "characters"),
        ("http://example.org/\x00", "characters"),
        ("http://example.org:99999/", "not written"),
        ("http://[::1", "not written"),
        ("http://example.org/" + "a" * 2000, "longer than"),
    ],
)
async def test_what_is_no_web_address_is_refused_before_anything_is_fetched(url, why):
    async with Web(resolver=Names()) as web:
        with pytest.raises(AddressError, match=why):
            await web.page(url, limit=LIMIT)


@pytest.mark.trust("web-passwords")
async def test_a_password_in_an_address_is_refused_and_not_repeated():
    async with Web(resolver=Names()) as web:
        with pytest.raises(AddressError, match="password") as caught:
            await web.page("https://amina:tide77@example.org/", limit=LIMIT)

    assert "tide77" not in str(caught.value)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "192.0.0.8",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1%25lo]",
        "１２７.０.０.１",
    ],
)
@pytest.mark.trust("web-inside")
async def test_a_private_address_is_refused_in_every_spelling(host):
    async with Web(resolver=Names()) as web:
        with pytest.raises(AddressError, match="private network"):
            await web.page(f"http://{host}/", limit=LIMIT)


async def test_an_impossible_address_is_refused():
    async with Web(resolver=Names()) as web:
        with pytest.raises(AddressError, match="no valid address"):
            await web.page("http://300.1.1.1/", limit=LIMIT)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::1"], ["fe80::1%eth0"]])
@pytest.mark.trust("web-inside")
async def test_a_name_with_any_private_address_is_refused(addresses):
    async with Web(resolver=Names(news_example=addresses)) as web:
        with pytest.raises(AddressError, match="private network"):
            await web.page("http://news.example/", limit=LIMIT)


@pytest.mark.trust("web-inside")
async def test_a_name_that_turns_private_after_it_was_checked_is_refused_at_the_socket():
    async with Web(resolver=Names()) as web:
        web._pages.connector._resolver = Names(news_example=["127.0.0.1"])

        with pytest.raises(AddressError, match="private network"):
            await web.page("http://news.example/", limit=LIMIT)


async def test_several_names_that_turn_private_are_refused_at_the_socket():
    async with Web(resolver=Names()) as web:
        web._pages.connector._resolver = Names(news_example=["127.0.0.1", "::1"])

        with pytest.raises(AddressError, match="private network"):
            await web.page("http://news.example/", limit=LIMIT)


async def test_public_sites_are_fetched_from_the_ports_of_the_web_alone():
    async with Web(resolver=Names(news_example=["93.184.216.34"])) as web:
        with pytest.raises(AddressError, match="port 6379"):
            await web.page("http://news.example:6379/", limit=LIMIT)
        with pytest.raises(AddressError, match="port 25"):
            await web.page("http://93.184.216.34:25/", limit=LIMIT)


async def test_an_unknown_name_says_to_check_the_spelling():
    async with Web(resolver=Names()) as web:
        with pytest.raises(DownloadError, match="no site of that name"):
            await web.page("http://nowhere.example/", limit=LIMIT)


async def test_a_name_too_long_for_name_servers_says_to_check_the_spelling():
    async with Web() as web:
        with pytest.raises(DownloadError, match="no site of that name"):
            await web.page(f"http://{'a' * 70}.invalid/", limit=LIMIT)


async def test_a_name_is_fetched_where_its_network_is_allowed():
    names = Names(wire_example=["127.0.0.1"])
    async with serving(answering()) as port, Web(allow_networks=LOOPBACK, resolver=names) as web:
        fetched = await web.page(f"http://wire.example:{port}/", limit=LIMIT)

    assert fetched.filename == "wire.example.html"


async def test_a_resolver_is_left_open_for_its_owner():
    names = Names()

    async with Web(resolver=names):
        pass

    assert not names.closed


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_to_the_page(status):
    async def answer(request):
        if request.path == "/story":
            return server.Response(body=PAGE, content_type="text/html")
        return server.Response(status=status, headers={"Location": "/story#end"})

    fetched = await fetch(answer, "/old")

    assert fetched.data == PAGE
    assert fetched.url.endswith("/story")


@pytest.mark.trust("web-inside")
async def test_a_redirect_to_a_private_address_is_refused():
    with pytest.raises(AddressError, match=r"169\.254\.169\.254.*private network"):
        await fetch(answering(status=302, Location="http://169.254.169.254/latest/meta-data/"))


async def test_a_redirect_to_a_name_with_a_private_address_is_refused():
    with pytest.raises(AddressError, match="private network"):
        await fetch(
            answering(status=302, Location="http://inside.example/"), resolver=Names(inside_example=["10.0.0.1"])
        )


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.org/", "http://a:b@example.org/"])
async def test_a_redirect_to_what_is_no_plain_web_address_is_refused(location):
    with pytest.raises(AddressError):
        await fetch(answering(status=302, Location=location))


async def test_a_redirect_to_nonsense_is_told():
    with pytest.raises(DownloadError, match="no address"):
        await fetch(answering(status=302, Location="http://[::1"))


@pytest.mark.trust("web-slow")
async def test_redirects_in_a_circle_end():
    with pytest.raises(DownloadError, match="more than 5 times"):
        await fetch(answering(status=302, Location="/story.html"))


async def test_a_redirect_to_nowhere_is_told():
    with pytest.raises(DownloadError, match="302"):
        await fetch(answering(status=302))


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (204, "answers with 204"),
        (401, "refuses"),
        (402, "paid"),
        (403, "refuses"),
        (404, r"not there \(404\)"),
        (410, r"not there \(410\)"),
        (418, "answers with 418"),
        (429, "too many requests"),
        (451, "refuses"),
        (500, "try again later"),
        (503, "try again later"),
    ],
)
async def test_an_http_error_becomes_a_sentence(status, why):
    with pytest.raises(DownloadError, match=why):
        await fetch(answering(status=status))


@pytest.mark.parametrize(
    ("content_type", "what"),
    [
        ("image/png", r"a picture \(image/png\)"),
        ("video/mp4", "a video"),
        ("application/json", "data for programs"),
        ("application/vnd.rar", "of the type application/vnd.rar"),
        ("application/x-strange", "of the type application/x-strange"),
        ("application/octet-stream", "of the type application/octet-stream"),
    ],
)
async def test_what_is_no_article_is_named(content_type, what):
    with pytest.raises(DownloadError, match=what):
        await fetch(answering(content_type=content_type), "/file")


@pytest.mark.parametrize(
    ("content_type", "path", "filename"),
    [
        ("text/html", "/", "127.0.0.1.html"),
        ("application/xhtml+xml", "/story", "story.html"),
        ("text/plain", "/notes", "notes.txt"),
        ("text/markdown", "/readme.md", "readme.md"),
        ("application/pdf", "/report", "report.pdf"),
        ("application/octet-stream", "/report.pdf", "report.pdf"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "/minutes", "minutes.docx"),
        ("message/rfc822", "/letter", "letter.eml"),
        ("application/zip; charset=binary", "/week", "week.zip"),
        ("text/html", "/story.php", "story.php.html"),
        ("text/html", "/%D0%9A%D1%80%D0%B0%D0%B9.html", "Край.html"),
        ("text/html", "/..%2F..%2Fetc%2Fpasswd", "passwd.html"),
        ("text/html", "/a%00%E2%80%AEb%09.html", "ab.html"),
    ],
)
async def test_a_page_is_named_after_its_address(content_type, path, filename):
    fetched = await fetch(answering(content_type=content_type), path)

    assert fetched.filename == filename


@pytest.mark.parametrize(
    ("header", "filename"),
    [
        ('attachment; filename="minutes.pdf"', "minutes.pdf"),
        ("attachment; filename*=UTF-8''Protokoll%20M%C3%A4rz.pdf", "Protokoll März.pdf"),
        ('attachment; filename="../../.ssh/keys"', "keys.pdf"),
        (r'attachment; filename="C:\\temp\\plan.pdf"', "plan.pdf"),
        ("attachment", "story.html"),
        ("nonsense;;=", "story.html"),
    ],
)
async def test_a_server_may_name_what_it_sends(header, filename):
    fetched = await fetch(answering(content_type="application/pdf", Content_Disposition=header))

    assert fetched.filename == filename


async def test_a_long_name_is_cut_before_its_suffix():
    fetched = await fetch(answering(), f"/{'a' * 300}.html")

    assert len(fetched.filename) == 100
    assert fetched.filename.endswith("a.html")


@given(st.text())
def test_a_clean_name_has_no_path_and_nothing_unseen(name):
    cleaned = bare_name(name)

    assert not set(cleaned) & set("/\\\0\n\r\u202e\u2066\u200b")
    assert cleaned not in {".", ".."}


async def test_a_page_over_the_limit_is_refused_by_its_announced_size():
    with pytest.raises(FileTooLargeError):
        await fetch(answering(b"x" * (LIMIT + 1)))


async def test_a_page_of_exactly_the_limit_is_taken():
    fetched = await fetch(answering(b"x" * LIMIT))

    assert len(fetched.data) == LIMIT


@pytest.mark.trust("web-bombs")
async def test_a_page_of_unknown_size_is_refused_when_it_passes_the_limit():
    async def stream(request):
        answer = server.StreamResponse(headers={"Content-Type": "text/html"})
        await answer.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await answer.write(b"x" * 10_000)
        return answer

    with pytest.raises(FileTooLargeError):
        await fetch(stream)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)),
        ("x-gzip", gzip.compress(PAGE, mtime=0)),
        ("gzip", gzip.compress(PAGE[:10], mtime=0) + gzip.compress(PAGE[10:], mtime=0)),
        ("gzip", gzip.compress(PAGE, mtime=0) + b"\0\0\0"),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE, wbits=-15)),
        ("identity", PAGE),
    ],
)
async def test_a_compressed_page_is_unpacked(encoding, packed):
    fetched = await fetch(answering(packed, Content_Encoding=encoding))

    assert fetched.data == PAGE


async def test_a_large_compressed_page_is_unpacked_whole():
    text = os.urandom(200_000).hex().encode() + b"a" * 1_000_000

    fetched = await fetch(answering(gzip.compress(text, mtime=0), Content_Encoding="gzip"), limit=2_000_000)

    assert fetched.data == text


async def test_an_empty_page_is_empty_however_it_is_compressed():
    fetched = await fetch(answering(b"", Content_Encoding="gzip"))

    assert fetched.data == b""


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.trust("web-bombs")
async def test_a_compression_bomb_is_refused(encoding):
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    bomb = pack(bytes(50 * 2**20))

    with pytest.raises(FileTooLargeError):
        await fetch(answering(bomb, Content_Encoding=encoding))


async def test_padding_that_trickles_in_after_the_end_is_forgiven():
    async def stream(request):
        answer = server.StreamResponse(headers={"Content-Type": "text/html", "Content-Encoding": "gzip"})
        await answer.prepare(request)
        for part in (gzip.compress(PAGE, mtime=0), b"\0", b"\0\0"):
            await answer.write(part)
            await asyncio.sleep(0.01)
        return answer

    fetched = await fetch(stream)

    assert fetched.data == PAGE


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
async def test_a_compression_that_was_not_asked_for_is_told(encoding):
    with pytest.raises(DownloadError, match="compressed in a way"):
        await fetch(answering(PAGE, Content_Encoding=encoding))


async def test_damaged_compression_is_told():
    with pytest.raises(DownloadError, match="damaged"):
        await fetch(answering(b"\x1f\x8b\x08" + b"\xff" * 40, Content_Encoding="gzip"))


async def test_compressed_data_that_ends_early_is_told():
    with pytest.raises(DownloadError, match="only a part"):
        await fetch(answering(gzip.compress(os.urandom(1000))[:-20], Content_Encoding="gzip"))


async def test_a_page_that_ends_before_its_announced_length_is_told():
    with pytest.raises(DownloadError, match="only a part"):
        await fetch_raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\nhalf")


async def test_a_page_that_ends_within_a_chunk_is_told():
    with pytest.raises(DownloadError, match="only a part"):
        await fetch_raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nhalf")


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: minus one\r\n\r\n",
    ],
)
async def test_an_answer_that_is_no_proper_http_is_told(raw):
    with pytest.raises(DownloadError, match=r"proper HTTP|broke off"):
        await fetch_raw(raw)


async def test_a_server_that_hangs_up_is_told():
    with pytest.raises(DownloadError, match="hung up"):
        await fetch_raw(b"")


@pytest.mark.trust("web-slow")
async def test_a_server_that_never_answers_is_given_up():
    with pytest.raises(DownloadError, match=r"longer than 0\.2 s"):
        await fetch_raw(b"", then_wait=5, seconds=0.2)


@pytest.mark.trust("web-slow")
async def test_a_page_that_drips_is_given_up():
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\n" + b"x" * 500

    with pytest.raises(DownloadError, match=r"longer than 0\.3 s"):
        await fetch_raw(page, each=0.05, seconds=0.3)


async def test_a_closed_port_is_told():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    async with Web(allow_networks=LOOPBACK) as web:
        with pytest.raises(DownloadError, match="nobody answers"):
            await web.page(f"http://127.0.0.1:{port}/", limit=LIMIT)


async def test_a_site_that_does_not_speak_tls_is_told():
    async with serving(answering()) as port, Web(allow_networks=LOOPBACK) as web:
        with pytest.raises(DownloadError, match="certificate"):
            await web.page(f"https://127.0.0.1:{port}/", limit=LIMIT)


def test_a_certificate_that_is_not_valid_is_told():
    key = aiohttp.client_reqrep.ConnectionKey("news.example", 443, True, True, None, None, None)

    why = _why(aiohttp.ClientConnectorCertificateError(key, ssl.SSLCertVerificationError("expired")))

    assert "certificate" in why


def test_a_connection_that_is_lost_is_told():
    assert "broke off" in _why(ConnectionResetError("reset"))


async def test_a_page_of_an_allowed_network_may_not_lead_out_of_it():
    outward = answering(status=302, Location="http://127.0.0.2/")
    async with serving(outward) as port, Web(allow_networks=(ip_network("127.0.0.1/32"),)) as web:
        with pytest.raises(AddressError, match="private"):
            await web.page(f"http://127.0.0.1:{port}/", limit=LIMIT)


def attached(port, path="/a/report.pdf", **fields):
    return Incoming(**{"filename": "report.pdf", "url": f"http://127.0.0.1:{port}{path}"} | fields)


async def attach(handler, *, limit=LIMIT, **fields):
    async with serving(handler) as port, Web(attachment_hosts=None) as web:
        return await web.attachment(attached(port, **fields), limit=limit)


async def test_an_attachment_arrives_whole():
    data = await attach(answering(b"%PDF", content_type="application/pdf"), size=4)

    assert data == b"%PDF"


async def test_an_attachment_may_be_of_any_type():
    assert await attach(answering(b"GIF", content_type="image/gif")) == b"GIF"


async def test_an_attachment_over_the_limit_is_refused_before_it_is_fetched():
    incoming = Incoming(filename="big.pdf", size=LIMIT + 1, url="https://cdn.discordapp.com/big.pdf")

    async with Web(resolver=Names()) as web:
        with pytest.raises(FileTooLargeError, match=r"big\.pdf"):
            await web.attachment(incoming, limit=LIMIT)


async def test_an_attachment_that_turns_out_larger_is_refused():
    with pytest.raises(FileTooLargeError):
        await attach(answering(b"x" * (LIMIT + 1)), size=10)


@pytest.mark.parametrize("status", [302, 403, 404, 410, 500])
async def test_an_attachment_that_is_gone_asks_for_it_again(status):
    with pytest.raises(DownloadError, match=rf"\({status}\)|{status}.*upload it again"):
        await attach(answering(status=status, Location="http://127.0.0.1/"))


@pytest.mark.parametrize("size", [None, 500])
async def test_a_truncated_attachment_asks_for_it_again(size):
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf"
    async with saying(raw) as port, Web(attachment_hosts=None) as web:
        with pytest.raises(DownloadError, match="only a part of it arrived; upload it again"):
            await web.attachment(attached(port, size=size), limit=LIMIT)


async def test_an_attachment_shorter_than_discord_said_asks_for_it_again():
    with pytest.raises(DownloadError, match="only a part of it arrived; upload it again"):
        await attach(answering(b"half"), size=5)


async def test_a_slow_attachment_is_given_up():
    async with saying(b"HTTP/1.1 200 OK\r\n", then_wait=5) as port, Web(attachment_hosts=None, seconds=0.2) as web:
        with pytest.raises(DownloadError, match=r"longer than 0\.2 s; upload it again"):
            await web.attachment(attached(port), limit=LIMIT)


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.discordapp.com/a.txt",
        "https://cdn.discordapp.com.evil.example/a.txt",
        "https://evil.example/cdn.discordapp.com",
        "https://cdn.discordapp.com@evil.example/a.txt",
        "https://127.0.0.1/a.txt",
        "/a.txt",
        "http://[::1",
        None,
    ],
)
@pytest.mark.trust("web-attachments")
async def test_attachments_come_from_discord_alone(url):
    async with Web(resolver=Names()) as web:
        with pytest.raises(DownloadError, match="upload it again"):
            await web.attachment(Incoming("a.txt", url=url), limit=LIMIT)


@pytest.mark.parametrize("host", sorted(DISCORD_CDN))
async def test_even_discords_hosts_may_not_lead_inside(host):
    names = Names()
    names.names = {host: ["10.0.0.1"]}

    async with Web(resolver=names) as web:
        with pytest.raises(DownloadError, match="private network"):
            await web.attachment(Incoming("a.txt", url=f"https://{host}/a.txt"), limit=LIMIT)


async def test_a_file_of_the_terminal_is_read(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_bytes(b"x" * LIMIT)

    async with Web() as web:
        data = await web.attachment(Incoming("notes.txt", path=str(path)), limit=LIMIT)

    assert len(data) == LIMIT


async def test_a_file_of_the_terminal_has_the_same_limit(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_bytes(b"x" * (LIMIT + 1))

    async with Web() as web:
        with pytest.raises(FileTooLargeError):
            await web.attachment(Incoming("notes.txt", path=str(path)), limit=LIMIT)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing.txt", "no such file"),
        ("file/below.txt", "no such file"),
        ("with\0nul", "no such file"),
        ("folder", "it is a folder"),
        ("pipe", "no ordinary file"),
        ("a" * 300, "too long"),
    ],
)
async def test_what_cannot_be_read_as_a_file_is_told(tmp_path, name, why):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")

    async with Web() as web:
        with pytest.raises(DownloadError, match=why):
            await web.attachment(Incoming(name, path=str(tmp_path / name)), limit=LIMIT)


async def test_a_file_without_permission_is_told(tmp_path, monkeypatch):
    path = tmp_path / "notes.txt"
    path.touch()

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)  # root, as in containers, may read everything

    async with Web() as web:
        with pytest.raises(DownloadError, match="no permission"):
            await web.attachment(Incoming("notes.txt", path=str(path)), limit=LIMIT)


def test_the_hosts_of_attachments_are_discords():
    assert all(URL(f"https://{host}/").host == host for host in DISCORD_CDN)
