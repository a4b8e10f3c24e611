"""Where sentences end, and what always holds of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summariser.text import is_sentence, paragraphs, split_sentences

SPLITS = {
    "plain": ["The ferry sank.", "Nobody was hurt!", "Why did it sail?"],
    "titles": ["Gen. A. B. Okoro and Mrs. Vance met Dr. Li at St. Olaf's.", "They talked."],
    "country before a noun": ["The U.S. Senate met.", "He lives in the U.S.", "The rest moved."],
    "hours": ["At 5 a.m. Mr. Roe left.", "He came back at 6 p.m.", "Mr. Roe slept."],
    "company": ["Halden Inc. said no.", "It was sold to Halden Inc.", "The price was secret."],
    "numbers": ["See No. 5 and p. 12 of Vol. 3.", "It cost 3.40 in Jan. 2020.", "The answer was no.", "Few minded."],
    "words that look like abbreviations": ["He sat.", "Okoro came in.", "They sell ore.", "Prices fell."],
    "quotes closed after the stop": ["“It is over,” he said.", "“Go home.”", "They went."],
    "a question with its speaker": ["“Where is it?” Captain Lund asked.", "He knew.", "“Here!” she said."],
    "a citation after a quote": ['"Stairs [...]" (Lund 55).', "So it stood."],
    "ellipses": ["He never meant that....", "She left.", "He was . . . tired and ... old."],
    "bracketed": [
        "She teaches (he knew it.) at the school.",
        "It closed.",
        "(See page 4.)",
    ],
    "notes": ["It was built in 1805.[6]", "It burned down. [12]", "Then it rose."],
    "web": ["Write to a.roe@example.com or www.example.com.", "They answer."],
    "plan B": ["There is no plan B.", "The mayor knows.", "We are you and I.", "Did you see Al I. Roe?"],
    "initials": ["George W. But came.", "J. The Elder left."],
    "list in a line": ["1. The first item", "2. The second item"],
    "list with stops": ["1) The first one.", "2) The second one."],
    "letters": ["a. The wood", "b. Is dry"],
    "bullets": ["• First things", "• Second things"],
    "rule": ["It ended.", "***", "It began."],
    "chat": ["i went there.", "it was good.", "why?", "no idea"],
    "chat in the middle": ["We ate fish.", "i liked it."],
    "glued": ["They held elections.", "The vote was close."],
    "names with marks": ["She works at Yahoo! in the kitchen.", "No stop after etc. and so on."],
    "German": ["Am 3. Mai kam er nach Bonn.", "Er war um 5. da, z.B. am Tor.", "Die Stadt ist alt."],
    "Arabic": ["قال د. سالم إن البلاد بخير.", "هل هذا صحيح؟", "نعم."],
    "Smiley": ["Come along! :)", "We leave at ten."],
    "abbreviation before a quote": ["It moved to Halden Ltd.", "“Good,” he said."],
    "not glued": ["Look at read-me.The or at Mr.The again."],
    "a number at the end": ["They counted 14.", "Nobody knew why."],
}


ABROAD = {
    "de amounts": [
        "Sie zahlt 5 Mio. Euro und 2 Mrd. Kronen.",
        "Es sind 3 Mio.",
        "Der Rat schweigt zu 300 Tsd. Franken.",
    ],
    "de streets and firms": ["Die Fa. Möbius zog in die Lange Str. 5 um.", "Das dauert ca. Mitte Mai oder ca. 3 Tage."],
    "de eras": ["Die Stadt fiel 52 v. Chr. Truppen in die Hand.", "Sie brannte."],
    "fr eras": ["La ville tomba en 52 av. J.-C. César partit.", "Elle brûla en 30 apr. J.-C.", "Le Pr. Raynal le dit."],
    "fr law and streets": ["Il vit 12, bd. Voltaire.", "Selon l’art. 5 ou l'art. 7, c’est permis."],
    "es": ["Los EE. UU. Biden y la Dra. Lobo firmaron en Sta. Rosa.", "Vive en EE. UU.", "El acuerdo vale."],
    "tl": ["Si Gng. Reyes ay nasa Brgy. San Roque.", "Pumunta si Engr. Cruz sa Sto. Domingo."],
    "it": [
        "Il sig. Rosi e l'avv. Bini citano l'art. 3 della legge.",
        "Ecco dove sto.",
        "Marco dorme, amico mio.",
        "Piove.",
    ],
    "en": [
        "She studied art.",
        "Picasso knew.",
        "He works in PR.",
        "She asked the FA.",
        "They moved to San Jose, CA.",
        "It rains.",
    ],
}


@pytest.mark.parametrize("name", ABROAD)
def test_abbreviations_of_other_languages_end_nothing_and_english_stays_as_it_was(name):
    text = " ".join(ABROAD[name])

    assert [span.cut(text) for span in split_sentences(text, language=name[:2])] == ABROAD[name]


@pytest.mark.parametrize("sentences", SPLITS.values(), ids=SPLITS)
def test_sentences_end_where_a_reader_would_end_them(sentences):
    text = " ".join(sentences)

    assert [span.cut(text) for span in split_sentences(text)] == sentences


def test_sentences_without_spaces_are_parted_too():
    text = "今日は晴れです。明日は雨です！「本当？」はい。"

    assert [span.cut(text) for span in split_sentences(text)] == [
        "今日は晴れです。",
        "明日は雨です！",
        "「本当？」",
        "はい。",
    ]


def test_a_given_language_decides_over_the_guess():
    text = "It was on May 3. Mai came too."

    assert len(split_sentences(text, language="en")) == 2
    assert len(split_sentences(text, language="de")) == 1


@pytest.mark.parametrize(
    ("dateline", "sentence"),
    [
        ("NAIROBI – ", "Two roads were closed."),
        ("NAIROBI–", "Two roads were closed."),
        ("LERRIN, Outer Isles — ", "Two roads were closed."),
        ("OSLO, May 3 (Agency) - ", "Two roads were closed."),
        ("DAR ES SALAAM/DODOMA (NW) -- ", "“Two roads were closed,” he said."),
        ("04/21/2020 Peru (The Hill Mission) –\u00a0 ", "Two roads were closed."),
        ("Porto (Agency) — ", "Two roads were closed."),
        ("Porto, Portugal — ", "Two roads were closed."),
        ("(NWA) - ", "Two roads were closed."),
        ("(NWA)", "Two roads were closed."),
        ("القاهرة (وكالة) – ", "أغلق الطريق أمس صباحا."),
    ],
)
def test_a_sentence_begins_after_its_dateline(dateline, sentence):
    text = dateline + sentence

    assert [span.cut(text) for span in split_sentences(text)] == [sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        "The road – a dirt track – was closed.",
        "Ada Roe — the mayor — said no.",
        "Porto — the port — was quiet.",
        "Well-known people came.",
        "(He knew) – and so did she.",
        "NEWS: the road is closed.",
        "ab (He) – and so did she.",
        "UN - but not all - agreed.",
    ],
)
def test_a_dash_within_a_sentence_is_no_dateline(sentence):
    assert [span.cut(sentence) for span in split_sentences(sentence)] == [sentence]


def test_a_heading_is_a_segment_of_its_own():
    text = "What comes next\nThe wall is dry.\n\nA closing line"

    assert [span.cut(text) for span in split_sentences(text)] == [
        "What comes next",
        "The wall is dry.",
        "A closing line",
    ]


def test_a_sentence_runs_through_the_lines_of_a_narrow_column():
    text = "The harbour museum opened its doors again\non Saturday with a whale that it does not\nown. It is on loan."

    assert len(split_sentences(text)) == 2


@pytest.mark.parametrize(
    ("segment", "quotable"),
    [
        ("The road is closed.", True),
        ("“The road is closed.”", True),
        ("Is the road closed?", True),
        ("What comes next", False),
        ("in the middle of it.", False),
        ("Closed.", False),
        ("今日はとても晴れです。", True),
        ("", False),
    ],
)
def test_only_a_whole_statement_is_quotable(segment, quotable):
    assert is_sentence(segment) is quotable


FRAGMENTS = st.sampled_from(
    [
        "Mr. Roe ",
        "U.S. ",
        "said. ",
        "“No?” ",
        ". ",
        "...",
        " . . .",
        "\n",
        "\n\n",
        "1. ",
        "• ",
        "OSLO – ",
        "(A) ",
        "سلام؟ ",
        "今。",
        "!",
        "a\u00a0",
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(FRAGMENTS, max_size=60).map("".join))


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_sentences_are_ordered_trimmed_and_within_one_paragraph(text):
    blocks = paragraphs(text)

    end = 0
    for span in split_sentences(text):
        words = span.cut(text)
        assert span.start >= end
        assert words
        assert words == words.strip()
        assert any(block.start <= span.start and span.end <= block.end for block in blocks)
        end = span.end
