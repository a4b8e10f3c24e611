"""Fetches pages and attachments for people, and nothing that they could not have fetched themselves.

Whoever names an address makes this machine connect to it. So each hop's address is checked as it is written, again as
it resolves, and a last time where the socket is made, since a name may resolve differently from one moment to the next.
"""

import asyncio
import contextlib
import re
import socket
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.services.addresses import PORTS, Address, Network, is_allowed, is_open, literal
from bot.services.calls import Incoming, bare_name
from bot.services.errors import AddressError, DownloadError, FileTooLargeError, UserError
from summariser.limits import READABLE

DISCORD_CDN = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
USER_AGENT = "Verbatim/0.1 (a Discord bot; fetches one page when a person asks it to)"

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "application/pdf": ".pdf",
    _DOCX: ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "message/rfc822": ".eml",
    "multipart/related": ".mhtml",
    "application/x-mimearchive": ".mhtml",
    "application/epub+zip": ".epub",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
}
_WORDY = frozenset({"text/html", "application/xhtml+xml", "text/plain"})  # what some servers call a feed
_MEDIA = ("image/", "video/", "audio/", "font/")  # how the types of files begin that never hold an article

_UNTYPED = frozenset({"application/octet-stream", "binary/octet-stream", "application/x-download"})
_KINDS = {
    "image": "a picture",
    "video": "a video",
    "audio": "a sound recording",
    "font": "a typeface",
    "application/json": "data for programs",
    "application/xml": "data for programs",
    "text/xml": "data for programs",
    "application/rss+xml": "a news feed",
    "application/atom+xml": "a news feed",
    "application/msword": "an old Word document",
    "application/javascript": "a program",
    "text/javascript": "a program",
    "text/css": "a style sheet",
}

_FEED_HEADERS = {
    "User-Agent": "Verbatim/0.1 (a Discord bot; polls a feed that people follow)",
    "Accept": "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
}
_FOR_GOOD = frozenset({301, 308})

# What servers ask for beyond this is taken for a mistake, in seconds.
_LONGEST_REST = 7 * 86_400.0
_LONGEST_TAG = 500  # characters of an ETag

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_LONGEST_URL = 2000
_LONGEST_NAME = 100
_CHUNK = 64 * 2**10  # bytes read, and unpacked, before others get their turn
_EVERYWHERE = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page, as its server sent it."""

    data: bytes
    url: str
    """Where it was found in the end, after redirects."""
    media_type: str
    filename: str
    """Fit to be shown and stored: no path, no control characters, at most 100 characters."""
    charset: str | None = None
    """The encoding that the server named, if any."""


@dataclass(frozen=True, slots=True)
class FetchedFeed:
    """What stands at a feed's address, and how to ask for it again."""

    data: bytes | None
    """None where nothing has changed since it was fetched last."""
    url: str
    """Where it was found in the end, after redirects."""
    moved: str | None
    """Where it has moved to for good; None where it has not."""
    etag: str | None
    last_modified: str | None
    seconds: float | None
    """For how long the server wants to be left alone."""


def is_document(incoming: Incoming) -> bool:
    """Tell whether a file is, by its name or type, of a kind that is read."""
    suffix = PurePosixPath(incoming.filename).suffix.lower()
    return suffix in READABLE or _bare(incoming.media_type) in _SUFFIXES


def is_media(incoming: Incoming) -> bool:
    """Tell whether a file is a picture, a video, a sound: nothing that holds an article."""
    return _bare(incoming.media_type).startswith(_MEDIA)


class Web:
    """Fetches over HTTP, each time within `seconds`.

    Args:
        allow_networks: networks that are fetched from although they are not public, on any port.
        attachment_hosts: where attachments are fetched from; None for wherever the front end says they are.
        seconds: the longest that one page or attachment may take.
        resolver: looks names up.
        user_agent: how we introduce ourselves.
    """

    def __init__(
        self,
        *,
        allow_networks: tuple[Network, ...] = (),
        attachment_hosts: frozenset[str] | None = DISCORD_CDN,
        seconds: float = 15,
        resolver: AbstractResolver | None = None,
        user_agent: str = USER_AGENT,
    ) -> None:
        self._hosts = attachment_hosts
        self._seconds = seconds
        self._resolver = resolver
        self._user_agent = user_agent
        self._page_gate = _Gate(allow_networks)
        # Where hosts are not restricted, they are named by the operator's own API server, on whatever network it is.
        self._attachment_gate = _Gate(allow_networks if attachment_hosts is not None else _EVERYWHERE)
        self._sessions = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Make ready to connect."""
        self._pages = await self._sessions.enter_async_context(self._session(self._page_gate))
        self._attachments = await self._sessions.enter_async_context(self._session(self._attachment_gate))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self._sessions.aclose()

    async def page(self, url: str, *, limit: int) -> Fetched:
        """Return what is at an address, at most `limit` bytes of it.

        Raises:
            AddressError: it is no address that may be fetched.
            DownloadError: it cannot be had, or is nothing that can be read.
            FileTooLargeError: it is larger than the limit.
        """
        address = _parse(url)
        with _explained(_shown(url), self._seconds, AddressError, DownloadError):
            async with asyncio.timeout(self._seconds):
                return await self._follow(address, limit)

    async def feed(
        self, url: str, *, limit: int, etag: str | None = None, last_modified: str | None = None
    ) -> FetchedFeed:
        """Return what is at a feed's address, unless it is still what had this `etag` and `last_modified`.

        Raises:
            AddressError, DownloadError, FileTooLargeError: as `page` does.
        """
        address = _parse(url)
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = _FEED_HEADERS | {name: value for name, value in asked.items() if value}
        with _explained(_shown(url), self._seconds, AddressError, DownloadError):
            async with asyncio.timeout(self._seconds):
                return await self._follow_feed(address, limit, headers)

    async def attachment(self, incoming: Incoming, *, limit: int) -> bytes:
        """Return the bytes of what a person hands over.

        Raises:
            DownloadError: they cannot be had.
            FileTooLargeError: there are more than `limit`.
        """
        if incoming.size is not None and incoming.size > limit:
            raise FileTooLargeError(incoming.filename, limit)
        if incoming.path is not None:
            return await asyncio.to_thread(_read_path, incoming.path, incoming.filename, limit)
        with _explained(incoming.filename, self._seconds, _again, _again):
            url = self._attachment_url(incoming)
            async with asyncio.timeout(self._seconds), self._get(self._attachments, url) as response:
                if response.status != 200:
                    raise _Unfit(_refusal(response.status))
                data = await _body(response, limit, incoming.filename)
        if incoming.size is not None and len(data) < incoming.size:
            raise _again(incoming.filename, "only a part of it arrived")
        return data

    def _session(self, gate: "_Gate") -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=_CheckedResolver(self._resolver or aiohttp.ThreadedResolver(), gate),
            socket_factory=gate.socket,
            use_dns_cache=False,
            force_close=True,
        )
        return aiohttp.ClientSession(
            connector=connector,
            trust_env=False,
            auto_decompress=False,  # it would unpack without a limit
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),  # ours spans all hops
            headers={
                "User-Agent": self._user_agent,
                "Accept": "text/html, application/xhtml+xml, application/pdf, text/plain, */*;q=0.5",
                "Accept-Encoding": "gzip, deflate",
            },
        )

    @contextlib.asynccontextmanager
    async def _get(
        self, session: aiohttp.ClientSession, url: URL, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        async with session.get(url, allow_redirects=False, headers=headers) as response:
            yield response

    async def _follow(self, url: URL, limit: int) -> Fetched:
        for _ in range(_MOST_REDIRECTS + 1):
            self._page_gate.check(url)
            async with self._get(self._pages, url) as response:
                if response.status not in _REDIRECTS or "Location" not in response.headers:
                    return await _take(response, limit)
                url = _next_hop(url, response.headers["Location"])
        raise _Unfit(f"it redirects more than {_MOST_REDIRECTS} times; give the address where it ends")

    async def _follow_feed(self, url: URL, limit: int, headers: Mapping[str, str]) -> FetchedFeed:
        moved, for_good = None, True
        for _ in range(_MOST_REDIRECTS + 1):
            self._page_gate.check(url)
            async with self._get(self._pages, url, headers) as response:
                if response.status not in _REDIRECTS or "Location" not in response.headers:
                    return await _take_feed(response, limit, moved)
                url = _next_hop(url, response.headers["Location"])
                for_good = for_good and response.status in _FOR_GOOD
                moved = str(url) if for_good else moved
        raise _Unfit(f"it redirects more than {_MOST_REDIRECTS} times; give the address where it ends")

    def _attachment_url(self, incoming: Incoming) -> URL:
        try:
            url = URL(incoming.url or "")
        except ValueError as error:
            raise _Unfit("its address is damaged") from error
        if not url.host or (self._hosts is not None and (url.scheme != "https" or url.host not in self._hosts)):
            raise _Unfit("it is not where Discord keeps attachments")
        return url


class _Unfit(Exception):  # noqa: N818 - never leaves this module
    """What was fetched, or not, is of no use; the message says why, as the second half of a sentence."""

    def __init__(self, why: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.retry_after = retry_after


class _RefusedError(OSError):
    """An address that the gate does not let through: what sockets and resolvers may raise."""


class _Gate:
    """Lets connections through to the public web and to the networks that are allowed besides."""

    def __init__(self, allowed: tuple[Network, ...]) -> None:
        self._allowed = allowed

    def check(self, url: URL) -> None:
        """Raise AddressError for a URL with an address in it that may not be fetched; names are checked later."""
        try:
            address = literal(url.raw_host or "")
            if address is not None:
                self.check_address(address, url.port or 0)
        except _RefusedError as error:
            raise AddressError(_shown(str(url)), str(error)) from error
        except ValueError as error:
            raise AddressError(_shown(str(url)), "its host is no valid address; check for typing errors") from error

    def check_address(self, address: Address, port: int) -> None:
        """Raise _RefusedError for what may not be connected to."""
        if is_allowed(address, self._allowed):
            return
        if not is_open(address):
            raise _RefusedError(
                "it leads into a private network, which is closed to me; save the page and attach it as a file"
            )
        if port not in PORTS:
            raise _RefusedError(f"it asks for port {port}; web pages on the ports 80 and 443 are all that I fetch")

    def socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """Make the socket for an address that is about to be connected to."""
        family, kind, protocol, _, place = info
        self.check_address(ip_address(str(place[0])), int(place[1]))
        return socket.socket(family, kind, protocol)


class _CheckedResolver(AbstractResolver):
    """Looks names up, and lets a name pass only if all of its addresses may be connected to."""

    def __init__(self, resolver: AbstractResolver, gate: _Gate) -> None:
        self._resolver = resolver
        self._gate = gate

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name; raises _RefusedError, or OSError for a name without any."""
        found = await self._resolver.resolve(host, port, family)
        for one in found:
            self._gate.check_address(ip_address(one["host"]), port)
        return found

    async def close(self) -> None:
        """Do nothing: the resolver behind is its owner's to close."""


def _bare(media_type: str | None) -> str:
    """Return a media type without its parameters."""
    return (media_type or "").partition(";")[0].strip().lower()


def _parse(url: str) -> URL:
    text = url.strip()
    if text.startswith("<") and text.endswith(">"):  # how Discord users keep a link from unfolding
        text = text[1:-1]
    if len(text) > _LONGEST_URL:
        raise AddressError(
            _shown(text), f"it is longer than {_LONGEST_URL} characters; look on the page for a shorter link"
        )
    if "://" not in text.partition("?")[0]:
        raise AddressError(_shown(text), "a web address begins with https:// or http://")
    if "\\" in text or any(char.isspace() or not char.isprintable() for char in text):
        raise AddressError(
            _shown(text), "there are characters in it that no address has; copy it from the browser again"
        )
    try:
        parsed = URL(text)
        _check_form(parsed)
    except _Unfit as error:
        raise AddressError(_shown(text), str(error)) from error
    except ValueError as error:
        raise AddressError(_shown(text), "it is not written as web addresses are; check for typing errors") from error
    return parsed.with_fragment(None)


def _check_form(url: URL) -> None:
    if url.scheme not in {"http", "https"}:
        raise _Unfit("only https:// and http:// addresses can be read")
    if not url.raw_host:
        raise _Unfit("it names no site; copy it from the browser again")
    if url.raw_user is not None or url.raw_password is not None:
        raise _Unfit("it has a name or password in it, which should not be posted; leave that out")


def _next_hop(url: URL, location: str) -> URL:
    try:
        joined = url.join(URL(location)).with_fragment(None)
        _check_form(joined)
    except _Unfit as error:
        raise AddressError(_shown(location), str(error)) from error
    except ValueError as error:
        raise _Unfit("it redirects to something that is no address; give the one that a browser ends at") from error
    return joined


def _shown(url: str) -> str:
    """Return an address as it may be repeated: without name and password, not longer than a line or two."""
    plain = re.sub(r"//[^/?#]*@", "//", url.strip())
    return plain if len(plain) <= 200 else f"{plain[:199]}…"


async def _take(response: aiohttp.ClientResponse, limit: int) -> Fetched:
    if response.status != 200:
        raise _Unfit(_refusal(response.status), status=response.status)
    media_type = response.content_type.lower()
    filename = _filename(response, media_type)
    if media_type not in _SUFFIXES and not (
        media_type in _UNTYPED and PurePosixPath(filename).suffix.lower() in READABLE
    ):
        readable = "web pages, plain text, PDF, Word, OpenDocument, e-mails and ZIP archives"
        raise _Unfit(f"it is {_kind(media_type)}, not an article; {readable} can be read")
    data = await _body(response, limit, filename)
    return Fetched(data, str(response.url), media_type, filename, response.charset)


async def _take_feed(response: aiohttp.ClientResponse, limit: int, moved: str | None) -> FetchedFeed:
    if response.status not in {200, 304}:
        rest = _seconds(response.headers.get("Retry-After"))
        raise _Unfit(_refusal(response.status), status=response.status, retry_after=rest)
    media_type = response.content_type.lower()
    if response.status == 200 and (media_type.startswith(_MEDIA) or media_type in _SUFFIXES.keys() - _WORDY):
        raise _Unfit(f"it is {_kind(media_type)}, not a feed")
    data = None if response.status == 304 else await _body(response, limit, bare_name(response.url.name) or "the feed")
    etag, last_modified = response.headers.get("ETag"), response.headers.get("Last-Modified")
    return FetchedFeed(
        data=data,
        url=str(response.url),
        moved=moved,
        etag=etag if etag and len(etag) <= _LONGEST_TAG else None,
        last_modified=last_modified if last_modified and len(last_modified) <= _LONGEST_TAG else None,
        seconds=_freshness(response),
    )


def _freshness(response: aiohttp.ClientResponse) -> float | None:
    """Return for how long the server says that its answer holds."""
    told = re.search(r"(?:^|[\s,])max-age=([0-9]{1,9})", response.headers.get("Cache-Control", ""))
    return _seconds(response.headers.get("Retry-After")) or (float(told[1]) if told else None)


def _seconds(header: str | None) -> float | None:
    """Return what Retry-After asks for: it names seconds, or a date."""
    if not header:
        return None
    if header.strip().isdecimal():
        return min(float(header.strip()[:9]), _LONGEST_REST)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(0.0, (until - datetime.now(UTC)).total_seconds()), _LONGEST_REST)


def _kind(media_type: str) -> str:
    name = _KINDS.get(media_type) or _KINDS.get(media_type.partition("/")[0])
    return f"{name} ({media_type})" if name else f"of the type {media_type}"


def _refusal(status: int) -> str:
    """Return what an HTTP status means for the one who asked."""
    match status:
        case 404 | 410:
            return f"it is not there ({status}); check the address"
        case 401 | 403 | 407 | 451:
            return f"the site refuses to show it to me ({status}); save the page and attach it as a file"
        case 402:
            return f"the site wants to be paid for it ({status}); paste what you may share with /summarise"
        case 429:
            return f"the site has had too many requests ({status}); try again in some minutes"
        case _ if status >= 500:
            return f"the site has a problem of its own ({status}); try again later"
        case _:
            return f"the site answers with {status} instead of a page; check the address in a browser"


async def _body(response: aiohttp.ClientResponse, limit: int, filename: str) -> bytes:
    """Return the body, unpacked; at most `limit` bytes are ever held."""
    if (response.content_length or 0) > limit:
        raise FileTooLargeError(filename, limit)
    unpack = _Unpacking(response.headers.get("Content-Encoding", ""))
    received = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        for piece in unpack.feed(chunk):
            received += piece
            if len(received) > limit:
                raise FileTooLargeError(filename, limit)
            await asyncio.sleep(0)
    if not unpack.complete:
        raise _Unfit("only a part of it arrived; try again")
    return bytes(received)


class _Unpacking:
    """Undoes a transfer's compression piece by piece, so that a small bomb is found out before it unfolds."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding.strip().lower().removeprefix("x-")
        if self._encoding not in {"", "identity", "gzip", "deflate"}:
            raise _Unfit("it is compressed in a way that was not asked for; save the page and attach it as a file")
        self._inflate: zlib._Decompress | None = None

    @property
    def complete(self) -> bool:
        """Whether the end of the compressed data was reached, or nothing ever began."""
        return self._inflate is None or self._inflate.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what these bytes unfold to, in pieces of bounded size; raises zlib.error."""
        if self._encoding in {"", "identity"}:
            yield data
            return
        while data:
            if self._inflate is not None and self._inflate.eof and not data.startswith(b"\x1f\x8b"):
                return  # padding after the end, which every browser forgives
            if self._inflate is None or self._inflate.eof:
                self._inflate = zlib.decompressobj(self._window(data))
            piece = self._inflate.decompress(data, _CHUNK)
            while piece:
                yield piece
                # With its output full, zlib may hold some back although all input is used up.
                full = len(piece) == _CHUNK
                piece = self._inflate.decompress(self._inflate.unconsumed_tail, _CHUNK) if full else b""
            data = self._inflate.unused_data

    def _window(self, data: bytes) -> int:
        """Return zlib's name for the format. Some servers send deflate without the header that belongs to it."""
        if self._encoding == "gzip":
            return 16 + zlib.MAX_WBITS
        return zlib.MAX_WBITS if data[0] & 0x0F == zlib.DEFLATED else -zlib.MAX_WBITS


def _filename(response: aiohttp.ClientResponse, media_type: str) -> str:
    header = Message()
    header["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    told = header.get_filename() or ""
    name = bare_name(told) or bare_name(response.url.name) or bare_name(response.url.host or "page")
    suffix = PurePosixPath(name).suffix
    if suffix.lower() not in READABLE:
        suffix = _SUFFIXES.get(media_type, "")
        name += suffix
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - len(suffix)] + suffix


def _read_path(path: str, filename: str, limit: int) -> bytes:
    try:
        place = Path(path)
        if place.is_dir():
            raise DownloadError(filename, "it is a folder; name a file in it")
        if not S_ISREG(place.stat().st_mode):  # reading a pipe or a device may never end
            raise DownloadError(filename, "it is no ordinary file; copy it into one")
        with place.open("rb") as file:
            data = file.read(limit + 1)
    except PermissionError as error:
        raise DownloadError(filename, "I have no permission to read it; copy it to where I have") from error
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise DownloadError(filename, "there is no such file; check the path") from error
    except OSError as error:
        raise DownloadError(filename, f"the system says “{error.strerror}”") from error
    if len(data) > limit:
        raise FileTooLargeError(filename, limit)
    return data


def _again(filename: str, why: str) -> DownloadError:
    return DownloadError(filename, f"{why.partition(';')[0]}; upload it again")


@contextlib.contextmanager
def _explained(
    what: str, seconds: float, refused: Callable[[str, str], UserError], failed: Callable[[str, str], UserError]
) -> Iterator[None]:
    """Turn whatever ends a transfer into the error that the caller shows."""
    try:
        yield
    except _Unfit as error:
        problem = failed(what, str(error))
        if isinstance(problem, DownloadError):
            problem.status, problem.retry_after = error.status, error.retry_after
        raise problem from error
    except TimeoutError as error:
        raise failed(what, f"it took longer than {seconds:g} s; try again later") from error
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, _RefusedError):
            raise refused(what, str(error.os_error)) from error
        raise failed(what, _why(error)) from error
    except (aiohttp.ClientError, OSError, UnicodeError, zlib.error) as error:
        raise failed(what, _why(error)) from error


def _why(error: Exception) -> str:
    """Return what a transport error means, the particular ones before the general."""
    reasons: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
        # Labels of a name that are too long do not even reach the name server.
        ((aiohttp.ClientConnectorDNSError, UnicodeError), "there is no site of that name; check the spelling"),
        (
            (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError),
            "its certificate is not to be trusted; save the page and attach it as a file",
        ),
        (aiohttp.ClientConnectorError, "nobody answers there; try again later"),
        (aiohttp.ClientPayloadError, "only a part of it arrived; try again"),
        (aiohttp.ServerDisconnectedError, "its server hung up; try again"),
        (zlib.error, "it is compressed and damaged; try again"),
        (
            (aiohttp.ClientResponseError, aiohttp.InvalidURL),
            "its server does not speak proper HTTP; save the page and attach it as a file",
        ),
    )
    return next((reason for kind, reason in reasons if isinstance(error, kind)), "the connection broke off; try again")
