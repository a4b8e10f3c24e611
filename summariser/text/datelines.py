"""Where a report says that it was written: `NAIROBI, Kenya (Agency) — `."""

import re

# A dateline is short; a dash further on belongs to the sentence.
_LONGEST = 160

_S = r"[ \u00a0]"
_WORD = r"[^\W\d_][\w’'.-]{0,24}"
_PLACE = rf"{_WORD}(?:{_S}{_WORD}){{0,3}}"
_DAY = rf"(?:\d{{1,2}}{_S})?[^\W\d_]{{3,10}}\.?(?:{_S}\d{{1,2}})?(?:,?{_S}\d{{4}})?"
_DATELINE = re.compile(
    r"(?:\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}[ \u00a0])?"
    rf"(?P<place>{_PLACE}(?:/{_PLACE}){{0,2}}(?:,{_S}(?:{_PLACE}|{_DAY})){{0,3}})?"
    r"(?P<agency>[ \u00a0]?\([^()\n]{2,50}\))?"
    r"(?P<dash>[ \u00a0]*(?:—|–|--|\.?-)[ \u00a0]*|:[ ])"
    r"(?=[\"“‘'«(]{0,2}[^\W_])"
)
# A release sets its date between two dashes: `HALM, Northland — May 9, 2022 — `.
_DATED = re.compile(
    rf"(?:[^\W\d_]{{3,10}}\.?{_S}\d{{1,2}},?|\d{{1,2}}\.?{_S}[^\W\d_]{{3,10}}\.?)"
    rf"{_S}\d{{4}}[ \u00a0]*(?:—|–|--|-)[ \u00a0]+"
    r"(?=[\"“‘'«(]{0,2}[^\W_])"
)
# Arabic has no capitals: a place of few words and a dash that stands alone, or an agency between them.
_ARABIC = r"[\u0621-\u064a\u0670-\u06d3]{2,20}"
_ARABIC_DATELINE = re.compile(
    rf"{_ARABIC}(?:[ \u00a0،]{{1,2}}{_ARABIC}){{0,3}}"
    r"(?:[ \u00a0]?\([^()\n]{2,50}\)[ \u00a0]*[—–:-]|[ \u00a0][—–-])[ \u00a0]+(?=[\"“‘'«(]{0,2}[^\W_])"
    r"(?![^\n.]{0,60}[ \u00a0][—–-][ \u00a0])"
)
# `(NNA)Two people ...`: the dash was lost.
_AGENCY_ALONE = re.compile(r"\([A-Z]{2,8}\)[ \u00a0]?(?=[\"“‘'«]?[A-Z])")


def dateline_end(text: str, start: int, end: int) -> int:
    """Return where the words after a dateline begin, `start` where there is none."""
    head = text[start : min(end, start + _LONGEST)]
    glued = _AGENCY_ALONE.match(head)
    if glued is not None:
        return start + glued.end()
    arabic = _ARABIC_DATELINE.match(head)
    if arabic is not None:
        return start + arabic.end()
    found = _DATELINE.match(head)
    if found is None or not _reads_as_dateline(found):
        return start
    following = found.string[found.end() :].lstrip("\"“‘'«(")
    if following[:1].islower():
        return start
    dated = _DATED.match(found.string, found.end())
    return start + (dated or found).end()


def _reads_as_dateline(found: re.Match[str]) -> bool:
    """Tell a dateline from a sentence with a dash in it: capitals, an agency, or a place within a place."""
    place, agency, dash = found["place"] or "", found["agency"], found["dash"]
    if dash.strip() == ":" or (dash in {"-", ".-"} and not agency):
        return False
    if agency is not None:
        return not place or place[0].isupper() or not place[0].islower()
    city = place.partition(",")[0]
    if len(city) > 2 and city.isupper():
        return True
    return "," in place and dash != dash.strip() and all(word[0].isupper() for word in re.split(r"[\s,/]+", place))
