"""Whether two stretches of text speak of the same things (lexical cohesion; Hearst 1997)."""

from collections.abc import Iterable, Sequence
from itertools import islice

from summariser.ingest.units import vocabulary
from summariser.text import guess_language

# So much on either side is compared, in words: enough to show the subject, too little to share words by chance.
_WINDOW = 120
# No paragraph is looked at beyond this, in characters.
_LONGEST = 4000
# With fewer words that say something, nothing is shown.
_LEAST = 12


def cohesion(before: Sequence[str], after: Sequence[str]) -> float:
    """Return which share of the fewer telling words stands on both sides, 0 to 1; 1 where there are too few to tell.

    Both sides are paragraphs, the nearest to the border first.
    """
    one, other = list(_nearest(before)), list(_nearest(after))
    language = guess_language("\n".join(other)) or "en"
    first, second = vocabulary("\n".join(one), language), vocabulary("\n".join(other), language)
    fewer = min(len(first), len(second))
    return len(first & second) / fewer if fewer >= _LEAST else 1.0


def _nearest(paragraphs: Iterable[str]) -> Iterable[str]:
    """Yield the paragraphs, until there are words enough."""
    count = 0
    for paragraph in paragraphs:
        if count >= _WINDOW:
            return
        tokens = paragraph[:_LONGEST].split()
        yield " ".join(islice(tokens, _WINDOW))
        count += len(tokens)
