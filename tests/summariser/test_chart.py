"""Charts: nothing is cut off at their edges, and they are small."""

from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image

from summariser.chart import draw

CARD = (0x23, 0x28, 0x31)
MONTHS = [f"{month} 2026" for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct")]
LONG = "The Evening Chronicle and Weekly Advertiser of Wolverhampton"


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png))


def edges(png: bytes) -> set[object]:
    """The colours of a chart's outermost columns, to the depth of ten units on each side."""
    picture = opened(png).convert("RGB")
    sides = (0, 0, 20, picture.height), (picture.width - 20, 0, picture.width, picture.height)
    return {colour for side in sides for _, colour in picture.crop(side).getcolors(10_000) or []}


@pytest.mark.parametrize("name", ["Ferry News", LONG, "W" * 60, "صحيفة العالم العربي الأسبوعية المصورة", "$a$ cost"])
def test_names_and_sums_of_any_length_keep_to_the_card(name: str) -> None:
    rows = [(name, [400_000] * 10), ("Ferry News", [1] * 10)]

    assert edges(draw(name * 3, name * 3, MONTHS, rows)) == {CARD}


def test_a_column_too_narrow_for_numbers_has_bars_with_room_between_them() -> None:
    picture = opened(draw("Ferry", "in 60 articles", ["day"] * 60, [("Ferry News", [1] * 60)])).convert("RGB")
    row = [picture.getpixel((x, 250)) for x in range(picture.width)]
    changes = sum(one != other for one, other in pairwise(row))

    assert changes >= 2 * 60


def test_a_chart_has_a_palette_and_is_the_same_each_time() -> None:
    rows = [(f"Paper {number}", [number + 1, 0, 3] * 3) for number in range(8)]
    first = draw("Ferry", "in 60 articles", MONTHS[:9], rows)

    assert opened(first).mode == "P"
    assert len(first) < 70_000
    assert draw("Ferry", "in 60 articles", MONTHS[:9], rows) == first
