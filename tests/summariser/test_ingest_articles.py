"""What is printed about an article, what surrounds it, and where the next one begins."""

from datetime import UTC, date, datetime

import pytest

from summariser.ingest import prepare, read
from summariser.ingest.decoding import clean
from summariser.ingest.roles import Role, read_byline, recognise
from summariser.model import DateKind, NoteKind

BODY = "The old bridge was closed on Monday. " + "Nobody in the village knows for how long it will stay shut. " * 4
OTHER = "A whale came into the harbour at dawn. " + "The boats went out to see it and came back with wet crews. " * 4


def only(text, filename="page.txt"):
    """Read a text that holds one article."""
    document = read(text.encode(), filename)
    assert len(document.articles) == 1
    return document.articles[0], document


def dropped(document):
    return {note.text: note.role for note in document.notes if note.kind is NoteKind.DROPPED}


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("---", Role.RULE),
        ("* * *", Role.RULE),
        ("A+ A-", Role.SHARE),
        ("Share this article on Facebook, Twitter or by e-mail", Role.SHARE),
        ("12 Shares", Role.SHARE),
        ("Teilen", Role.SHARE),
        ("Leave a Reply", Role.COMMENTS),
        ("Comments are closed.", Role.COMMENTS),
        ("14 comments", Role.COMMENTS),
        ("اترك تعليقا", Role.COMMENTS),
        ("RELATED: A bridge too old", Role.RELATED),
        ("READ MORE", Role.RELATED),
        ("Also read: A bridge too old", Role.RELATED),
        ("Lire aussi : le pont", Role.RELATED),
        ("This site uses cookies. Read our policy.", Role.COOKIES),
        ("Accept all cookies", Role.COOKIES),
        ("Sign up for our free newsletter", Role.NEWSLETTER),
        ("© 2020 The Herald. All rights reserved.", Role.COPYRIGHT),
        ("ADVERTISEMENT", Role.ADVERTISEMENT),
        ("Skip to content", Role.NAVIGATION),
        ("Tags: bridge, village", Role.NAVIGATION),
        ("Source: The Herald", Role.SOURCE),
        ("By Ada Roe and Tom Vik", Role.BYLINE),
        ("Von Katrin Ahlers", Role.BYLINE),
        ("Photo: Ada Roe", Role.CAPTION),
        ("The bridge at dusk. Photo credit: The Herald.", Role.CAPTION),
        ("The bridge at dusk [Ada Roe/River Agency]", Role.CAPTION),
        ("The bridge at dusk (Ada Roe/RA)", Role.CAPTION),
        ("File photo of the bridge", Role.CAPTION),
        ("The mayor shares the view of many villagers.", None),
        ("Share prices fell in all markets on Monday", None),
        ("Read the letter he did not, the mayor said.", None),
        ("Comment is free, but bridges are dear", None),
        ("By then the bridge was shut.", None),
        ("The picture by the door showed a photo by Ada Roe.", None),
        ("More people than ever cross the river", None),
        ("Get arrested with a newsletter here and you lose your job.", None),
        ("Copyright rules for weavers will be loosened, said the ministry.", None),
        ("Map makers by the dozen came to the fair, and it rained.", None),
        ("They handed the album to Getty Images for a song: nine crowns.", None),
        ("Source: of pride for some, of shame for others.", None),
        ("See also the ledger, which lay in the attic until last year.", None),
        ("More: that is all that he wanted.", None),
        ("See more: so ran his motto.", None),
        ("To unsubscribe from the clan was not easy.", None),
        ("To unsubscribe from this list, click below.", Role.MAIL),
        ("He was fined for a picture credited to Tom Vik/Reuters", None),
        ("Click here to win, promised the letter, and thousands did.", None),
        ("Sign up for our newsletter, the stranger told her.", None),
        ("“Comments are closed,” she said.", None),
        ("Print it now!", None),
        ("It was over by noon, the guards said. (Reuters)", None),
        ("Three more wells are dry. (dpa/wn)", None),
        ("The wells at noon. (Ada Roe/River Agency)", Role.CAPTION),
        ("The wells at noon (Reuters)", Role.CAPTION),
        ("The wells at noon. Getty Images.", Role.CAPTION),
        ("The wells at noon. Photo: Ada Roe.", Role.CAPTION),
        ("READ MORE: Who dug the wells?", Role.RELATED),
        ("Click here to read the whole report.", Role.RELATED),
        ("Follow us on Facebook for the latest.", Role.NEWSLETTER),
        ("All rights reserved.", Role.COPYRIGHT),
        ("Lesezeit: 4 Minuten", Role.READING),
        ("Temps de lecture : 3 min.", Role.READING),
        ("5 min(s) read", Role.READING),
        ("Okuma süresi: 2 dk.", Role.READING),
        ("Article réservé à nos abonnés.", Role.SUBSCRIPTION),
        ("This is a subscriber-only story.", Role.SUBSCRIPTION),
        ("Dieser Text ist nur für Abonnenten lesbar.", Role.SUBSCRIPTION),
        ("Contenido exclusivo para suscriptores", Role.SUBSCRIPTION),
        ("للمشتركين فقط", Role.SUBSCRIPTION),
        ("You are receiving this message because you asked for it.", Role.MAIL),
        ("Vous recevez cet e-mail parce que vous êtes inscrit.", Role.MAIL),
        ("Unsubscribe | Privacy policy", Role.MAIL),
        ("PRESS RELEASE", Role.RELEASE),
        ("-30-", Role.END),
        ("# # #", Role.END),
        ("– ENDS –", Role.END),
        ("Cookies are baked in the village on Sundays.", None),
    ],
)
def test_a_line_is_told_by_its_own_words(line, role):
    assert recognise(line) is role


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("By Ada Roe", ("Ada Roe", None)),
        ("By Ada Roe, Staff Writer", ("Ada Roe", None)),
        ("By Ada Roe and Tom van Dam | The Herald", ("Ada Roe and Tom van Dam", "The Herald")),
        ("By Ada Roe in Oslo", ("Ada Roe", None)),
        ("By Ada Roe - political editor", ("Ada Roe", None)),
        ("Interview by Ada Roe", ("Ada Roe", None)),
        (
            "By Capt. (ret.) Ada Roe Jr., M.Sc. | The Halm Herald",
            ("Capt. (ret.) Ada Roe Jr., M.Sc.", "The Halm Herald"),
        ),
        ("By Tuesday, 4 May 2021, the ice was gone.", None),
        ("By Sunday, nobody cared", None),
        ("By Ada, as the villagers called her", None),
        ("By Staff Reporter", (None, None)),
        ("By the river", None),
        ("By " + "Ada " * 60, None),
        ("Ada Roe", None),
    ],
)
def test_a_byline_names_author_and_outlet(line, named):
    assert read_byline(line) == named


def test_of_doubled_headlines_the_lower_one_is_the_title():
    article, document = only(f"Traitors shut old bridge\n\nCouncil shuts old bridge\n\n{BODY}")

    assert (article.title, article.republished_title) == ("Council shuts old bridge", "Traitors shut old bridge")
    assert document.text.startswith("Traitors shut old bridge\n\nCouncil shuts old bridge\n\nThe old")


def test_words_put_into_a_headline_make_it_another_one():
    article, _ = only(f"Lazy council shuts old bridge!\n\nCouncil shuts old bridge\n\n{BODY}")

    assert (article.title, article.republished_title) == ("Council shuts old bridge", "Lazy council shuts old bridge!")


def test_a_line_that_says_more_below_the_headline_is_a_deck():
    article, _ = only(f"Council shuts bridge\n\nCouncil shuts the bridge for good\n\n{BODY}")

    assert (article.title, article.republished_title) == ("Council shuts bridge", None)
    assert article.text.startswith("Council shuts the bridge for good\n\n")


def test_a_line_glued_to_the_upper_headline_is_parted_from_it():
    article, _ = only(
        f"Traitors shut old bridgeHalm – The\u00a0Herald\n\nCouncil shuts old bridge\nHalm – The Herald\n\n{BODY}"
    )

    assert article.republished_title == "Traitors shut old bridge"
    assert article.title == "Council shuts old bridge"
    assert article.source == "The Herald"


def test_a_first_line_without_a_second_is_the_title_below_the_sites_own():
    article, document = only(f"News - Local - The Herald\n\nCouncil shuts old bridge\n\n{BODY}")

    assert (article.title, article.source) == ("Council shuts old bridge", "The Herald")
    assert dropped(document) == {"News - Local - The Herald": "site-header"}


def test_a_headline_repeated_with_its_sites_name_is_one_title():
    article, document = only(f"Council shuts old bridge - The Halm Herald\n\nCouncil shuts old bridge\n\n{BODY}")

    assert (article.title, article.republished_title) == ("Council shuts old bridge", None)
    assert set(dropped(document).values()) == {"site-header"}


def test_the_name_of_a_section_is_no_title():
    article, document = only(f"Opinion\n\nCouncil shuts old bridge\n\nA deck that says a little more\n\n{BODY}")

    assert article.title == "Council shuts old bridge"
    assert article.text.startswith("A deck that says a little more\n\n")
    assert dropped(document) == {"Opinion": "site-header"}


def test_a_trail_of_sections_names_no_source():
    article, _ = only(f"Home > News\n\nCouncil shuts old bridge\n\n{BODY}")

    assert (article.title, article.source) == ("Council shuts old bridge", None)


def test_a_line_of_text_alone_is_an_article_without_title():
    article, _ = only("Just a line of words")

    assert (article.text, article.title) == ("Just a line of words", None)


def test_headings_within_the_text_stay_and_links_below_it_go():
    article, document = only(
        f"Council shuts bridge\n\n{BODY}\n\nWhat comes next\n\n{BODY}\n\nMost read\n\nTen other bridges to see"
    )

    assert "What comes next" in article.text
    assert dropped(document) == {"Most read": "related", "Ten other bridges to see": "related"}


def test_a_caption_ends_with_whose_picture_it_is():
    article, document = only(f"Council shuts bridge\n\nThe bridge on May 3, 2020. Halm Press Office\n\n{BODY}")

    assert article.text == BODY.strip()
    assert article.published is None
    assert dropped(document) == {"The bridge on May 3, 2020. Halm Press Office": "caption"}


def test_a_bare_name_above_the_text_is_nobodys():
    article, document = only(f"Council shuts bridge\n\nAda Roe\n\n{BODY}")

    assert article.author is None
    assert dropped(document) == {"Ada Roe": "name-line"}


def test_the_source_below_the_text_is_read():
    article, _ = only(f"Council shuts bridge\n\n{BODY}\n\nSource: The Herald.")

    assert article.source == "The Herald"


def test_nothing_is_learnt_from_comments():
    article, document = only(f"Council shuts bridge\n\n{BODY}\n\n2 comments\n\nBy Ada Roe\n\nMay 3, 2020 at 8:01 am")

    assert (article.author, article.published) == (None, None)
    assert set(dropped(document).values()) == {"comment-form"}


def test_a_byline_with_its_date_gives_both():
    article, _ = only(f"Council shuts bridge\n\nBy Ada Roe, May 3, 2020\n\n{BODY}")

    assert (article.author, article.source) == ("Ada Roe", None)
    assert article.published == datetime(2020, 5, 3, tzinfo=UTC)


def test_the_agency_in_the_dateline_is_the_source_and_its_date_the_articles():
    article, _ = only(f"Council shuts bridge\n\n05/28/2020 Halm (River Agency) – {BODY}")

    assert (article.source, article.published_kind) == ("River Agency", DateKind.DATELINE)
    assert article.published_words == "05/28/2020"


def test_a_date_above_a_caption_is_the_pictures_when_there_is_another():
    article, _ = only(
        f"Council shuts bridge\n\nMay 3, 2019\n\nThe bridge [Ada Roe/RA]\n\nMay 4, 2020 at 9:00 am\n\n{BODY}"
    )

    assert article.published == datetime(2020, 5, 4, 9, tzinfo=UTC)


def test_a_date_above_a_caption_is_the_articles_when_there_is_none_else():
    article, _ = only(f"Council shuts bridge\n\nMay 3, 2019\n\nThe bridge [Ada Roe/RA]\n\n{BODY}")

    assert article.published == datetime(2019, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "reason"), [("03/04/2020", "more than one way"), ("May 3, 2019\n\nMay 4, 2020", "different days")]
)
def test_no_date_is_better_than_a_wrong_one(lines, reason):
    article, document = only(f"Council shuts bridge\n\n{lines}\n\n{BODY}")

    assert article.published is None
    assert [reason in note.detail for note in document.notes if note.role == "date"] == [True]


def test_a_date_in_the_text_is_not_the_articles():
    article, document = only(f"Council shuts bridge\n\n{BODY}\n\nMay 3, 1999\n\n{BODY}")

    assert article.published is None
    assert "May 3, 1999" in article.text
    assert dropped(document) == {}


def test_a_date_below_the_text_is_taken_when_nothing_else_is_printed():
    article, _ = only(f"Council shuts bridge\n\n{BODY}\n\nMay 3, 2020")

    assert article.published == datetime(2020, 5, 3, tzinfo=UTC)


def test_a_pages_own_title_is_kept_beside_a_different_one_printed():
    page = (
        "<html><head><meta property='og:title' content='{}'></head>"
        f"<body><article><h1>Council shuts the old bridge</h1><p>{BODY}</p></article></body></html>"
    )

    other = read(page.format("Traitors shut the old bridge").encode(), "a.html").articles[0]
    same = read(page.format("Council shuts the old bridge").encode(), "a.html").articles[0]

    assert {other.title, other.republished_title} == {"Traitors shut the old bridge", "Council shuts the old bridge"}
    assert (same.title, same.republished_title) == ("Council shuts the old bridge", None)


def test_a_stated_title_leaves_a_first_heading_in_the_text():
    article, _ = only(f"---\ntitle: Council shuts bridge\n---\n## What happened so far\n\n{BODY}", "a.md")

    assert article.title == "Council shuts bridge"
    assert article.text.startswith("What happened so far\n\n")


def split_titles(text, filename="bundle.txt"):
    return [article.title for article in read(text.encode(), filename).articles]


@pytest.mark.parametrize(
    "evidence",
    [
        "By Ada Roe\n\n" + OTHER,
        "Beast seen in harbour this morning\n\n" + OTHER,
        "HALM — " + OTHER,
        "Posted on May 3, 2020\n\n" + OTHER,
        "The Herald, May 3, 2020\n\n" + OTHER,
        "Updated: May 3, 2020\n\n" + OTHER,
    ],
)
def test_a_headline_with_evidence_below_it_begins_an_article(evidence):
    titles = split_titles(f"Council shuts bridge\n\n{BODY}\n\nWhale seen in harbour this morning\n\n{evidence}")

    assert len(titles) == 2


@pytest.mark.parametrize(
    "between",
    [
        "What comes next for us\n\n",
        "What comes next for us\n\nMay 3, 2020\n\n",
        "By Ada Roe\n\n",
        "---\n\n",
        "Ada Roe\n\nBy Tom Vik\n\n",
        "More news here today\n\nUpdated: May 3, 2020\n\nWhat comes next for us\n\n",
        "A line that is repeated here\n\nA line that is repeated here\n\n",
        "Council shuts the old bridge\n\nCouncil shut the long bridge\n\nWhat comes next for us\n\n",
        "Leave a Reply\n\nBest bridge of all\n\nMay 3, 2020 at 8:01 am\n\n",
    ],
)
def test_without_sure_evidence_nothing_is_split(between):
    assert len(split_titles(f"Council shuts bridge\n\n{BODY}\n\n{between}{OTHER}")) == 1


def test_too_little_text_makes_no_article_of_its_own():
    assert (
        len(split_titles(f"Council shuts bridge\n\n{BODY}\n\nWhale seen in harbour\n\nBy Ada Roe\n\nIt was big.")) == 1
    )


def test_bare_dates_split_a_file_whose_first_article_has_one():
    titles = split_titles(
        f"Council shuts bridge\n\nMay 2, 2020\n\n{BODY}\n\nWhale seen in harbour\n\nMay 3, 2020\n\n{OTHER}"
    )

    assert titles == ["Council shuts bridge", "Whale seen in harbour"]


def test_a_rule_above_a_headline_of_the_first_ones_rank_parts_articles():
    assert len(split_titles(f"Council shuts bridge\n\n{BODY}\n\n***\n\nWhale in harbour\n\n{OTHER}")) == 2
    assert len(split_titles(f"# Bridge shut\n\n{BODY}\n\n---\n\n# Whale here\n\n{OTHER}", "a.md")) == 2
    assert len(split_titles(f"# Bridge shut\n\n{BODY}\n\n---\n\n## What next\n\n{OTHER}", "a.md")) == 1
    assert len(split_titles(f"{BODY}\n\n***\n\nWhale in harbour\n\n{OTHER}")) == 1


def test_doubled_headlines_begin_an_article_even_after_comments():
    text = (
        f"Council shuts bridge\n\n{BODY}\n\nLeave a Reply\n\nYour name\n\n"
        f"Traitor whale in harbour\n\nGrey whale in harbour\n\n{OTHER}"
    )

    assert split_titles(text) == ["Council shuts bridge", "Grey whale in harbour"]


def test_a_comment_form_above_an_articles_text_ends_nothing():
    heads = "Traitor whale in harbour\n\nGrey whale in harbour"
    text = f"Council shuts bridge\n\n{BODY}\n\n{heads}\n\nLeave a Reply\n\n{OTHER}"

    assert split_titles(text) == ["Council shuts bridge", "Grey whale in harbour"]


def test_an_article_whose_text_is_all_comments_is_none():
    heads = "Traitor whale in harbour\n\nGrey whale in harbour"
    text = f"Council shuts bridge\n\n{BODY}\n\n{heads}\n\nLeave a Reply\n\nYour name"

    assert split_titles(text) == ["Council shuts bridge"]


def test_half_characters_are_replaced_and_noted():
    assert clean("a\ud800b")[0] == "a\ufffdb"
    assert [note.role for note in clean("a\ud800b")[1]] == ["surrogate"]


WOLVES = (
    "Two wolves took eleven sheep from a pen above the quarry on Sunday night, the shepherd found at daybreak. "
    "Hunters asked the forester for a licence; he wants to see the tracks first."
)
CINEMA = (
    "The last cinema of the county showed its last film to a full house, for the first time in years. Its owner, a "
    "widow of eighty, keeps the projector and gives the red chairs to the library."
)
BRIDGE = (
    "The toll bridge over the Alder will be free of charge from January, because collecting the coins costs more than "
    "they bring. Drivers had thrown buttons, foreign money and a wedding ring into the baskets for many years."
)


@pytest.mark.parametrize(("mark", "filename"), [("## ", "letter.md"), ("### ", "letter.md"), ("", "letter.txt")])
def test_headlines_over_other_words_make_a_file_of_stories(mark, filename):
    text = (
        f"{mark}Wolves take sheep above the quarry\n\n{WOLVES}\n\n{mark}Last cinema closes its doors\n\n{CINEMA}\n\n"
        f"{mark}Crossing the Alder to cost nothing\n\n{BRIDGE}"
    )

    document = read(text.encode(), filename)

    assert [article.title for article in document.articles] == [
        "Wolves take sheep above the quarry",
        "Last cinema closes its doors",
        "Crossing the Alder to cost nothing",
    ]
    assert document.proposals == ()


def test_what_stands_above_a_letters_first_story_is_no_storys_text():
    text = (
        f"# The Alder letter\n\nGood morning, all.\n\n## Wolves take sheep above the quarry\n\n{WOLVES}\n\n"
        f"## Last cinema closes its doors\n\n{CINEMA}"
    )

    document = read(text.encode(), "letter.md")

    assert [article.text for article in document.articles] == [WOLVES, CINEMA]
    assert dropped(document) == {"The Alder letter": "preamble", "Good morning, all.": "preamble"}


def test_headings_over_the_same_words_part_one_story():
    parts = "\n\n".join(
        f"## {heading}\n\nThe wolves of the quarry {words} above the pen, and the shepherd counted his sheep again. "
        "Eleven sheep were gone, and the forester measured the tracks of two wolves beside the quarry pen."
        for heading, words in (("What the shepherd heard at night", "howled"), ("How the tracks were found", "ran"))
    )

    document = read(f"# Wolves above the quarry\n\n{WOLVES}\n\n{parts}".encode(), "story.md")

    assert (len(document.articles), document.proposals) == (1, ())


def test_a_single_doubtful_headline_is_proposed_with_its_place():
    document = read(
        f"Wolves take sheep above the quarry\n\n{WOLVES}\n\nLast cinema shuts\n\n{CINEMA}".encode(), "a.txt"
    )
    assert document.proposals == ()  # three words may head a part of any story

    document = read(
        f"Wolves take sheep above the quarry\n\n{WOLVES}\n\nLast cinema closes its doors\n\n{CINEMA}".encode(), "a.txt"
    )
    (article,), (proposal,) = document.articles, document.proposals

    assert article.text[: proposal.at] == WOLVES
    assert article.text[proposal.at : proposal.body].strip() == proposal.title == "Last cinema closes its doors"
    assert article.text[proposal.body :] == CINEMA
    assert [note.kind for note in document.notes] == [NoteKind.PROPOSED]


def test_an_outlets_name_below_a_headline_speaks_for_an_article():
    titles = split_titles(
        f"Wolves take sheep above the quarry\n\nThe Alder Post\n\n{WOLVES}\n\n"
        f"Last cinema closes its doors\n\nThe County Herald\n\n{CINEMA}"
    )

    assert titles == ["Wolves take sheep above the quarry", "Last cinema closes its doors"]


def test_each_message_of_a_digest_is_an_article_with_its_subject_sender_and_date():
    head = "Message: {}\nDate: Mon, {} Sep 2014 08:20:11 +0000\nFrom: {} <a@b.example>\nSubject: {}\n\n"
    text = (
        f"Today's Topics:\n\n1. Sheep\n\n{head.format(1, 1, 'Ada Roe', 'Sheep gone')}{WOLVES}\n\n----------\n\n"
        f"{head.format(2, 2, 'Tom Vik', 'Re: the cinema')}{CINEMA}\n\nEnd of Alder Digest, Vol 1"
    )

    document = read(text.encode(), "digest.txt")

    assert [(one.title, one.author, one.published.day, one.text) for one in document.articles] == [
        ("Sheep gone", "Ada Roe", 1, WOLVES),
        ("Re: the cinema", "Tom Vik", 2, CINEMA),
    ]


def test_two_headlines_everywhere_are_the_habit_of_a_file():
    text = (
        f"Tyrant's wolves eat our sheep\n\nWolves take sheep above the quarry\n\nALDER, June 2 (AP) — {WOLVES}\n\n"
        f"Tyrant starves the arts\n\nLast cinema closes its doors\n\nALDER, June 2 (AP) — {CINEMA}\n\n"
        f"A bribe for motorists\n\nCrossing the Alder to cost nothing\n\nALDER, June 2 (AP) — {BRIDGE}"
    )

    assert [one.republished_title for one in read(text.encode(), "a.txt").articles] == [
        "Tyrant's wolves eat our sheep",
        "Tyrant starves the arts",
        "A bribe for motorists",
    ]


def test_a_line_that_names_the_site_is_no_headline():
    article, document = only(f"The Halm Herald\n\nBridge to be shut for months\n\nA deck of more words\n\n{BODY}")

    assert article.title == "Bridge to be shut for months"
    assert dropped(document) == {"The Halm Herald": "site-header"}


def test_an_article_that_stands_twice_in_a_file_is_told():
    text = (
        f"Wolves take sheep\n\nBy Ada Roe\n\n{WOLVES}\n\nLast cinema shuts\n\nBy Tom Vik\n\n{CINEMA}\n\n"
        f"Wolves above the quarry\n\nBy Ada Roe\n\n{WOLVES}"
    )

    reading = prepare(text.encode(), "a.txt")

    assert len(reading.signatures) == len(reading.document.articles) == 3
    told = [note.detail for note in reading.document.notes if note.kind is NoteKind.DUPLICATE]
    assert told == ["Article 3 repeats article 1."]


def test_the_day_in_a_pages_address_is_its_date_where_none_is_printed():
    article, _ = only(f"https://halm.example/2012/08/30/bridge/\n\nCouncil shuts bridge\n\n{BODY}")

    assert (article.published, article.published_kind) == (datetime(2012, 8, 30, tzinfo=UTC), DateKind.INFERRED)


def test_addresses_above_headlines_part_their_pages():
    text = "\n".join(
        f"https://herald.example/2020/05/0{day}/{name}\n{title}\n{body}\n"
        for day, name, title, body in (
            (3, "weir", "Council opens weir to rowers", BODY),
            (
                4,
                "owls",
                "Owls return to the old mill",
                "Two owls sat on the mill's beam on Monday, and six on Friday. " * 4,
            ),
        )
    )

    articles = read(text.encode(), "pasted.txt").articles

    assert [article.title for article in articles] == ["Council opens weir to rowers", "Owls return to the old mill"]
    assert [article.published.day for article in articles] == [3, 4]
    assert [article.published_at.words("") for article in articles] == ["2020/05/03", "2020/05/04"]


def test_a_headline_of_wrapped_lines_is_parted_from_its_byline():
    article, _ = only(f"Council opens weir to rowers\nBy Ada Roe\n\n{BODY}")

    assert (article.title, article.author) == ("Council opens weir to rowers", "Ada Roe")


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("(MORE)", Role.WIRE),
        ("-- more --", Role.WIRE),
        ("NP0031 4 G  0198 TUNNEL", Role.WIRE),
        ("BC-CANAL-REOPENS:2 of 2", Role.WIRE),
        ("14SEP23 1712GMT", Role.WIRE),
        ("-0-", Role.END),
        ("LENGTH: 131 words", Role.RECORD),
        ("Publication-Type: Newspaper", Role.RECORD),
        ("2 of 3 DOCUMENTS", Role.MESSAGE),
        ("Posted in Roads | 3 Comments", Role.NAVIGATION),
        ("Keywords: port, strike", Role.NAVIGATION),
        ("Reply all", Role.COMMENTS),
        ("Thanks for reading Notes on Water! Subscribe for free to receive new posts.", Role.NEWSLETTER),
        ("MH370 NOT FOUND", None),
        ("COVID-19", None),
        ("BOEING 737 FLEET STAYS GROUNDED", None),
        ("More than enough", None),
        ("Length of the bridge: 131 metres", None),
        ("2 of 3 votes were for it.", None),
        ("Posted in Halden, he wrote home every week.", None),
    ],
)
def test_what_agencies_and_data_banks_put_around_a_story_is_told_from_it(line, role):
    assert recognise(line) is role


@pytest.mark.parametrize(
    "head", ["By Ida Brandt\n3 May 2024", "3 May 2024\n\nBy Ida Brandt", "By Ida Brandt | 3 May 2024"]
)
def test_a_date_beside_a_by_line_below_a_deck_is_the_articles(head):
    deck = "The ship was towed to the quay, and the union says that it is the second time this year."
    body = "A fire in the engine room stopped the ferry on Friday with 214 people on board. Two tugs came at noon."

    [article] = read(f"Ferry stopped by fire\n\n{deck}\n\n{head}\n\n{body}\n\n{body}".encode(), "a.txt").articles

    assert (article.published.date(), article.author) == (date(2024, 5, 3), "Ida Brandt")
    assert "3 May 2024" not in article.text
    assert article.text.startswith(deck)


def test_a_bare_date_within_the_text_is_a_heading_of_it():
    body = "A fire in the engine room stopped the ferry on Friday with 214 people on board. Two tugs came at noon."

    [article] = read(f"A week at sea\n\n{body}\n\n3 May 2024\n\n{body}\n\n{body}".encode(), "a.txt").articles

    assert "3 May 2024" in article.text
