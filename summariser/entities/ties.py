"""What two names of one type have to do with each other."""

from summariser.entities.bare import is_bare
from summariser.entities.bodies import tie_bodies, tie_places
from summariser.entities.evidence import Evidence
from summariser.entities.people import tie_people
from summariser.model import MentionType

_TIES = {MentionType.PER: tie_people, MentionType.ORG: tie_bodies, MentionType.LOC: tie_places}


def tie(kind: MentionType, one: tuple[str, ...], other: tuple[str, ...]) -> Evidence | None:
    """Return what ties two names, as `identity` tells them; None where nothing does. Neither comes first."""
    if is_bare(kind, one) or is_bare(kind, other):
        return Evidence.SAME if one == other else None
    return _TIES[kind](*sorted((one, other)))
