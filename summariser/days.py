"""Dates within running text: what day a sentence tells of, as far as that is certain.

What leaves the year or the day to the reader is resolved against the day on which the article appeared. A date that can
be read in two ways is none: no date is better than a wrong one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from summariser.ingest.dates import MONTHS
from summariser.model import Article, DateKind, Precision, Span


@dataclass(frozen=True, slots=True)
class Told:
    """A date in a text."""

    span: Span
    day: date
    """The day, or the first of the month or year."""
    precision: Precision


# The day on which a page was changed says nothing about the days that its text calls Sunday or yesterday.
_SURE = frozenset({None, DateKind.PUBLISHED, DateKind.DATELINE, DateKind.CORRECTED})

_EARLIEST, _LATEST = 1800, 2100
# A day without its year is at most so far from the article's: further away it could be of two years.
_NEAR = timedelta(days=150)
# A day of the week is told of what has just been: six days back it is more likely tomorrow.
_WEEKDAY_BACK = 5

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_SHORT = ("Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept", "Sep", "Oct", "Nov", "Dec")
_ENGLISH = (*_NAMES, *_SHORT)
# Other languages write months small. What English writes small is a verb (may, march), and shorter names are words.
_OTHER = sorted(
    (name for name in MONTHS if name.capitalize() not in _ENGLISH and (len(name) > 3 or not name.isascii())), key=len
)
_ENGLISH_MONTH = (
    "(?:" + "|".join([*_NAMES, *map(str.upper, _NAMES), *(rf"{name}\b\.?" for name in _SHORT)]) + r")(?!\w)"
)
_MONTH = f"(?:{_ENGLISH_MONTH}|(?i:" + "|".join(map(re.escape, reversed(_OTHER))) + r")(?!\w))"
# A day gives its name to streets, squares and parties.
_NO_NAME = r"(?![ \u00a0](?:Road|Street|Avenue|Lane|Square|Place|Bridge|Park|Movement|Coalition|Brigade|Alliance)\b)"
_S = r"[ \u00a0\n]"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|\.(?=[ \u00a0]))?"
_RANGE = rf"(?:{_S}?(?:[-–—]|to|and|bis|et|y|al?){_S}?{_DAY})?"
_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAY = "|".join(_WEEKDAYS)

# Most sentences hold no date, and are told by this in a tenth of the time.
_HINT = re.compile(
    r"\d|(?:day|tag|woch|abend|di)\b|\b(?:[Ii][nm]|ago|[Tt]omorrow|[Tt]his|[Ll]ast|[Ll]ater|[Ee][nl]|[Ee]ste|[Gg]estern"
    r"|[Aa]yer|[Dd]ün|günü|dimanche|أمس|في|يوم|مساء|صباح|فجر|ظهر)\b"
)
_DIGIT = re.compile(r"\d")

_WRITTEN = re.compile(
    rf"(?<![\w./:-])(?:(?P<iso>\d{{4}})-(?P<iso_month>\d{{2}})-(?P<iso_day>\d{{2}})(?![\w-])"
    rf"|(?P<first>\d{{1,2}})(?P<cut>[./])(?P<second>\d{{1,2}})(?P=cut)(?P<numeric_year>\d{{4}})(?![\w])"
    rf"|(?P<day>{_DAY}){_RANGE}{_S}(?:de{_S}|of{_S})?(?P<month>{_MONTH})(?:{_S}?[/(]{_S}?{_MONTH}\)?)?(?:(?:,|{_S}del?)?{_S}(?P<year>\d{{4}})(?!\d))?{_NO_NAME}"
    rf"|(?P<month2>{_ENGLISH_MONTH}){_S}(?P<day2>{_DAY})(?![\d:.,]*\d|{_S}?(?:per cent|percent|%))"
    rf"(?:{_S}?[-–—]{_S}?\d{{1,2}})?(?:,?{_S}(?P<year2>\d{{4}})(?!\d))?{_NO_NAME}"
    rf"|(?P<month3>{_MONTH}),?{_S}(?:del?{_S}|من{_S}|(?:من{_S})?(?:عام|سنة){_S})?(?P<year3>(?:18|19|20)\d{{2}})(?!\w))"
)
# “The 6 January riot” is the name of something, and may be of any year.
_LEADS_TO_DAY = re.compile(
    r"(?:^|[^\w\s’'.-]\s*|\b(?:on|of|since|until|till|from|by|before|after|and|to|dated|between|late|early"
    r"|(?-i:[A-Z]\w*day)|el|le|am|den|vom|bis|seit|du|del|desde|hasta|depuis|في|منذ|يوم|\w+tag|\w{3}n?di|lunes|martes|miércoles|jueves|viernes)\s+)$",
    re.IGNORECASE,
)
_AFTER_DAY = re.compile(
    r"\s*(?:[^\w\s]|$)|\s+(?:on|at|in|from|when|after|to|and|or|but|as|by|with|that|the|an?|he|she|it|they|about|before|for"
    r"|was|were|had|has|is|would|because|which|who|while|during|between|until|through|without|near|off|of)\b"
)
_IN_MONTH = re.compile(
    rf"(?<!\w)(?:[Ii]n{_S}(?P<month>{_ENGLISH_MONTH})(?!{_S}?\d|{_S}[A-Z])"
    rf"|(?:[Ii]m|[Ee]n|في(?:{_S}شهر)?){_S}(?P<other>{_MONTH})(?!{_S}?\d|{_S}del?{_S}\d|{_S}(?:من{_S})?(?:عام|سنة)))"
)
# “From 1 January to 31 August 2016”: the year is that of both.
_YEAR_TO_COME = re.compile(
    rf"{_S}?(?:to|through|until|till|and|[-–—]){_S}?"
    rf"(?:{_ENGLISH_MONTH}{_S}\d{{1,2}},?|\d{{1,2}}{_S}{_MONTH},?){_S}\d{{4}}"
)
# A number that only looks like a year counts something: what follows tells.
_IN_YEAR = re.compile(
    r"(?<!\w)(?:[Ii]n|[Ss]ince|[Dd]uring)[ \u00a0](?P<year>(?:18|19|20)\d{2})(?![\w/%–-])"
    r"(?=[.,;:)”’\"']|$|\s(?:when|and|after|as|but|by|with|the|to|for|from|at|on|because|that|which|was|were|had|has|is"
    r"|he|she|it|they|who|where|under|before|while|an?)\b)"
)
# Where the word for year stands beside it, nothing else can be meant.
_IN_NAMED_YEAR = re.compile(
    r"(?<!\w)(?:(?:[Ii]m Jahre?|[Ss]eit dem Jahr|[Ee]n (?:el )?año|[Dd]epuis l[’']année|(?:في |منذ )?(?:عام|سنة))"
    r"[ \u00a0](?P<year>(?:18|19|20)\d{2})(?![\w/%–-])|(?P<before>(?:18|19|20)\d{2})[ \u00a0]yılında(?!\w))"
)
# “In February, it began, as the movement did in 2019”: what is told is of a year that is not said.
_UNSAID_YEAR = re.compile(rf"(?<!\w)(?:[Tt]his year|[Ll]ast year|[Nn]ext year)(?!\w)|{_IN_MONTH.pattern}")
_ON_WEEKDAY = re.compile(
    rf"(?<![\w’'-])(?P<weekday>{_WEEKDAY})(?P<part>{_S}(?:morning|afternoon|evening|night))?(?![\w’'-])"
)
_BEFORE_WEEKDAY = re.compile(
    r"(?:(?P<on>\bon)|(?P<said>\b(?:said|told \w+(?: \w+)?|announced|confirmed|reported)(?: late| early)?(?: on)?))\s+$"
)
_AFTER_WEEKDAY = re.compile(r"\s+(?:next|week|of next|of the (?:next|following)|after next|[A-Z])")
_NEARBY = re.compile(
    r"(?<!\w)(?:(?P<yesterday>[Yy]esterday|[Ll]ast night)|(?P<tomorrow>[Tt]omorrow)"
    r"|(?P<today>[Tt]his (?:morning|afternoon|evening)|[Ee]arlier today|[Ll]ater today)"
    rf"|(?P<ago>\d{{1,2}}|{'|'.join(_COUNTED)}) days ago)(?!\w|[’'])"
)
# Other languages: how each says that it was on that day, and what tells that it may be one to come.
_OTHER_WEEKDAYS = """
montag lundi lunes pazartesi الاثنين الإثنين
dienstag mardi martes salı الثلاثاء
mittwoch mercredi miércoles çarşamba الأربعاء الاربعاء
donnerstag jeudi jueves perşembe الخميس
freitag vendredi viernes cuma الجمعة
samstag samedi sábado cumartesi السبت
sonntag dimanche domingo pazar الأحد الاحد
"""
_NUMBER_OF = {
    name: number for number, names in enumerate(_OTHER_WEEKDAYS.strip().splitlines()) for name in names.split()
}
_ON_OTHER_WEEKDAY = re.compile(
    r"(?<!\w)(?:[Aa]m (?P<de>(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch)"
    r"(?:morgen|vormittag|mittag|nachmittag|abend)?"
    r"|(?<![Ll]e )(?<!du )(?<!au )(?P<fr>lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"
    r"(?: (?:matin|soir|après-midi))?"
    r"|(?:[Ee]l|[Ee]ste) (?P<es>lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
    r"|(?P<tr>[Pp]azartesi|[Ss]alı|[Çç]arşamba|[Pp]erşembe|[Cc]uma|[Cc]umartesi|[Pp]azar) günü"
    r"|(?:يوم|أمس|صباح|مساء|فجر|ظهر)(?: يوم)? (?P<ar>"
    r"الاثنين|الإثنين|الثلاثاء|الأربعاء|الاربعاء|الخميس|الجمعة|السبت|الأحد|الاحد))"
    # What follows is the date itself.
    r"(?![\w-]|,?(?: de[nmr])? ?\d)"
)
_OTHER_YESTERDAY = re.compile(r"(?<!\w)(?:gestern|ayer|dün|أمس|^(?:Gestern|Ayer|Dün))(?! ال)(?!\w)")
_OTHER_AHEAD = re.compile(
    r"\b(?:wird|werden|es|son|suele\w*|soll|sollen|will|wollen|würde\w*|könnte\w*|dürfte\w*|plan\w+|kommende\w*|nächste\w*|bis|vor|ab|jeden"
    r"|va|vont|doit|doivent|devrait|prochain\w*|avant|jusqu\w*|chaque|tous|\w+(?:era|ira|dra|vra|ront|rait|raient)"
    r"|van|debe\w*|próxim\w+|antes|hasta|cada|\w{2,}(?:rá|rán|ría|rían)|prevé\w*"
    r"|\w+[ae]ca[kğ]\w*|önümüzdeki|gelecek|kadar|her"
    r"|سوف|س[يتن]\w{2,}|المقبل\w*|القادم\w*|التالي|حتى|قبل|كل|لن)\b"
)
# In such a sentence a bare weekday may be one to come.
_AHEAD = re.compile(
    r"\b(?:will|would|shall|won’t|won't|’ll|'ll|expect\w*|plan\w*|due|scheduled|hope\w*|intend\w*|going to|set to|next"
    r"|(?:is|are|was|were) to|by|until|before|can|may|might|could|should|must|likely)\b"
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|«[^»]*»|„[^“”]*[“”]")


def find_dates(text: str, article: Article) -> tuple[Told, ...]:
    """Return the dates of a sentence of an article, in its order, none over another."""
    if not _HINT.search(text):
        return ()
    plain = text if text.isascii() else text.translate(_DIGITS)
    published = article.published.date() if article.published else None
    found: list[Told] = []
    if _DIGIT.search(plain):
        found += [told for match in _WRITTEN.finditer(plain) if (told := _written(match, published))]
        unsaid = _UNSAID_YEAR.search(plain)
        found += (told for told in _in_year(plain, published) if not unsaid or told.span.start < unsaid.start())
    if published:
        found += _in_month(plain, published)
        found += _relative(plain, published) if article.published_kind in _SURE else ()
    found.sort(key=lambda told: (told.span.start, -told.span.end))
    return tuple(_apart(found))


def _apart(found: list[Told]) -> Iterator[Told]:
    end = 0
    for told in found:
        if told.span.start >= end:
            yield told
            end = told.span.end


def _written(match: re.Match[str], published: date | None) -> Told | None:
    """Return the date that a match spells out, None where it is not certain or not in the calendar."""
    parts = match.groupdict()
    span = Span(*match.span())
    if parts["iso"]:
        return _exact(span, int(parts["iso"]), int(parts["iso_month"]), int(parts["iso_day"]))
    if parts["numeric_year"]:
        return _numeric(span, parts["cut"], int(parts["first"]), int(parts["second"]), int(parts["numeric_year"]))
    if parts["month3"]:
        return _exact(span, int(parts["year3"]), _month(parts["month3"]), 1, Precision.MONTH)
    month = _month(parts["month"] or parts["month2"])
    day = int(re.sub(r"\D", "", parts["day"] or parts["day2"]))
    year = parts["year"] or parts["year2"]
    if year:
        return _exact(span, int(year), month, day)
    return _nearest(span, month, day, published) if published and _is_told(match) else None


def _is_told(match: re.Match[str]) -> bool:
    """Tell whether a day without its year says when something was, rather than what it is called."""
    text = match.string
    if match[0].startswith("May ") and not match.start():
        return False  # May 20 people enter?
    if _YEAR_TO_COME.match(text, match.end()):
        return False
    leads = _LEADS_TO_DAY.search(text[max(0, match.start() - 20) : match.start()])
    return leads is not None or _AFTER_DAY.match(text, match.end()) is not None


def _month(name: str) -> int:
    return MONTHS[name.rstrip(".").lower()]


def _exact(span: Span, year: int, month: int, day: int, precision: Precision = Precision.DAY) -> Told | None:
    try:
        return Told(span, date(year, month, day), precision) if _EARLIEST <= year <= _LATEST else None
    except ValueError:
        return None


def _numeric(span: Span, cut: str, first: int, second: int, year: int) -> Told | None:
    """Return the day of `3.4.2021`, and of `28/3/2021` where it can be only one."""
    if cut == "." or first > 12 or first == second:
        return _exact(span, year, second, first)
    return _exact(span, year, first, second) if second > 12 else None


def _nearest(span: Span, month: int, day: int, published: date) -> Told | None:
    """Return the day of that name which is nearest to the article's, where no other is nearly as near."""
    years = (published.year - 1, published.year, published.year + 1)
    near = (told for year in years if (told := _exact(span, year, month, day)) and abs(told.day - published) <= _NEAR)
    return next(near, None)


def _in_month(text: str, published: date) -> Iterator[Told]:
    """Yield the months that were just before an article, or are its own; one to come may be next year's."""
    for match in _IN_MONTH.finditer(text):
        month = _month(match["month"] or match["other"])
        back = published.month - month
        year = published.year if back >= 0 else published.year - 1
        if back % 12 <= 6 and not (_AHEAD if match["month"] else _OTHER_AHEAD).search(text):
            yield Told(Span(*match.span()), date(year, month, 1), Precision.MONTH)


def _in_year(text: str, published: date | None) -> Iterator[Told]:
    named = ((match, match["year"] or match["before"]) for match in _IN_NAMED_YEAR.finditer(text))
    for match, year in [*((match, match["year"]) for match in _IN_YEAR.finditer(text)), *named]:
        if published is None or int(year) <= published.year:
            yield Told(Span(*match.span()), date(int(year), 1, 1), Precision.YEAR)


def _relative(text: str, published: date) -> Iterator[Told]:
    """Yield the days that are told from the day of the article; what somebody else says may be of any day."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    for match in _NEARBY.finditer(text):
        if not _within(match.start(), quoted):
            yield Told(Span(*match.span()), published + timedelta(days=_away(match)), Precision.DAY)
    for match in _ON_WEEKDAY.finditer(text):
        if not _within(match.start(), quoted) and (day := _weekday(text, match, published)):
            yield Told(Span(*match.span()), day, Precision.DAY)

    found = list(_in_other_languages(text, published))
    if found and not _OTHER_AHEAD.search(text):
        yield from (told for told in found if not _within(told.span.start, quoted))


def _in_other_languages(text: str, published: date) -> Iterator[Told]:
    """Yield the weekdays that German, French, Spanish, Turkish and Arabic tell of, and their yesterday."""
    for match in _OTHER_YESTERDAY.finditer(text):
        yield Told(Span(*match.span()), published - timedelta(days=1), Precision.DAY)
    for match in _ON_OTHER_WEEKDAY.finditer(text):
        back = (published.weekday() - _NUMBER_OF[str(match[str(match.lastgroup)]).casefold()]) % 7
        if back <= _WEEKDAY_BACK:
            yield Told(Span(*match.span()), published - timedelta(days=back), Precision.DAY)


def _within(place: int, stretches: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in stretches)


def _away(match: re.Match[str]) -> int:
    """Return how many days after the article's the day is."""
    if match["ago"]:
        return -(_COUNTED.index(match["ago"]) + 1 if match["ago"] in _COUNTED else int(match["ago"]))
    return -1 if match["yesterday"] else 1 if match["tomorrow"] else 0


def _weekday(text: str, match: re.Match[str], published: date) -> date | None:
    """Return the day that has just been, where the sentence can mean no other."""
    before = _BEFORE_WEEKDAY.search(text[: match.start()])
    leads = match.start() == 0
    if not (before or (match["part"] and (leads or text[match.start() - 2 : match.start()].strip().islower()))):
        return None
    if _AFTER_WEEKDAY.match(text, match.end()):
        return None
    # “said on Monday that it will”: the day is that of the saying.
    if _AHEAD.search(text) and not (before and before["said"]):
        return None
    back = (published.weekday() - _WEEKDAYS.index(match["weekday"])) % 7
    return published - timedelta(days=back) if back <= _WEEKDAY_BACK else None
