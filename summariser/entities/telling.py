"""What the words of a name tell of its kind and its bounds, where the model read them otherwise."""

from collections.abc import Iterator
from dataclasses import replace

from summariser.entities.gazetteer import (
    BODIES,
    CALENDAR,
    COUNTRY_OF,
    GIVEN,
    KNOWN_BODIES,
    PEOPLES,
    PLACES,
    SITES,
    TITLES,
    word_set,
)
from summariser.entities.tagging import Found
from summariser.entities.tokens import Sequence
from summariser.model import MentionType

# What bodies' and places' names begin with in languages other than English: no person is called so.
_OPENS_BODY = word_set(
    """
    banque banco banca bank-e partido partito parti partia partij mouvement movimiento movimento frente hizb harakat
    saraya kataib kata'ib jaysh jabhat tayyar majlis hashd tehrik tehrik-i tehreek jamaat jamiat lashkar ministère
    ministerio ministério universidad universidade université università universität fundación fundação fondation
    asociación associação confédération federación federação sociedad société compañía corte tribunal cour
    """
)
_OPENS_PLACE = word_set(
    """
    avenida avenue boulevard calle rue rua via plaza piazza plaça praça place ulica jabal jebel jbeil wadi djebel gebel
    camp mount mt lake fort cape río rio
    """
)
# What only places end in; what teams and schools are called after as well is none of these.
_ENDS_PLACE = word_set(
    """
    province governorate island islands river mountain mountains street avenue valley peninsula strait desert boulevard
    highway checkpoint archipelago
    """
)
_OFFICES = word_set(
    """
    patriarch minister president premier chancellor ayatollah governor ambassador spokesman spokeswoman spokesperson
    secretary commander chairman chairwoman leader pontiff archbishop
    """
)
# A kind of place or body alone, and those who work there: `the Harbour master` names nobody.
_PLAIN = word_set(
    """
    airport bank castle church cinema city club company county court district factory fire harbor harbour hospital hotel
    jail library market mosque museum park plant police port prison refinery school stadium station theatre town union
    university village zoo
    """
)
_STAFF = word_set(
    """
    authorities boss captain chief chiefs clerk clerks commander crew crews director directors doctors employees
    engineers guard guards head inspectors keeper manager managers master masters members nurses office officer officers
    official officials pilot pilots police president spokesman spokeswoman spokesperson staff superintendent teachers
    warden wardens workers
    """
)
# What the first half of a body's name may be: `Economic and Financial Crimes Commission`.
_FIELDS = word_set(
    """
    agriculture communications commerce culture defence defense drugs economic economy education energy environment
    finance financial fisheries food foreign gas health housing human industry information justice labor labour land
    local mines oil peace planning rural safety science securities security sports technology tourism trade transport
    truth water women youth
    """
)
# What may stand before that: `National Economic and Financial Crimes Commission`.
_REACHES = word_set("federal general international joint national provincial regional supreme")
_GOES_ON = word_set(
    """
    academy army assembly bank board chamber church commission committee council court department federation front guard
    guards hall house institute league ministry movement office order organisation organization palace party society
    tomb union university
    """
)
_ARTICLES = frozenset({"the", "The"})
_CAPITAL = ("Washington", ",", "D.C.")
_SECRETARIES = frozenset({("secretary", "of"), ("minister", "of")})
_NO_PERSONS = BODIES | SITES | TITLES | PEOPLES | CALENDAR | PLACES
# As sure as what follows from the rest of a text.
_LIKELY = 0.6


def tell(found: list[Found], sequence: Sequence) -> list[Found]:
    """Return the names of a sequence, in its order, with what their own words tell put right."""
    words = sequence.words
    told = [one for each in sorted(found, key=lambda one: one.first) for one in _tell(each, words)]
    whole = list(_join(told, words))
    # Where nearly every word has a capital, two of them tell nothing, but for those who wrote it.
    return whole if sequence.titled and words[0] != "By" else list(_add(whole, words))


def names_staff(one: Found, words: tuple[str, ...]) -> bool:
    """Tell whether a name is the kind of a place or body alone, with those behind it who work there."""
    lone = one.last - one.first == 1 and words[one.first].casefold() in _PLAIN
    return lone and one.last < len(words) and words[one.last] in _STAFF


def _tell(one: Found, words: tuple[str, ...]) -> Iterator[Found]:
    if words[one.first : one.first + 3] == _CAPITAL and one.last - one.first < len(_CAPITAL):
        one = replace(one, last=one.first + 3, type=MentionType.LOC)
    elif words[max(one.first - 2, 0) : one.first + 1] == _CAPITAL or _counts(words[one.first]):
        one = replace(one, first=one.first + 1)
    one = _off_office(one, words)
    own = [word.casefold() for word in words[one.first : one.last]]
    if not own or _is_office(one.type, own):
        return
    kind = _kind(one.type, own)
    yield one if kind is one.type else replace(one, type=kind)


def _counts(word: str) -> bool:
    """Tell whether a word says how many: `60,000-strong`."""
    return word[0].isdigit() and word[-1].islower() and "-" in word


def _off_office(one: Found, words: tuple[str, ...]) -> Found:
    """Take an office off a person's name: `Harbour Master Ferrow`, `State Rex Morrow` behind `Secretary of`."""
    own = [word.casefold() for word in words[one.first : one.last]]
    before = tuple(word.casefold() for word in words[max(one.first - 2, 0) : one.first])
    if len(own) > 1 and own[0] in _FIELDS | {"state"} and before in _SECRETARIES and BODIES.isdisjoint(own[1:]):
        return replace(one, first=one.first + 1, type=MentionType.PER)
    is_office = one.type is MentionType.PER and len(own) > 2 and own[0] in _PLAIN and own[1] in TITLES | _STAFF
    return replace(one, first=one.first + 2) if is_office else one


def _is_office(kind: MentionType, own: list[str]) -> bool:
    """Tell whether a name of several words is an office and nobody's name."""
    if len(own) < 2:
        return False
    titled = own[-1] in _OFFICES and kind is MentionType.PER
    return (titled and GIVEN.isdisjoint(own)) or (own[-1] in _OFFICES | {"pm"} and PEOPLES.issuperset(own[:-1]))


def _kind(kind: MentionType, own: list[str]) -> MentionType:
    """Return what a name is by its words; what the model took it for where they do not tell."""
    whole = " ".join(own)
    if kind is MentionType.ORG and (
        whole in COUNTRY_OF or (own[-1] == "state" and whole.removesuffix(" state") in PLACES)
    ):
        return MentionType.LOC
    if len(own) < 2:
        return kind
    if kind is not MentionType.ORG and (own[0] in _OPENS_BODY or (kind is MentionType.PER and whole in KNOWN_BODIES)):
        return MentionType.ORG
    is_place = kind is MentionType.PER and own[0] in _OPENS_PLACE
    is_place = is_place or (own[-1] in _ENDS_PLACE and not any(word in BODIES for word in own[:-1]))
    return MentionType.LOC if is_place else kind


def _join(found: list[Found], words: tuple[str, ...]) -> Iterator[Found]:
    """Yield names, those that were cut within put together again."""
    waiting = list(found)
    while waiting:
        one = waiting.pop(0)
        following = waiting[0] if waiting else None
        if following is not None and _are_halves(one, following, words):
            waiting[0] = replace(following, first=one.first)
            continue
        yield _go_on(one, words, following.first if following else len(words))


def _add(found: list[Found], words: tuple[str, ...]) -> Iterator[Found]:
    """Yield names, and the person who is named in full with another: `By Iona Reyk and Sale Morrow`."""
    for place, one in enumerate(found):
        yield one
        end = found[place + 1].first if place + 1 < len(found) else len(words)
        first = one.last + 1
        if one.type is not MentionType.PER or one.last - one.first < 2 or words[one.last : first] != ("and",):
            continue
        last = first
        while last < end and words[last].istitle() and words[last].isalpha():
            last += 1
        apart = last == len(words) or last < end
        plain = _NO_PERSONS.isdisjoint(word.casefold() for word in words[first:last])
        if apart and plain and 1 < last - first < 4:
            yield Found(one.sequence, first, last, MentionType.PER, _LIKELY, "consistency")


def _are_halves(one: Found, other: Found, words: tuple[str, ...]) -> bool:
    bodies = one.type is other.type is MentionType.ORG
    between = words[one.last : other.first]
    *before, field = [word.casefold() for word in words[one.first : one.last]]
    halved = field in _FIELDS and _REACHES.issuperset(before)
    return bodies and between in {("and",), ("&",)} and halved and words[other.last - 1].casefold() in BODIES


def _go_on(one: Found, words: tuple[str, ...], end: int) -> Found:
    """Return a name with what it is of, where that was left out: `Great Hall of the People`."""
    last = words[one.last - 1].casefold()
    if one.type is MentionType.PER or last not in _GOES_ON or words[one.last : one.last + 1] != ("of",):
        return one
    at = one.last + 1
    at += at < end and words[at] in _ARTICLES
    reach = at
    while reach < end and words[reach].istitle() and words[reach].isalpha() and words[reach].casefold() not in TITLES:
        reach += 1
    return replace(one, last=reach) if reach > at else one
