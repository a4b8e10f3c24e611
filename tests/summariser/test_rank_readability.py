"""What must never be shown as a sentence of the news, and what is shown only in company."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.stem.snowball import SnowballStemmer

from summariser import Article, brief, summarise
from summariser.errors import NothingToSummariseError
from summariser.methods import METHODS
from summariser.rank.asides import is_aside
from summariser.rank.frequencies import shipped_stems
from summariser.rank.openings import event_of, leans
from summariser.rank.sentences import content_of, read_sentences
from summariser.text import stem

COURT = """\
By Ines Roe, Marrow Bay Herald

MARROW BAY (Herald) — A jury in Marrow Bay convicted the shipbroker Anselm Tuck on Thursday of selling the same tug to
three buyers. He had denied all nine counts. Judge Adaeze Obi told Tuck that he had abused the trust of small towns.

Photo: Anselm Tuck outside the court.

What the buyers say

One buyer, the pilot Remy Okafor, called the verdict a relief for every harbour on the coast. “I sold my house for
that tug,” he said. The group of buyers now wants its money back. However, Tuck's lawyer, Bo Lind, announced an appeal
within the hour.

Read more: Ten tugs that made history. Sign up for our newsletter. Tove Lind contributed to this report.
"""
MATCH = """\
Orm Rovers beat Sund 3-1 on Saturday and lead the northern league by four points. Captain Lena Brandt scored twice in
the first half. She also hit the post. “We were hungry,” Brandt said after the match. The keeper of Sund, Aino Salo,
saved a penalty before half-time. It kept her team in the match for an hour. The third goal came from a corner. Rovers
travel to Tarn next week. (Photo: Orm Rovers FC)
"""
INTERVIEW = """\
Q: When did you first see the comet? A: I saw the comet in May from my roof in Arica. Q: Were you alone? A: My daughter
held the lamp, and we drew the comet's tail on a paper bag. Q: What happens now? A: The comet returns in 2091.
"""
RECIPE = """\
Lemon rice for four

Wash two cups of rice until the water runs clear. Fry mustard seeds in oil until they pop. Add the rice, the juice of
three lemons and a spoon of turmeric. It should stay yellow. Serve lemon rice warm with roasted peanuts.
"""


def shown(text, **options):
    return [passage.text for passage in summarise(text, **options).passages]


@pytest.mark.parametrize("count", range(1, 13))
@pytest.mark.parametrize(
    ("text", "leaning"),
    [
        (COURT, {"He had": "A jury", "“I sold": "One buyer", "The group": "“I sold", "However": "The group"}),
        (MATCH, {"She also": "Captain Lena", "It kept": "The keeper"}),
        (RECIPE, {"It should": "Add the rice"}),
    ],
    ids=["court", "match", "recipe"],
)
def test_what_leans_stands_right_behind_what_it_leans_on(text, leaning, count):
    summary = shown(text, sentences=count)

    for opening, needed in leaning.items():
        for place, words in enumerate(summary):
            if words.startswith(opening):
                assert place > 0
                assert summary[place - 1].startswith(needed)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_but_whole_sentences_of_the_news_is_shown(method):
    summary = shown(COURT, sentences=12, method=method)

    assert summary
    for wrong in ("By Ines", "MARROW BAY (", "Photo", "What the buyers", "Read more", "Ten tugs", "Sign up", "Tove"):
        assert not any(words.startswith(wrong) for words in summary)


def test_a_dateline_is_no_part_of_the_first_sentence():
    assert shown(COURT, sentences=1)[0].startswith("A jury in Marrow Bay convicted")


@pytest.mark.parametrize(
    "sentence",
    [
        "Click here to see all the pictures.",
        "Sign up for our weekly newsletter.",
        "Read more: Ten tugs that made history.",
        "Follow us on Facebook for the latest from Tarn.",
        "Photo: The harbour at dusk.",
        "The harbour at dusk (AFP/Remy Okafor).",
        "© 2021 Marrow Bay Herald.",
        "All rights reserved.",
        "Tove Lind is a reporter based in Sund.",
        "Ines Roe and Bo Lind contributed to this report.",
        "This article was first published in Orm Weekly.",
        "Correction, 3 May: an earlier version of this report gave another sum.",
        "An earlier version of this story named the wrong pier.",
        "(c) Marrow Bay Herald.",
        "Reproduction in part permitted with attribution.",
        "We use cookies to give you a better page.",
        "Lesen Sie auch: Brücke gesperrt.",
        "Lire aussi : le pont est fermé.",
        "Suscríbete a nuestro boletín.",
        "اقرأ أيضا: السد الجديد يفتح أبوابه.",
    ],
)
def test_what_the_site_says_is_no_news(sentence):
    assert is_aside(sentence)
    assert sentence not in shown(f"{MATCH}\n\n{sentence}", sentences=12)


@pytest.mark.parametrize(
    "sentence",
    [
        "Clicking noises came from the hull.",
        "Photographs of the wreck were sold in Sund.",
        "Read, a farmer from Orm, sold his land.",
        "Tove Lind is a photographer who swam to Skerry Point and lived there.",
        "Subscribers of the library voted on Monday.",
        "Sharing this story, he laughed.",
        "The and/or clause was struck out.",
        "Corrections officers in Orm went on strike.",
        "(c) The weir at Sund needs a new gate.",
    ],
)
def test_prose_that_only_opens_like_a_button_is_news(sentence):
    assert not is_aside(sentence)


@pytest.mark.parametrize("text", ["All rights reserved. Click here to log in.", "Subscribe now! Follow us on X."])
def test_a_text_of_nothing_but_furniture_is_refused_with_a_next_step(text):
    with pytest.raises(NothingToSummariseError, match="Send the article's full text"):
        summarise(text)
    assert brief([Article(text)]).notes == ("These articles hold no whole sentence to quote.",)


def test_answers_come_before_questions_in_an_interview():
    assert not any(words.startswith("Q:") for words in shown(INTERVIEW, sentences=2))


def test_capitals_are_no_headlines_where_there_is_nothing_else():
    assert len(shown(MATCH.upper(), sentences=3)) == 3


def test_three_thousand_sentences_give_a_summary_without_repeats():
    nouns = ["harbour", "council", "engineer", "orchard", "railway", "clinic", "museum", "kiln", "ferry", "school"]
    text = " ".join(
        f"The {nouns[at % 10]} of ward {at} paid {at * 7} crowns to the {nouns[at // 10 % 10]} in May."
        for at in range(3000)
    )

    summary = shown(text, sentences=12)

    assert len(set(summary)) == 12


def test_reposts_with_small_changes_are_said_once_in_a_brief():
    changed = MATCH.replace("on Saturday", "on Saturday night").replace("twice", "two goals")
    articles = [Article(MATCH), Article(changed), Article(COURT)]

    made = brief(articles, sentences=8)

    rovers = [quote for quote in made.quotes if quote.text.startswith("Orm Rovers beat")]
    assert len(rovers) == 1
    assert {rovers[0].article, *rovers[0].also} == {0, 1}
    assert not any(quote.text.startswith(("Photo", "What the", "By ")) for quote in made.quotes)


@pytest.mark.parametrize(
    ("text", "leaning"),
    [
        (
            "Der Stadtrat von Elmau hat die Brücke gesperrt. Sie ist 90 Jahre alt. Die Fähre fährt stündlich.",
            ("Sie ist", "Der Stadtrat"),
        ),
        (
            "Le conseil de Varsy a fermé le pont lundi. Il date de 1931. Le bac passe toutes les heures.",
            ("Il date", "Le conseil"),
        ),
        (
            "El pleno de Oruña cerró el puente el lunes. Sin embargo, nadie protestó. La barca cruza cada hora.",
            ("Sin embargo", "El pleno"),
        ),
        (
            "Belediye pazartesi günü köprüyü kapattı. Bu karar kimseyi şaşırtmadı. Feribot her saat kalkıyor.",
            ("Bu karar", "Belediye"),
        ),
        ("شهرداری اورم روز دوشنبه پل را بست. این تصمیم کسی را شگفت‌زده نکرد. قایق هر ساعت می‌رود.", ("این", "شهرداری")),
        ("أغلقت بلدية أورم الجسر يوم الاثنين. وأضافت أن العبارة ستعمل. تنطلق العبارة كل ساعة.", ("وأضافت", "أغلقت")),
    ],
    ids=["German", "French", "Spanish", "Turkish", "Persian", "Arabic"],
)
@pytest.mark.parametrize("count", [1, 2])
def test_what_leans_in_other_languages_stands_in_company_too(text, leaning, count):
    summary = shown(text, sentences=count)

    opening, needed = leaning
    assert all(
        summary[place - 1].startswith(needed) for place, words in enumerate(summary) if words.startswith(opening)
    )


@pytest.mark.parametrize(
    ("sentence", "noun"),
    [
        ("The incident took place at noon.", "incident"),
        ("The attack came after dark.", "attack"),
        ("The deadly shootings, two in one week, shook Orm.", "shooting"),
        ("“The decision was hard,” the mayor of Orm said.", "decision"),
        ("Police in Orm said on Monday that the incident was over.", "incident"),
        ("Tove Lind told the Herald the verdict was fair.", "verdict"),
        ("The attack on the mill at Tarn killed six.", None),
        ("The decision to stay was hers.", None),
        ("The Tarn Bridge collapse killed six.", None),
        ("The fire brigade of Orm was called.", None),
        ("The council of Sund voted.", None),
        ("An attack on Tarn failed, and the army said the attack was small.", None),
    ],
)
def test_the_event_is_one_that_was_told_before_unless_its_words_say_which(sentence, noun):
    assert event_of(sentence, "en") == noun


def test_the_event_is_shown_behind_the_sentence_that_brings_it_up_however_far_away():
    text = (
        "An attack on a mill at Tarn killed six people on Sunday. Rain fell on Orm. Bakers sold bread. "
        "The attack came after dark, the miller of Tarn said. The quake of 1931 was worse."
    )

    assert [sentence.leans_on for sentence in read_sentences(text)] == [None, None, None, 0, None]
    for count in range(1, 6):
        summary = shown(text, sentences=count)
        if any(words.startswith("The attack came") for words in summary):
            assert summary[0].startswith("An attack on a mill")


@pytest.mark.parametrize(
    ("language", "sentence", "leaning"),
    [
        ("ar", "وقال المتحدث باسم بلدية أورم إن الجسر مغلق.", False),
        ("ar", "وأكدت وزارة الصحة أن المستشفى يعمل.", False),
        ("ar", "وقال إن الجسر مغلق.", True),
        ("ar", "وقالت: «الجسر مغلق».", True),
        ("ar", "وأضاف المتحدث أن العبارة ستعمل.", True),
        ("ar", "وقع الهجوم مساء الأحد.", True),
        ("ar", "وقع الهجوم على الجسر مساء الأحد.", False),
        ("de", "Das Rathaus von Elmau bleibt zu.", False),
        ("de", "Das ist neu in Elmau.", True),
        ("de", "Diese Woche tagt der Rat von Elmau.", False),
        ("de", "Der Angriff kam überraschend.", True),
        ("de", "Der Angriff auf die Mühle misslang.", False),
        ("fr", "Ce lundi, le pont de Varsy a fermé.", False),
        ("fr", "C’est une surprise.", True),
        ("fr", "L’incident a eu lieu lundi.", True),
        ("fr", "L’attaque contre le moulin a échoué.", False),
        ("es", "Este lunes cerró el puente de Oruña.", False),
        ("es", "Agregó que no hubo heridos.", True),
        ("es", "El incidente ocurrió el lunes.", True),
        ("es", "El ataque contra el molino fracasó.", False),
        ("tr", "Bu hafta köprü kapandı.", False),
        ("tr", "Olayda iki kişi yaralandı.", True),
        ("en", "In fact the weir at Sund had been shut since May.", True),
        ("en", "“She knew,” he told the Marrow Bay Herald.", True),
    ],
)
def test_openings_lean_where_they_point_back_and_not_where_they_name_a_day_or_a_speaker(language, sentence, leaning):
    assert leans(sentence, language) is leaning


def test_lines_in_capitals_are_quoted_only_where_there_is_nothing_else():
    shouting = Article("THE WEIR AT SUND IS SHUT FOR GOOD. BARGES WAIT ABOVE THE WEIR AT SUND.")
    quiet = Article("Barges wait above the weir at Sund. Divers found a crack in the weir on Monday.")
    stack = "BRIDGE AT ORLE SHUT. CARS TAKE THE FORD.\n\nA lorry broke down on the bridge at Orle."

    assert not any(quote.text.isupper() for quote in brief([shouting, quiet], sentences=2).quotes)
    assert len(brief([shouting], sentences=2).quotes) == 2
    assert shown(stack, sentences=3) == ["A lorry broke down on the bridge at Orle."]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Brücken", "Brücke"),
        ("fr", "mairies", "mairie"),
        ("es", "puentes", "puente"),
        ("tr", "köprüleri", "köprünün"),
        ("fa", "کتاب‌ها", "کتاب"),
        ("ar", "المدرسة", "مدرسة"),
    ],
)
def test_forms_of_a_word_count_as_one_in_every_language(language, one, other):
    assert content_of(one, language) == content_of(other, language) != ()


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "nicht wurde"), ("fr", "avec étaient"), ("es", "también pero"), ("tr", "ancak için"), ("fa", "است از")],
)
def test_stop_words_of_every_language_carry_no_content(language, words):
    assert content_of(words, language) == ()


@given(
    st.builds(
        str.__add__,
        st.text("abcdefghiklmnoprstuvy'", max_size=8),
        st.sampled_from(["", "ed", "ize", "ness", "ogi", "ator", "ement", "tic", "fulness", "ll", "ion", "sky", "eed"]),
    )
)
def test_english_words_that_are_left_as_they_are_are_their_own_stems(word):
    assert stem(word, "en") == (SnowballStemmer("english").stem(word) or word)


def test_shipped_stems_are_those_of_the_stemmer():
    stems = shipped_stems()

    assert len(stems) > 10_000
    assert all(stem(word, "en") == stems[word] for word in list(stems)[::7])
