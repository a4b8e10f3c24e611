"""Names that name nobody by themselves: `the President`, `Parliament`, `Supreme Court` are whoever a text speaks of."""

from functools import lru_cache

from summariser.entities.gazetteer import TITLES, word_set
from summariser.model import MentionType

_PERSONS = TITLES | word_set(
    """
    honor honour excellency majesty highness holiness eminence chair madam man woman mum mom dad daddy uncle aunt god
    fellow rector dean coach director-general dictator shah tsar czar emperor empress secretary-general lordship
    """
)
_BODIES = word_set(
    """
    academy administration administrative agency agriculture air airport ambassador appeal army army's assembly attorney
    auditor authority avenue bank bar base board
    branch bridge bureau cabinet capital cassation center centre central chamber church city civil club commerce
    commission committee communication communist conservative constitutional criminal culture
    congress coalition company conference constituent constitution council country county court defence defense
    delegation democratic department district division downtown east economy education election electoral electricity
    embassy energy environment executive exterior family federal
    finance force foreign foundation front general governorate government green gulf guard hall health high hospital
    housing human
    house industry institute intelligence interior internal island judicial judiciary justice labor labour league left
    liberal
    lower majority mayor media military ministry minister mission mosque movement municipality museum nation
    national navy north office oil opposition palace parliament party people planning police port presidency
    planning president press prime prosecutor province public region regime representative republic republican resource
    right river road royal school
    secretariat security senate social socialist society south sport square state station statistics street supreme team
    tourism trade transport transportation treasury
    tribunal union university upper village war water welfare west youth
    anti armed association bar border brigade coast command commerce corniche corruption crescent cross customs
    deputies directorate district doctors eastern exchange federation fire football freedom grand great
    immigration independence information integrity intervention investment journalists land lawyers liberation
    library local main market martyrs medical meteorological migration municipal news northern old ombudsman
    opera parade park plan popular presidential prison prosecution provincial rapid reaction reconstruction red
    reform registry relief religious rescue salvation service shura southern sovereignty space special sport
    staff stock syndicate tahrir tax teachers technical television town traffic tv victory western workers
    """
)
# Of such words alone, and known by them all over the world.
_KNOWN = frozenset(
    {
        ("security", "council"),
        ("central", "intelligence", "agency"),
        ("gulf", "news"),
        ("press", "tv"),
        ("red", "army"),
        ("red", "brigades"),
        ("red", "square"),
        ("red", "sea"),
        ("west", "bank"),
    }
)
_SMALL = word_set("of the and for in on affairs")


@lru_cache(maxsize=1 << 14)
def is_bare(kind: MentionType, parts: tuple[str, ...]) -> bool:
    """Tell whether a name's parts are all titles, or words for a kind of body or place."""
    if parts in _KNOWN:
        return False
    known = _PERSONS if kind is MentionType.PER else _BODIES
    return all(part in known or part in _SMALL or part.removesuffix("s") in known for part in parts)
