"""What a sentence calls somebody beside the name: a title before it, a description set off by commas, a kind of body.

Everything is cut out of the sentence. Only English is read so; it judges no word, and would rather miss one than take
one that is about somebody else.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from summariser.entities.gazetteer import PEOPLES, TITLES
from summariser.model import MentionType, Span


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What people are, beside the titles that stand in capitals: the noun that a description turns on.
_ROLES = _set(
    """
    activist administrator ally apprentice archaeologist architect assessor attorney autocrat banker bargeman baker
    beekeeper biographer blogger boss boatman botanist broker builder bureaucrat butcher campaigner captain
    carpenter chair chemist chef clerk clergyman conductor conservative contractor convict cook counsellor
    counterpart critic curator cyclist darling daughter deacon defector demagogue demonstrator dentist despot
    dictator director dissident doyen driver educator elder electrician engineer entrepreneur executive exile expert
    explorer extremist face farmer father ferryman figure figurehead filmmaker firebrand fireman firefighter
    fisherman forester founder co-founder fugitive gangster gardener grandee grandson granddaughter guerrilla guide
    hardliner head headmaster headmistress heavyweight heir hero historian husband icon ideologue imam immigrant
    insurgent interpreter intellectual jihadist judge jurist kingmaker landlord leader leftist liberal librarian
    linguist lobbyist loyalist magnate manager marksman mastermind mate mathematician mechanic mediator member
    merchant militant miner mogul monarch mother moderate musician nationalist neighbour neighbor novelist official
    officer oligarch operative opponent organiser organizer owner painter parliamentarian partisan partner pensioner
    pharmacist photographer physicist pilot pioneer pirate plumber policeman policewoman politician populist porter
    postman potter preacher priest principal producer propagandist prosecutor protester provocateur publisher pupil
    radical ranger rebel rector reformer reformist refugee resident researcher revolutionary ringleader rival ruler
    sailor saint scholar sculptor secessionist seminarian separatist shepherd shipowner shopkeeper skipper smuggler
    socialist sociologist soldier son spiritual stalwart statesman stateswoman steward strongman student successor
    suspect sympathiser sympathizer teacher technician technocrat terrorist theologian theorist trader trainer
    traitor translator treasurer trustee tycoon usurper veterinarian veteran victim villager vintner violinist
    volunteer warden warlord weaver whistleblower widow widower wife winner witness worker zoologist nobleman
    tribesman chieftain brother sister uncle aunt nephew niece cousin
    """
) | {
    "dictator-in-waiting",
    "commander-in-chief",
    "editor-in-chief",
    "secretary-general",
    "director-general",
    "attorney-general",
    "brother-in-law",
    "father-in-law",
    "son-in-law",
}
# Of the titles those that say what somebody is by themselves.
_NO_ROLES = _set(
    """
    former foreign interior defence defense finance state supreme vice acting caretaker incumbent interim junior
    senior late opposition outgoing presidential retired then ex field grand designate mr mrs ms miss madame
    monsignor dame sir police staff justice elder deputy gen col lt maj sgt cpt rep sen gov rev dr prof mp then
    chief host
    """
)
_PEOPLE = (_ROLES | TITLES) - _NO_ROLES | {"chief", "deputy", "elder"}
_ENDINGS = ("ist", "man", "woman", "person", "master", "mistress", "keeper", "eer", "ologist", "maker", "holder")
_NO_ENDINGS = _set("list mist fist exist insist resist assist persist consist enlist twist against human")

_BODIES = _set(
    """
    academy agency alliance army association authority band bank battalion bloc board bookshop brewery brigade
    broadcaster brotherhood bureau business cabal camp campaign cartel cell centre center chain charity church clan
    club coalition college commission committee company confederation congress consortium co-operative cooperative
    corporation council court cult department division enterprise faction family federation firm force forces
    foundation front fund gang government grouping group guild hospital insurer institute institution insurgency
    junta laboratory league legion lobby magazine militia militias ministry mob monastery monitor movement museum
    network newspaper office operator orchestra organisation organization outfit paramilitaries paramilitary
    parliament party platform power proxy publisher regime regiment ring school sect secretariat service society
    squad station supplier syndicate team terrorists terror think-tank tribe troupe union unit university watchdog
    wing
    """
)
_PLACES = _set(
    """
    airport base bastion bay border camp capital city coast community country county desert district enclave farm
    fort gateway hamlet hotspot island islet kingdom lake metropolis mountain nation neighbourhood neighborhood
    oasis outpost peninsula port province region republic river settlement shrine stronghold strait suburb territory
    town township valley village volcano
    """
)
_HEADS = {MentionType.PER: _PEOPLE, MentionType.ORG: _BODIES, MentionType.LOC: _PLACES}
# Behind a body's name, where "PMF office" or "PMF leader" would be something of theirs.
_BEHIND = _set(
    "alliance bloc cartel coalition cult faction federation front gang group grouping militia militias movement "
    "network organisation organization outfit paramilitaries party sect"
)

# Adjectives in capitals beside those of peoples.
_CREEDS = _set(
    """
    ahmadi alawite alevi anglican ashkenazi baptist buddhist calvinist catholic christian coptic druze evangelical hindu
    ibadi islamist ismaili jain jewish kemalist lutheran maronite marxist methodist mormon muslim orthodox pentecostal
    protestant quaker salafi salafist sephardi shia shiite shi'ite sikh sufi sunni wahhabi yazidi yezidi zaydi zionist
    zoroastrian
    """
)

_WORD = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*\.?|\d+(?:st|nd|rd|th)?(?:-[^\W\d_]+)*")
_DETERMINERS = frozenset({"the", "a", "an"})
_OWNERS = frozenset({"its", "his", "her", "their", "our", "my", "whose", "one", "another", "fellow"})
_IDLE = _set(
    """
    and or but nor so yet of to in on at by for from with without into over under about against between among during
    before after since until while when where as if than that this these those which who whom what whose is are was
    were be been being has have had do does did will would can could may might must shall should not no it he she
    they we you i him them us me also only just then there here very more most less least said says told asked
    called named met saw killed like via per toward towards upon behind beside near across including because though
    although however
    """
)
# Words in small letters that stand between an article and a role, or before a role without one.
_ADJECTIVES = re.compile(
    r"(?:former|late|senior|junior|veteran|retired|acting|interim|deputy|chief|local|ex|influential|powerful|prominent"
    r"|popular|populist|nationalist|firebrand|outspoken|embattled|radical|moderate|hardline|rebel|opposition|militia"
    r"|militant|party|government|army|police|military|parliamentary|tribal|religious|spiritual|political|paramilitary"
    r"|prime|foreign|finance|defence|defense|interior|health|oil|trade|justice|education|state|federal|provincial"
    r"|regional|national|union|terror|terrorist|port|harbour|harbor|town|city|village|market|school|hospital|university"
    r"|old|young|longtime|managing|executive|deposed|ousted|exiled|disgraced|jailed|slain|notorious|charismatic"
    r"|reclusive|elder|vice|general|anti|pro|top|new|press|climate|human|rights|opposing|rival|northern|southern|eastern"
    r"|western|central|main|key|big|small|large|tiny|armed|outlawed|banned|ruling|private|public|secular|mostly|largely"
    r"|\w+[-’'](?:backed|led|based|born|aligned|linked|owned|run|trained|turned|year|old|wing|funded|dominated|majority)"
    r"|(?:pro|anti|non|ex|vice|mid|neo)-\w+|\w+-\w+|\w{4,}(?:al|ary|ian|ical|ic|ish|ese|ous|ful|able|ible|less))",
    re.IGNORECASE,
)
_POSSESSIVES = ("'s", "’s", "s'", "s’")
_LONGEST = 6
"""Words of a description before the name."""
_LONGEST_APPOSITION = 90
"""Characters of one behind it."""

_NEXT = re.compile(r" ?[,–—(] ?(?:[–—] ?)?")
_OPENING = re.compile(r"[,;:–—] |[“\"(]|\s(?:said|says) ")
_END = re.compile(r"\s?(?:,|\)|–|—|;|\.(?:\W|$)|$)|\s(?:who|which|that|whose|where)\b")
_OF = re.compile(r"(?P<of>of )(?:the )?(?:[A-Z][\w’'-]* ){0,3}(?P<last>[A-Z][\w’'-]*) $")
_HEADLINE_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
_SITE = re.compile(r"\s[|–—-]\s[^|–—]{2,40}$")
_KIND_BEHIND = re.compile(r" (?P<word>[a-z]+)\b(?![-’'])(?! (?:of|[a-z]*(?:er|or|ers|ors|man|men|head|chief)\b))")
_CITY_OF = re.compile(r"(?:\b(?P<det>the|a|an) )?(?P<words>(?:[\w’'-]+ ){1,4})of (?:the )?$", re.IGNORECASE)


def describe(said: Sequence[tuple[str, Span, MentionType]]) -> tuple[tuple[Span, ...], ...]:
    """Return for each sentence with a name in it where it says what that is, in its order."""
    return tuple(tuple(_descriptions(*one)) for one in said)


def compare_headlines(titles: Sequence[tuple[str, str]]) -> tuple[tuple[tuple[Span, ...], tuple[Span, ...]], ...]:
    """Return for each pair of headlines the words that only the one and only the other has.

    Both are empty where they differ in nothing but case, punctuation, and a site's name behind a dash or bar.
    """
    return tuple(_compare(*pair) for pair in titles)


def _compare(title: str, other: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    one, two = _headline_words(title), _headline_words(other)
    matcher = SequenceMatcher(None, [word for word, _ in one], [word for word, _ in two], autojunk=False)
    here: list[Span] = []
    there: list[Span] = []
    for tag, from_one, to_one, from_two, to_two in matcher.get_opcodes():
        if tag != "equal":
            here += _run(one[from_one:to_one])
            there += _run(two[from_two:to_two])
    return tuple(here), tuple(there)


def _headline_words(title: str) -> list[tuple[str, Span]]:
    """Return the words of a headline, without the name of a site behind it."""
    bare = _SITE.sub("", title)
    return [(found[0].casefold(), Span(*found.span())) for found in _HEADLINE_WORD.finditer(bare)]


def _run(words: Sequence[tuple[str, Span]]) -> list[Span]:
    return [Span(words[0][1].start, words[-1][1].end)] if words else []


def _descriptions(sentence: str, name: Span, kind: MentionType) -> Iterator[Span]:
    found = (
        _title(sentence, name, kind),
        _set_before(sentence, name, kind),
        _kind_of(sentence, name, kind),
        _behind(sentence, name, kind),
        _apposition(sentence, name, kind),
    )
    seen: set[Span] = set()
    for span in found:
        if span is not None and span not in seen:
            seen.add(span)
            yield span


def _title(sentence: str, name: Span, kind: MentionType) -> Span | None:
    """Return the title directly before the name: `firebrand cleric`, `Prime Minister`, `head of Port Office`."""
    phrase = _phrase_before(sentence, name.start, kind)
    if phrase is not None or kind is not MentionType.PER:
        return phrase
    of = _OF.search(sentence, max(0, name.start - 80), name.start)
    if of is None or of["last"].casefold().rstrip(".") in TITLES | _PEOPLE:
        return None
    phrase = _phrase_before(sentence, of.start("of"), kind)
    return Span(phrase.start, of.end("last")) if phrase else None


def _set_before(sentence: str, name: Span, kind: MentionType) -> Span | None:
    """Return a description that a comma parts from the name behind it: `the captain of the port, Harun …,`."""
    before = sentence[: name.start].rstrip()
    if not before.endswith(",") or not re.match(r"\s?(?:,|\.\W*$)", sentence[name.end :]):
        return None
    end = len(before) - 1
    opened = [found.end() for found in _OPENING.finditer(sentence, 0, end)]
    return _apposed(sentence, Span(opened[-1] if opened else 0, end), kind, opening=True)


def _kind_of(sentence: str, name: Span, kind: MentionType) -> Span | None:
    """Return what kind of place it is, or body: `the port city of Basra`."""
    if kind is MentionType.PER:
        return None
    found = _CITY_OF.search(sentence, max(0, name.start - 80), name.start)
    if found is None:
        return None
    end = found.end("words")
    return _phrase_before(sentence, end, kind)


def _behind(sentence: str, name: Span, kind: MentionType) -> Span | None:
    """Return what kind of body it is, directly behind its name: `militia` in `the Saraya militia`."""
    if kind is not MentionType.ORG:
        return None
    found = re.match(
        r" (?P<word>[a-z]+)\b(?![-’'])(?! (?:of|[a-z]*(?:er|or|ers|ors|man|men|head|chief)\b))", sentence[name.end :]
    )
    if found is None or found["word"] not in _BEHIND:
        return None
    return Span(name.end + found.start("word"), name.end + found.end("word"))


def _apposition(sentence: str, name: Span, kind: MentionType) -> Span | None:
    """Return what stands behind the name between commas: `a Shia cleric`, `leader of the movement`."""
    mark = _NEXT.match(sentence, name.end) or (
        _NEXT.match(sentence, name.end + 1) if sentence[name.end : name.end + 1] == " " else None
    )
    if mark is None:
        return None
    start = mark.end()
    ended = _END.search(sentence, start, min(len(sentence), start + _LONGEST_APPOSITION))
    if ended is None or ended.start() <= start:
        return None
    if re.match(r"\s?,\s(?:and|or|as well as)\b", sentence[ended.start() :]):
        return None  # a list: these are others
    return _apposed(sentence, Span(start, ended.start()), kind, opening=False)


def _apposed(sentence: str, phrase: Span, kind: MentionType, *, opening: bool) -> Span | None:
    """Return a description that is one noun phrase, without its article; None where it is anything else."""
    words = list(_words(sentence, phrase))
    if not words or (words[0][0].casefold() in _IDLE):
        return None
    first = 1 if words[0][0].casefold() in _DETERMINERS | _OWNERS else 0
    if opening and not first:
        return None
    head = _head(words[first:], kind, bounded=bool(first))
    if head is None:
        return None
    rest = words[first + head + 1 :]
    if rest and not _goes_on(sentence, words[first + head], rest):
        return None
    return Span(words[first][1].start, phrase.end) if phrase.end > words[first][1].start else None


def _goes_on(sentence: str, head: tuple[str, Span], rest: Sequence[tuple[str, Span]]) -> bool:
    """Tell whether what follows a role still says of what: `of the movement`, `for oil`; not a name or a verb."""
    return (
        rest[0][0] in {"of", "for", "at", "in", "to", "from", "on"} and sentence[head[1].end : rest[0][1].start] == " "
    )


def _head(words: Sequence[tuple[str, Span]], kind: MentionType, *, bounded: bool) -> int | None:
    """Return which word the phrase turns on: the last role of its first words, with nothing but adjectives before."""
    found = None
    for place, (word, _) in enumerate(words[: _LONGEST + 1]):
        if word.casefold() in _IDLE:
            break
        if _is_head(word, kind):
            found = place
        elif found is not None or not (_modifies(word) or (bounded and word.islower()) or word.endswith(_POSSESSIVES)):
            break
    return found


def _phrase_before(sentence: str, end: int, kind: MentionType) -> Span | None:
    """Return the noun phrase that ends there, without its article."""
    if not sentence[:end].endswith(" "):
        return None
    words = list(_words(sentence, Span(max(0, end - 120), end)))
    if not words or sentence[words[-1][1].end : end] != " " or not _is_head(words[-1][0], kind):
        return None
    first = len(words) - 1
    while first and len(words) - first < _LONGEST and _joins(sentence, words[first - 1], words[first]):
        if not _modifies(words[first - 1][0]):
            # Between an article and what is known to be a description, a word in small letters is one too.
            bounded = first > 1 and words[first - 2][0].casefold() in _DETERMINERS and words[first - 1][0].islower()
            owned = words[first - 1][0].endswith(_POSSESSIVES) and words[first - 1][0][:-2].casefold() not in _IDLE
            first -= bounded or owned
            break
        first -= 1
    return Span(words[first][1].start, words[-1][1].end)


def _joins(sentence: str, one: tuple[str, Span], other: tuple[str, Span]) -> bool:
    return sentence[one[1].end : other[1].start] == " "


def _modifies(word: str) -> bool:
    """Tell whether a word may stand before a role as part of what somebody is called."""
    folded = word.casefold()
    if folded in _DETERMINERS | _OWNERS | _IDLE:
        return False
    known = (
        folded in PEOPLES
        or folded in _CREEDS
        or folded in TITLES
        or folded in _PEOPLE
        or _ADJECTIVES.fullmatch(word) is not None
    )
    return known or (word[:1].isupper() and ("-" in word or (len(word) > 1 and word.isupper())))


def _is_head(word: str, kind: MentionType) -> bool:
    folded = word.casefold()
    if folded in _HEADS[kind] or folded.partition("-")[0] in _HEADS[kind]:
        return True
    # One that the list lacks: an agent by its ending, in small letters, or it may be a name.
    return (
        kind is MentionType.PER
        and word.islower()
        and len(folded) > 5
        and folded not in _NO_ENDINGS
        and folded.endswith(_ENDINGS)
    )


def _words(sentence: str, within: Span) -> Iterator[tuple[str, Span]]:
    for found in _WORD.finditer(sentence, within.start, within.end):
        # A word that the window cuts in two is none.
        if found.start() == within.start and sentence[max(0, found.start() - 1) : found.start()].isalnum():
            continue
        # The capital of a sentence's first word says nothing.
        first = not sentence[: found.start()].strip(" “\"'‘")
        yield found[0].lower() if first else found[0], Span(found.start(), found.end())
