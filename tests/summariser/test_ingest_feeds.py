import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from summariser.errors import NoFeedError, NoOutlineError
from summariser.ingest.feeds import MOST_ENTRIES, linked_feeds, read_feed
from summariser.ingest.opml import read_opml, write_opml
from summariser.model import Subscription

URL = "https://tidings.example/feed.xml"

RSS = b"""<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Tidings &amp;amp; Co</title><link>https://tidings.example/</link>
<item><title>Ferry &lt;i&gt;runs&lt;/i&gt; again</title><link>/2024/ferry</link><guid isPermaLink="false">t-17</guid>
<pubDate>Tue, 03 Sep 2024 10:00:00 +0200</pubDate><description>Short.</description>
<content:encoded>&lt;p&gt;The ferry to Visby runs again after a week of storms.&lt;/p&gt;</content:encoded></item>
<item><title>No address, no id</title><description>A note of the editors.</description></item>
<item><title>Ferry again</title><guid isPermaLink="false">t-17</guid></item>
</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>أخبار المرفأ</title><link href="https://harbour.example/"/>
<entry><id>urn:h:1</id><title>السفينة وصلت</title><link href="https://harbour.example/1"/>
<updated>2024-09-03T08:30:00Z</updated><author><name>سلمى خوري</name></author>
<summary>وصلت السفينة صباحا.</summary></entry>
</feed>""".encode()

JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Notes from Cusco",
        "home_page_url": "https://cusco.example/",
        "items": [
            {
                "id": 7,
                "url": "notes/7",
                "title": "Snow",
                "content_html": "<p>Snow fell.</p>",
                "date_published": "2024-09-03T05:00:00-05:00",
                "authors": [{"name": "Rosa"}, {"name": "Iván"}],
            },
            "no object",
        ],
    }
).encode()


def test_an_rss_feed_is_read_with_complete_addresses_and_the_longer_text():
    feed = read_feed(RSS, URL)

    first, second = feed.entries
    assert (feed.title, feed.page) == ("The Tidings & Co", "https://tidings.example/")
    assert (first.guid, first.url, first.title) == ("t-17", "https://tidings.example/2024/ferry", "Ferry runs again")
    assert first.published == datetime(2024, 9, 3, 8, 0, tzinfo=UTC)
    assert first.text == "<p>The ferry to Visby runs again after a week of storms.</p>"
    assert (second.url, second.published) == (None, None)
    assert second.guid == f"words:{second.content}"


def test_an_atom_feed_is_read_and_its_last_change_stands_in_for_its_date():
    (entry,) = read_feed(ATOM, URL).entries

    assert (entry.guid, entry.title, entry.author) == ("urn:h:1", "السفينة وصلت", "سلمى خوري")
    assert entry.published == datetime(2024, 9, 3, 8, 30, tzinfo=UTC)


def test_a_json_feed_is_read():
    (entry,) = read_feed(JSON, URL).entries

    assert (entry.guid, entry.url, entry.author) == ("7", "https://cusco.example/notes/7", "Rosa, Iván")
    assert entry.published == datetime(2024, 9, 3, 10, 0, tzinfo=UTC)


def test_a_page_is_no_feed_and_the_feeds_that_it_names_are_told():
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><body>Hello</body></html>'

    with pytest.raises(NoFeedError) as caught:
        read_feed(page, "https://tidings.example/")

    assert "https://tidings.example/rss" in str(caught.value)
    assert linked_feeds(b"", URL) == ()


def test_the_same_words_have_the_same_content_whatever_their_time():
    later = RSS.replace(b"03 Sep 2024 10:00", b"04 Sep 2024 23:00")

    assert [entry.content for entry in read_feed(later, URL).entries] == [
        entry.content for entry in read_feed(RSS, URL).entries
    ]


def test_a_feed_without_end_is_read_as_far_as_anybody_reads():
    items = b"".join(b"<item><guid>%d</guid><title>n</title></item>" % number for number in range(MOST_ENTRIES + 5))

    feed = read_feed(b'<rss version="2.0"><channel>' + items + b"</channel></rss>", URL)

    assert len(feed.entries) == MOST_ENTRIES


def test_nothing_but_web_addresses_comes_out_of_a_feed():
    for link in ("javascript:alert(1)", "file:///etc/passwd", "http://[", "data:text/html,x"):
        (entry,) = read_feed(
            RSS.replace(b"/2024/ferry", link.encode()).split(b"<item><title>No")[0] + b"</channel></rss>", URL
        ).entries

        assert entry.url is None


def test_a_path_is_not_opened(tmp_path):
    kept = tmp_path / "feed.xml"
    kept.write_bytes(RSS)

    with pytest.raises(NoFeedError):
        read_feed(str(kept).encode(), URL)


@given(
    st.binary(max_size=300)
    | st.builds(lambda at, junk: RSS[:at] + junk + RSS[at:], st.integers(0, len(RSS)), st.binary(max_size=20))
)
@example(b'{"version": "https://jsonfeed.org/version/1", "items": {}}')
@example(b'{"version": "https://jsonfeed.org/version/1", "items": [{"date_published": 5, "authors": 3, "url": [1]}]}')
@example(b"[" * 100_000)
@example(b"{" * 100_000)
def test_whatever_stands_there_is_a_feed_or_refused(data):
    try:
        feed = read_feed(data, URL)
    except NoFeedError:
        return

    assert len({entry.guid for entry in feed.entries}) == len(feed.entries)
    assert all(entry.url is None or entry.url.startswith(("http://", "https://")) for entry in feed.entries)


OPML = b"""<opml version="2.0"><body><outline text="News"><outline text="Tidings" xmlUrl="https://tidings.example/feed"/>
<outline title="Twice" xmlUrl="https://tidings.example/feed"/><outline xmlUrl="ftp://x.example/f"/></outline></body></opml>"""


def test_a_list_of_feeds_is_read_whatever_folders_they_stand_in():
    assert read_opml(OPML, "feeds.opml") == (Subscription("https://tidings.example/feed", "Tidings"),)


@pytest.mark.parametrize("data", [b"", b"no list", b"<opml><body/></opml>", b"\x00\xff"])
def test_what_names_no_feed_is_refused(data):
    with pytest.raises(NoOutlineError, match=r"feeds\.opml"):
        read_opml(data, "feeds.opml")


def test_entities_of_a_list_are_not_followed():
    bomb = b'<!DOCTYPE o [<!ENTITY f SYSTEM "file:///etc/hostname">]><opml><outline text="&f;" xmlUrl="https://a.example/"/></opml>'

    assert read_opml(bomb, "x")[0].title in (None, "&f;")


@given(st.lists(st.tuples(st.integers(0, 9), st.text(max_size=30)), min_size=1, unique_by=lambda pair: pair[0]))
def test_what_is_written_is_read_again(feeds):
    written = write_opml(
        [Subscription(f"https://a{number}.example/?a=1&b='\"", title or None) for number, title in feeds], title="<&>"
    )

    assert [one.url for one in read_opml(written, "x")] == [
        f"https://a{number}.example/?a=1&b='\"" for number, _ in feeds
    ]
