"""The short words for why two names may mean the same."""

from enum import StrEnum


class Evidence(StrEnum):
    """What two names have in common, the strongest first."""

    SAME = "same"
    """They are surely one."""
    ACRONYM = "acronym"
    INITIAL = "initial"
    MIDDLE_NAME = "middle name"
    ORDER = "order"
    SOUND = "sound"
    TRANSLATION = "translation"
    PART = "part"
    SURNAME = "surname"
    GIVEN_NAME = "given name"

    @property
    def rank(self) -> int:
        """Its place among all, 0 the strongest."""
        return list(Evidence).index(self)
