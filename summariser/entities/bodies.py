"""What two names of bodies, or of places, have to do with each other."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from summariser.entities.evidence import Evidence
from summariser.entities.gazetteer import BODIES, PEOPLES, PLACES, SITES, word_set
from summariser.entities.sounds import Custom, same_word, skeletons

_Words = tuple[str, ...]

_SMALL = word_set("of the for and in on at to de la le les des du del e y et und fur di da al el & d l")
_FIRMS = word_set("inc ltd llc plc corp corporation co company gmbh ag sa spa bv nv pjsc jsc pte limited holding")
# Bodies whose name is said either way round: Interior Ministry, Ministry of the Interior.
_EITHER_WAY = frozenset({"ministry", "department", "embassy", "consulate", "municipality", "directorate"})
_STATES = frozenset({"republic", "state", "city", "kingdom", "commonwealth", "province"})
# Words that two names of one body may differ in when the one translates the other.
_KINDS = word_set(
    "force unit brigade battalion corps army movement party group organization front union committee council league"
    " bloc list alliance coalition militia faction company"
)
_GENERAL = (
    BODIES
    | SITES
    | PEOPLES
    | word_set(
        "national general higher supreme central federal regional international united new free people popular"
        " democratic public first north south east west northern southern eastern western great upper lower san santa"
        " saint"
        " president prime minister interior defense foreign education health justice women youth human rights"
    )
)
_SPELLINGS = (
    (re.compile(r"is(?=(?:ation|ations|e|ed|ing)$)"), "iz"),
    (re.compile(r"(?<=[a-z]{3})our$"), "or"),
    (re.compile(r"^defence$"), "defense"),
    (re.compile(r"(?<=[a-z]t)re$"), "er"),
    (re.compile(r"(?<=program)me$"), ""),
)
_PLURAL = re.compile(r"(?<=[a-z]{3}[^sui])s$")
# How a place's name is written freely without becoming another: Granada and Grenada are two.
_PLACE_SPELLINGS = tuple(
    (re.compile(pattern), letters)
    for pattern, letters in (
        (r"(?<=[a-z]{3}a)h$", ""),
        (r"([^aeiou])\1+", r"\1"),
        (r"ou|oo", "u"),
        (r"ee|iy(?=a)", "i"),
        (r"aa", "a"),
        (r"a[iy](?![aeou])|ei|ey(?=[^aeiou])", "ai"),
        (r"q", "k"),
        (r"dh", "d"),
    )
)
_ALIASES = """
us, usa, united states, united states of america, america
uk, united kingdom, great britain, britain
uae, united arab emirates, emirates
un, united nations, united nations organization
eu, european union
nato, north atlantic treaty organization
imf, international monetary fund
who, world health organization
wto, world trade organization
drc, democratic republic of congo, democratic republic of the congo, dr congo
dprk, north korea
rok, south korea, republic of korea
prc, china, people republic of china
ivory coast, cote divoire
burma, myanmar
holland, netherlands
czechia, czech republic
turkiye, turkey
eswatini, swaziland
ksa, saudi arabia, kingdom of saudi arabia
iran, islamic republic of iran
kyiv, kiev
odesa, odessa
mumbai, bombay
kolkata, calcutta
ho chi minh city, saigon
beijing, peking
irgc, islamic revolutionary guard corp, islamic revolutionary guard, revolutionary guard, revolutionary guard corp
isis, isil, daesh, islamic state, islamic state of iraq and syria, islamic state of iraq and levant, islamic state group
pkk, kurdistan worker party
krg, kurdistan regional government
kdp, kurdistan democratic party
puk, patriotic union of kurdistan
hrw, human right watch
msf, medecins sans frontieres, doctors without border
icrc, international committee of red cross
icc, international criminal court
icj, international court of justice
iaea, international atomic energy agency
opec, organization of petroleum exporting country
asean, association of southeast asian nation
ecowas, economic community of west african states
au, african union
ecb, european central bank
fbi, federal bureau of investigation
cia, central intelligence agency
bbc, british broadcasting corporation
ap, associated press
afp, agence france presse
unhcr, un refugee agency, united nations high commissioner for refugee
unicef, united nations children fund
idf, israel defense force, israeli defense force
nyc, new york city
la, los angeles
dc, washington dc
st petersburg, saint petersburg
"""
# Words of other tongues in bodies' names, by what they mean.
_MEANINGS = """
saraya brigade; kataib brigade; kataeb brigade; katiba battalion; liwa brigade; faylaq corps; failaq corps;
jaysh army; jaish army; salam peace; hashd mobilization; shaabi popular; shabi popular; hizb party; hezb
party; harakat movement; haraka movement; hareketi movement; jabhat front; jabha front; tayyar current;
tahaluf alliance; itilaf coalition; majlis council; majles council; shura consultative; haqq righteousness;
haq righteousness; ahl people; asaib league; islah reform; islahat reform; watani national; wataniya national;
iraqiya iraqi; islami islamic; islamiya islamic; islamiyya islamic; partisi party; partiya party; cumhuriyet
republican; halk people; adalet justice; kalkinma development; milliyetci nationalist; iyi good; gorran
change; goran change; yeketi union; nahda renaissance; ennahda renaissance; adl justice; adala justice;
tanmiya development; hurriya freedom; azadi freedom; ikhwan brotherhood; muslimin muslim; ansar supporter;
dawla state; mustaqbal future; fadhila virtue; fadila virtue; hikma wisdom; nasr victory; fatah conquest; bina
construction; quds jerusalem; sipah corps; sepah corps; pasdaran guard; mojahedin fighter; mujahideen fighter;
khalq people; partido party; movimiento movement; frente front; izquierda left; republicana republican;
nacional national; edinaya united; rossiya russia; slugi servant; narodu people; fuerza force; ejercito army;
liberacion liberation; brigada brigade; parti party; mouvement movement; rassemblement rally; armee army;
bewegung movement; partei party; bundnis alliance
"""


def tie_bodies(one: _Words, other: _Words) -> Evidence | None:
    """Return what ties two names of bodies."""
    first, second = _normal(one), _normal(other)
    if first == second or (sorted(first) == sorted(second) and not _EITHER_WAY.isdisjoint(first)):
        return Evidence.SAME
    if len(first) == len(second) and all(_is_spelt_alike(*pair) for pair in zip(first, second, strict=True)):
        return Evidence.SAME
    short, long = sorted((one, other), key=lambda words: (len(words), words))
    if len(short) == 1 and short[0] in initials(long):
        return Evidence.SAME if len(short[0]) >= _TELLING else Evidence.ACRONYM
    if _meaning(first) == _meaning(second) or _gist(first) == _gist(second) != frozenset():
        return Evidence.TRANSLATION
    return Evidence.PART if _is_part(first, second) or _is_part(second, first) else None


def tie_places(one: _Words, other: _Words) -> Evidence | None:
    """Return what ties two names of places."""
    first, second = _normal_place(one), _normal_place(other)
    if first == second or tuple(map(_spell_place, first)) == tuple(map(_spell_place, second)):
        return Evidence.SAME
    short, long = sorted((one, other), key=lambda words: (len(words), words))
    if len(short) == 1 and len(short[0]) > 1 and short[0] in initials(long):
        return Evidence.ACRONYM
    if len(first) == len(second) and all(_is_spelt_alike(*pair) for pair in zip(first, second, strict=True)):
        return Evidence.SOUND
    return Evidence.PART if _is_part(first, second) or _is_part(second, first) else None


def body_keys(words: _Words) -> Iterator[str]:
    """Yield the keys of a body's name, the most telling first."""
    yield from _keys(words, _normal(words))


def place_keys(words: _Words) -> Iterator[str]:
    """Yield the keys of a place's name, the most telling first."""
    yield from _keys(words, _normal_place(words))


def _keys(words: _Words, normal: _Words) -> Iterator[str]:
    yield " ".join(sorted(skeletons(word)[0] for word in normal))
    if len(words) == 1:
        yield f"a{words[0]}"
    for short in initials(words):
        yield f"a{short}"
    for meaning in dict.fromkeys((_meaning(normal), _gist(normal))):
        if meaning:
            yield " ".join(f"m{word}" for word in sorted(meaning))
    for word in normal:
        if word not in _GENERAL and word not in _SMALL and word not in PLACES:
            yield f"p{skeletons(word)[0]}"


def is_cut_short(short: _Words, long: _Words) -> bool:
    """Tell whether one text means the same body by a name without the place before it or the kind behind it.

    `Workers' Party` for `Kurdistan Workers' Party`, `Dawa` for `Dawa Party`.
    """
    rest = len(long) - len(short)
    if rest < 1:
        return False
    if long[:-rest] == short:
        return all(word in BODIES or word in _FIRMS for word in long[-rest:]) and not _is_general(short)
    if long[: len(short)] == short and len(short) > 1 and long[len(short)] == "of":
        return " ".join(word for word in long[len(short) + 1 :] if word != "the") in PLACES
    owners = long[:rest]
    return len(short) > 1 and long[rest:] == short and all(word in PEOPLES or word in PLACES for word in owners)


def _is_general(words: _Words) -> bool:
    return all(word in _GENERAL or word in _SMALL or word in PLACES for word in words)


def initials(words: _Words) -> frozenset[str]:
    """Return the acronyms that a name of several words gives: with its small words and without."""
    if len(words) < 2:
        return frozenset()
    told = [word for word in words if word not in _SMALL]
    return frozenset("".join(word[0] for word in some) for some in (words, told) if len(some) > 1)


# An acronym of so many letters stands for one body: shorter ones for several.
_TELLING = 4


@lru_cache(maxsize=1 << 14)
def _normal(words: _Words) -> _Words:
    """Return a name's words without small ones and the firm's kind, in one spelling; an alias as what it stands for."""
    kept = [_spell(word) for word in words if word not in _SMALL] or list(words)
    while len(kept) > 1 and kept[-1] in _FIRMS:
        kept.pop()
    several = tuple(_PLURAL.sub("", word) for word in kept) if len(kept) > 1 else tuple(kept)
    return _aliases().get(several, several)


@lru_cache(maxsize=1 << 14)
def _normal_place(words: _Words) -> _Words:
    """Return a place's words in one spelling, without what it is (`Republic of`); an alias as what it stands for."""
    kept = tuple(_spell(word) for word in words if word not in _SMALL) or words
    alias = _aliases().get(tuple(_PLURAL.sub("", word) for word in kept))
    if alias is None and len(kept) > 1 and len(words) > 2 and words[1] == "of" and kept[0] in _STATES:
        kept = kept[1:]
        alias = _aliases().get(kept)
    return alias or kept


def _spell(word: str) -> str:
    for pattern, letters in _SPELLINGS:
        word = pattern.sub(letters, word)
    return word


def _spell_place(word: str) -> str:
    for pattern, letters in _PLACE_SPELLINGS:
        word = pattern.sub(letters, word)
    return word


def _is_spelt_alike(one: str, other: str) -> bool:
    """Tell whether two words are one in other letters; what is short may be an acronym, and differs by any letter."""
    return one == other or (min(len(one), len(other)) > 4 and same_word(one, other, Custom.EASTERN))


def _is_part(short: _Words, long: _Words) -> bool:
    """Tell whether a name's words stand in a longer one in their order, one of them a telling word."""
    if len(short) >= len(long) or all(word in _GENERAL or word in _SMALL for word in short):
        return False
    rest = iter(long)
    return all(word in rest for word in short) and not (len(short) == 1 and short[0] in PLACES)


@lru_cache(maxsize=1 << 14)
def _meaning(words: _Words) -> frozenset[str]:
    meanings = _glossary()
    return frozenset(_spell(meanings.get(word, word)) for word in words)


@lru_cache(maxsize=1 << 14)
def _gist(words: _Words) -> frozenset[str]:
    """Return what a name means without the kind of body that it is; nothing where that leaves one word alone."""
    gist = frozenset(word for word in _meaning(words) if _PLURAL.sub("", word) not in _KINDS)
    return gist if len(gist) > 1 and not all(word in PEOPLES or word in PLACES for word in gist) else frozenset()


@cache
def _glossary() -> dict[str, str]:
    entries = [entry.split() for entry in _MEANINGS.replace("\n", " ").split(";")]
    return {_spell(word): meaning for word, meaning in entries}


@cache
def _aliases() -> dict[_Words, _Words]:
    table: dict[_Words, _Words] = {}
    for row in _ALIASES.strip().splitlines():
        names = [
            tuple(_PLURAL.sub("", word) for word in name.split() if word not in _SMALL) or (name,)
            for name in row.split(", ")
        ]
        table.update(dict.fromkeys(names, max(names, key=lambda name: (len(name), name))))
    return table
