"""Dates as they are printed, in the languages that we know.

A date that can be read in two ways is no date: no date is better than a wrong one. Most printed times carry no zone;
they are kept as if they were UTC. A time with an offset keeps it, unless its day in UTC is another than the day that is
printed: then the printed day is kept, at noon UTC, since readers compare days with what they see.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

from summariser.model import DateKind, DateOrigin, DatePlace, Span

_EARLIEST, _LATEST = 1900, 2100
# A line with a date in it is furniture only when it is short, in characters.
_LONGEST_LINE = 200

_MONTH_NAMES = """
january jan januar janvier enero ocak jänner janv ene يناير كانون٠الثاني جانفي ژانویه
february feb februar février fevrier febrero şubat févr فبراير شباط فيفري فوریه
march mar märz mars marzo mart mär مارس آذار اذار
april apr avril abril nisan avr abr أبريل ابريل إبريل نيسان أفريل آوریل
may mai mayo mayıs مايو أيار ايار ماي مه
june jun juni juin junio haziran يونيو يونيه حزيران جوان ژوئن
july jul juli juillet julio temmuz juil يوليو يوليه تموز جويلية ژوئیه
august aug août aout agosto ağustos ago أغسطس اغسطس آب اوت أوت
september sep sept septembre septiembre eylül سبتمبر أيلول ايلول سپتامبر
october oct oktober octobre octubre ekim okt أكتوبر اكتوبر تشرين٠الأول تشرين٠الاول اکتبر
november nov novembre noviembre kasım نوفمبر تشرين٠الثاني نوامبر
december dec dezember décembre decembre diciembre aralık dez déc dic ديسمبر كانون٠الأول كانون٠الاول دسامبر
"""
_MONTHS = {
    name.replace("٠", " "): number
    for number, names in enumerate(_MONTH_NAMES.strip().splitlines(), start=1)
    for name in names.split()
}
MONTHS: Mapping[str, int] = _MONTHS
"""The number of each month, by its names in lower case."""
_MONTH = "(?i:" + "|".join(re.escape(name) for name in sorted(_MONTHS, key=len, reverse=True)) + ")"
# Republishers glue lines together: `The Daily StarMay 3, 2020`.
_WORD_START = r"(?:(?<![^\W\d_])|(?<=[a-z])(?=[A-Z]))"
_S = r"[ \u00a0]"
# Arab papers print both names of a month: `12 آذار/مارس 2021`.
_TWIN = rf"(?:{_S}?[/(]{_S}?{_MONTH}\)?)?"
_DATE = re.compile(
    rf"(?<![\d/.-])(?:(?P<year>\d{{4}})(?P<cut>[-/.])(?P<month>\d{{1,2}})(?P=cut)(?P<day>\d{{1,2}})(?=$|[^\d]|T\d)"
    rf"|(?P<first>\d{{1,2}})(?P<sep>[/.-])(?P<second>\d{{1,2}})(?P=sep)(?P<year2>\d{{4}})"
    r"|(?P<first2>\d{1,2})\.(?P<second2>\d{1,2})\.(?P<short>\d{2})(?![.\d])"
    r"|(?P<year5>\d{4})年(?P<month5>\d{1,2})月(?P<day5>\d{1,2})日"
    rf"|(?P<day6>\d{{1,2}})(?P<dash>[-/])(?P<name6>{_MONTH})(?P=dash)(?P<year6>\d{{4}})"
    rf"|(?P<day3>\d{{1,2}})(?:st|nd|rd|th|\.|er|º)?{_S}(?:de{_S}|of{_S})?(?P<name3>{_MONTH})\.?{_TWIN}(?:{_S}del?|[,،])?{_S}(?P<year3>\d{{4}})"
    rf"|{_WORD_START}(?P<name4>{_MONTH})[.,،]?{_S}(?P<day4>\d{{1,2}})(?:st|nd|rd|th)?[,،]?{_S}(?P<year4>\d{{4}}))(?!\d)"
)
_ADDRESS_DATE = re.compile(r"/(?P<date>(?P<year>(?:19|20)\d{2})[/-](?P<month>\d{1,2})[/-](?P<day>\d{1,2}))(?=[/-]|$)")
_YEAR = re.compile(r"\d{4}|\.\d{2}(?!\d)")
_FIGURES = re.compile(r"\d[-/.年]\d")
# Python's lower case of a capital i with a dot is two letters, and patterns take all kinds of i for one.
_DOTLESS = {ord("ı"): "i", 0x307: None}
_LETTERS = re.compile(r"[^\W\d_]+")
_MONTH_ENDS = tuple({_LETTERS.findall(name.translate(_DOTLESS))[-1] for name in _MONTHS})
_WEEKDAY_NAMES = """
monday mon montag lundi lunes pazartesi الاثنين الإثنين
tuesday tues tue dienstag mardi martes salı الثلاثاء
wednesday wednes wed mittwoch mercredi miércoles çarşamba الأربعاء الاربعاء
thursday thurs thur thu donnerstag jeudi jueves perşembe الخميس
friday fri freitag vendredi viernes cuma الجمعة
saturday satur sat samstag samedi sábado cumartesi السبت
sunday sun sonntag dimanche domingo pazar الأحد الاحد
"""
_WEEKDAYS = {name: number for number, names in enumerate(_WEEKDAY_NAMES.strip().splitlines()) for name in names.split()}
_WEEKDAY = r"(?<!\w)(?:" + "|".join(sorted(_WEEKDAYS, key=len, reverse=True)) + r")(?!\w)"
_ANY_WEEKDAY = re.compile(_WEEKDAY, re.IGNORECASE)
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:\s?[:h]\s?(?P<minute>\d{2})|\.(?P<minute2>\d{2})(?=\s?(?:uhr|h|hs|[A-Z]{2,3}T)\b))"
    r"(?::\d{2}(?:\.\d+)?)?"
    r"(?:\s?(?P<half>[ap]\.?m(?![^\W\d_])\.?|[صم](?!\w)))?"
    # Zones that are named say nothing sure: BST and CST are several.
    r"(?:\s?(?P<zone>Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2}|(?-i:[A-Z]{2,3}T|[CEPM]T)\b))?"
)
_TIME_AFTER = re.compile(
    rf"[,،]?(?:\s{{0,2}}{_WEEKDAY}\.?,?)?\s{{0,3}}"
    rf"(?:(?:at|um|à|a las|saat|klo?|الساعة|ساعت|@|[-–—|•·]|T)\s{{0,3}})?{_CLOCK}",
    re.IGNORECASE,
)
_TIME_BEFORE = re.compile(
    rf"{_CLOCK}(?:\s?[ecmp]t\b)?\s{{0,3}}(?:[,،]|[-–—|•·]|on|of|del?|le)?(?:\s{{0,2}}{_WEEKDAY}[.,]{{0,2}})?\s{{0,3}}$",
    re.IGNORECASE,
)
# What stands on date lines beside the date: how long ago that was, how many spoke of it, the Muslim year.
_BESIDE = re.compile(
    r"(?:(?:last\s)?(?:updated|modified|published|posted)\s)?(?:an?|\d{1,3})\s(?:second|minute|min|hour|day|week|month|year)s?\sago"
    r"|(?:leave|post|add)\sa\s(?:comment|reply)|(?:\d{1,4}|no)\s(?:comments?|views?|replies|responses)"
    r"|(?:timer\s?)?\d{1,3}[\s-]?min(?:ute)?s?\.?\s(?:to\s)?read|lese(?:dauer|zeit):?\s\d{1,3}\smin\w*"
    r"|(?<!\w)(?:page|pages|pg\.?|pp?\.|seite|página)\s?[a-z]?\d{1,4}(?:[-–]\d{1,4})?(?!\w)"
    r"|\d{1,2}\s(?:محرم|صفر|ربيع\s\w+|جمادى\s\w+|رجب|شعبان|رمضان|شوال|ذو\s\w+|ذي\s\w+)\s\d{4}(?:\sهـ)?",
    re.IGNORECASE,
)

_MODIFIED = re.compile(
    r"(?<!\w)(?:(?:last\s)?(?:modified|updated|edited|changed|corrected)|last\supdate|update|son\sgüncelleme|aktualisiert|zuletzt\s\w+|stand|geändert"
    r"|(?:mis(?:e)?\sà\sjour|modifié)|(?:última\s)?(?:actualización|modificación)|actualizado|güncell(?:enme|eme)"
    r"|آخر\sتحديث|تحديث|به[‌\s]روز\w*)(?!\w)",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?<!\w)(?:for\simmediate\srelease|(?:first\s)?(?:published|posted|issued|created|released|filed|uploaded)|erstellt|mise?\sen\sligne|giriş|publication\sdate|date(?:d)?|veröffentlicht|erschienen|datum"
    r"|publié(?:e)?(?:\sle)?|paru|publicado|fecha|yayın(?:lanma)?|eklenme|tarih(?:i)?|تم\sالنشر|نشر|نُشر|تاريخ(?:\sالنشر)?|تاریخ|منتشر)(?!\w)",
    re.IGNORECASE,
)
_FILLER = re.compile(
    rf"{_WEEKDAY}|on|at|the|um|uhr|am|den|zuletzt|le|à|el|a|las|del?|saat|klo?|الساعة|في|يوم|م|هـ|ميلادي|بتوقيت|غرينتش|مكة|المكرمة"
    r"|(?-i:[A-Z]{2,3}T|[CEPM]T)|UTC|GMT|time|local|mins?|minutes?|\(s\)|min\(s\)|read|hrs?|hs|h|\d{1,2}"
    r"|\d{1,2}[:.h]\d{2}(?:[ap]m|h)?",
    re.IGNORECASE,
)
_ARTICLES = {"the", "le", "el", "las"}
_EDGES = " \u00a0\t,،;:|•·–—-()[]/.@"
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as it was printed, and what it means where that is certain."""

    words: str
    when: datetime | None
    kind: DateKind
    timed: bool = False
    """Whether a time of day is printed with it."""
    place: DatePlace | None = None
    """Where it stands; a span in a text counts from the beginning of its paragraph."""


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that a date stands on, with little else."""

    date: Dated
    labelled: bool
    """Whether the line says whose date it is."""
    rest: str
    """What else it holds: an outlet, a by-line."""


def read_date_line(line: str) -> DateLine | None:
    """Return what a line's date says, None where the line is no date line."""
    if len(line) > _LONGEST_LINE or "\n" in line or not _YEAR.search(line) or not _may_hold_date(line):
        return None
    # Blanked and not cut out, so that what is found keeps its place in the line.
    whole, line = line, _BESIDE.sub(lambda beside: " " * len(beside[0]), line)
    plain = line.translate(_DIGITS)
    found = list(_DATE.finditer(plain))
    if not found:
        return None
    modified, published = _MODIFIED.search(plain), _PUBLISHED.search(plain)
    dates = [_dated(plain, line, one) for one in found]
    kind = DateKind.MODIFIED if modified and not published else DateKind.PUBLISHED
    # `Published 2 May 2021, updated 3 May 2021`: the date belongs to the label before it.
    label = {DateKind.MODIFIED: modified, DateKind.PUBLISHED: published}[kind]
    after = [one for one, match in zip(dates, found, strict=True) if label and match.start() >= label.end()]
    chosen = (after or dates)[0]
    return DateLine(
        date=replace(chosen, kind=kind, place=_on_line(whole, chosen)),
        labelled=label is not None,
        rest=_rest(plain, line, found),
    )


def _may_hold_date(line: str) -> bool:
    """Tell at a glance whether a line has figures that stand as in a date, or the name of a month."""
    if _FIGURES.search(line) is not None:
        return True
    plain = line.lower().translate(_DOTLESS)
    return any(word.endswith(_MONTH_ENDS) for word in _LETTERS.findall(plain))


def read_dateline_date(dateline: str) -> Dated | None:
    """Return the full date within a dateline (`NAIROBI, 12 March 2020 (Agency) —`), None without one."""
    plain = dateline.translate(_DIGITS)
    found = _DATE.search(plain)
    if found is None:
        return None
    date = _dated(plain, dateline, found)
    return replace(date, kind=DateKind.DATELINE)


def stated_in(holder: str, field: str, stamp: str) -> DatePlace:
    """Return the place of a field's value within the lines that hold it; the field alone where they break it up."""
    named = rf"^{re.escape(field)}[ \t]?:[ \t]*[\"']?({re.escape(stamp)})"
    found = re.search(named, holder, re.IGNORECASE | re.MULTILINE) if stamp else None
    if found is None:
        return DatePlace(DateOrigin.FIELD, field)
    return DatePlace(DateOrigin.LINE, holder, Span(*found.span(1)))


def read_address(address: str) -> Dated | None:
    """Return the day in the address of a page, None without one."""
    found = _ADDRESS_DATE.search(address) if address.isprintable() else None
    day = _valid(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    if found is None or day is None:
        return None
    # What stands behind the date may be long, and says nothing of it.
    place = DatePlace(DateOrigin.ADDRESS, address[: found.end()], Span(*found.span("date")))
    return Dated(found["date"], day, DateKind.INFERRED, place=place)


def read_stamp(stamp: str, kind: DateKind, place: DatePlace | None = None) -> Dated | None:
    """Return the date of a machine's stamp (`2021-03-04T05:06:07+02:00`) that stands there, None where it is none."""
    stamp = stamp.strip()
    plain = stamp.translate(_DIGITS)
    found = _DATE.search(plain) if len(stamp) <= _LONGEST_LINE else None
    if found is None:
        return None
    date = _dated(plain, stamp, found)
    return Dated(stamp, date.when, kind, date.timed, place) if date.when else None


def _on_line(line: str, date: Dated) -> DatePlace:
    """Return the place of a date on a line that holds little else."""
    return DatePlace(DateOrigin.LINE, line, date.place.span if date.place else None)


def _dated(plain: str, line: str, found: re.Match[str]) -> Dated:
    """Make a date of what was found, with the time of day beside it."""
    start, end = found.span()
    clock = _TIME_AFTER.match(plain, end)
    if clock is not None:
        end = clock.end()
    else:
        clock = _TIME_BEFORE.search(plain[:start][-40:])
        start -= len(clock[0]) if clock else 0
    day = _day(found, _weekdays(plain))
    when = _at(day, clock) if day and clock else day
    words = line[start:end].strip(_EDGES.replace(")", ""))
    start = line.index(words, start)
    place = DatePlace(DateOrigin.TEXT, span=Span(start, start + len(words)))
    return Dated(words, when, DateKind.PUBLISHED, clock is not None, place)


def _day(found: re.Match[str], weekdays: set[int]) -> datetime | None:
    """Return the day that was printed, None where it can be read in two ways or does not exist."""
    parts = found.groupdict()
    if parts["year2"]:
        return _numeric_day(int(parts["first"]), int(parts["second"]), int(parts["year2"]), parts["sep"], weekdays)
    if parts["short"]:
        return _valid(2000 + int(parts["short"]), int(parts["second2"]), int(parts["first2"]))
    named = next((key for key in "346" if parts[f"year{key}"]), None)
    if named is not None:
        return _valid(int(parts[f"year{named}"]), _MONTHS[parts[f"name{named}"].lower()], int(parts[f"day{named}"]))
    key = "5" if parts["year5"] else ""
    return _valid(int(parts[f"year{key}"]), int(parts[f"month{key}"]), int(parts[f"day{key}"]))


def _numeric_day(first: int, second: int, year: int, separator: str, weekdays: set[int]) -> datetime | None:
    """Return the day of `03/28/2021`; stops are only used where the day comes first, and a weekday may decide."""
    if separator == "." or first > 12 or first == second:
        return _valid(year, second, first)
    if second > 12:
        return _valid(year, first, second)
    either = [day for day in (_valid(year, second, first), _valid(year, first, second)) if day]
    meant = [day for day in either if day.weekday() in weekdays]
    return meant[0] if len(meant) == 1 else None


def _weekdays(plain: str) -> set[int]:
    """Return the days of the week that a line names, Monday 0."""
    return {_WEEKDAYS[found[0].lower()] for found in _ANY_WEEKDAY.finditer(plain)}


def _valid(year: int, month: int, day: int) -> datetime | None:
    """Return the day if the calendar has it and news could be of it."""
    try:
        return datetime(year, month, day, tzinfo=UTC) if _EARLIEST <= year <= _LATEST else None
    except ValueError:
        return None


def _at(day: datetime, clock: re.Match[str]) -> datetime:
    """Return the day at a printed time with its offset; at noon UTC where its day in UTC would be another.

    A time that no clock shows leaves it at midnight.
    """
    hour, minute = int(clock["hour"]), int(clock["minute"] or clock["minute2"])
    half = (clock["half"] or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half in {"p", "م"} else 0)
    if hour > 23 or minute > 59:
        return day
    moment = day.replace(hour=hour, minute=minute, tzinfo=_zone(clock["zone"]))
    return moment if moment.astimezone(UTC).date() == day.date() else day.replace(hour=12)


def _zone(printed: str | None) -> timezone:
    """Return the offset that is printed, UTC without one."""
    if printed is None or printed[0] not in "+-":
        return UTC
    digits = printed[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]) % 24, minutes=int(digits[2:]) % 60)
    return timezone(offset if printed[0] == "+" else -offset)


def _rest(plain: str, line: str, found: list[re.Match[str]]) -> str:
    """Return what is left of a date line once dates, times, labels and filler are gone."""
    kept = _PUBLISHED.sub(" ", _MODIFIED.sub(" ", " ".join(_between(plain, line, found))))
    # A bar between names is kept: it tells the author from the outlet.
    words = [word for word in kept.split() if word.strip(_EDGES) or word == "|"]
    while words and _is_filler(words[-1]):
        words.pop()
    while words and _is_filler(words[0]) and (len(words) == 1 or words[0].lower() not in _ARTICLES):
        words.pop(0)
    return " ".join(words).strip(_EDGES)


def _is_filler(word: str) -> bool:
    """Tell whether a word only joins a date to its line: a weekday, `on`, a zone, a time."""
    bare = word.strip(_EDGES)
    return not bare or _FILLER.fullmatch(bare) is not None


def _between(plain: str, line: str, found: list[re.Match[str]]) -> Iterator[str]:
    """Yield the stretches of a line between its dates, without the times beside them."""
    start = 0
    for match in found:
        before = _TIME_BEFORE.sub("", line[start : match.start()])
        yield before
        clock = _TIME_AFTER.match(plain, match.end())
        start = clock.end() if clock else match.end()
    yield line[start:]
