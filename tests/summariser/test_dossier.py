from datetime import UTC, date, datetime

import pytest

from summariser.dossier import draw_up
from summariser.errors import SentenceCountError
from summariser.model import Article, DateKind


def article(text, day, **facts):
    published = datetime(2023, 5, day, tzinfo=UTC) if day else None
    return Article(text, published=published, published_kind=DateKind.PUBLISHED, language="en", **facts)


LATE = article("The committee found on 20 May that the kiln had been lit on 3 May without leave. Nobody was fined.", 22)
EARLY = article("The kiln at Drosten burst and set fire to two sheds. Its owner blames a crack in the lining.", 6)
NEVER = article("Kilns burst more often than people think, says a potter of Drosten.", None)


def test_quotes_stand_in_the_order_of_the_days_that_they_tell_of():
    late = article("The kiln had been lit on 3 May without leave, a committee found.", 22)

    made = draw_up([late, EARLY, NEVER], sentences=6)

    assert made.days == tuple(sorted(made.days, key=lambda day: day or date.max))
    assert made.days[0] == date(2023, 5, 3)
    assert made.days[-1] is None
    assert len(made.days) == len(made.brief.quotes)


def test_a_sentence_that_names_two_days_counts_with_its_article():
    made = draw_up([LATE], sentences=1)

    assert made.days == (date(2023, 5, 22),)


def test_sentences_that_follow_each_other_stay_together():
    first = article("The kiln at Drosten burst on 5 May. He had lit it on 3 May, says Jan Oster's widow of her son.", 6)

    made = draw_up([first, EARLY], sentences=4)

    places = [(quote.article, quote.start) for quote in made.brief.quotes if quote.article == 0]
    assert places == sorted(places)


def test_a_sentence_that_names_its_own_day_stands_under_it_although_it_follows_another():
    told = article(
        "The owner of the kiln spoke to a crowd in Drosten on 20 May. The brickyard had been fined on 3 May for smoke.",
        22,
    )

    made = draw_up([told], sentences=2)

    assert made.days == (date(2023, 5, 3), date(2023, 5, 20))
    assert made.brief.quotes[0].text.startswith("The brickyard")


def test_what_leans_on_a_sentence_stays_behind_it_over_a_heading():
    told = article(
        "The owner of the kiln spoke to a crowd in Drosten on 20 May.\n\nA fine in spring\n\n"
        "However, the brickyard had been fined on 3 May for smoke.",
        22,
    )

    made = draw_up([told], sentences=2)

    assert [quote.text.split()[0] for quote in made.brief.quotes] == ["The", "However,"]
    assert made.days == (date(2023, 5, 20), date(2023, 5, 20))


def test_nothing_to_quote_is_an_empty_brief():
    made = draw_up([])

    assert (made.brief.quotes, made.days) == ((), ())


def test_no_sentence_at_all_is_refused():
    with pytest.raises(SentenceCountError):
        draw_up([EARLY], sentences=0)
