"""Which old Latin encoding a text is in, by the letters that its language has."""

import re
from collections import Counter

_WESTERN = "cp1252"
# The letters beyond ASCII of each language, in lower case, with the encodings that were used for it.
_ALPHABETS = {
    "fr": ("àâæçéèêëîïôœùûüÿ", (_WESTERN,)),
    "de": ("äöüßé", (_WESTERN,)),
    "es": ("áéíñóúü¿¡ªº", (_WESTERN,)),
    "pt": ("ãõáâàçéêíóôúüªº", (_WESTERN,)),
    "it": ("àèéìíîòóù", (_WESTERN,)),
    "sv": ("åäöé", (_WESTERN,)),
    "da": ("æøåé", (_WESTERN,)),
    "is": ("áðéíóúýþæö", (_WESTERN,)),
    "pl": ("ąćęłńóśźż", ("cp1250", "iso8859-2")),
    "cs": ("áčďéěíňóřšťúůýž", ("cp1250", "iso8859-2")),
    "sk": ("áäčďéíĺľňóôŕšťúýž", ("cp1250", "iso8859-2")),
    "hu": ("áéíóöőúüű", ("cp1250", "iso8859-2")),
    "ro": ("ăâîşţ", ("cp1250", "iso8859-2")),
    "hr": ("čćđšž", ("cp1250", "iso8859-2")),
    "tr": ("çğıöşüâîû", ("cp1254",)),
}
_SETS = {language: (frozenset(letters), encodings) for language, (letters, encodings) in _ALPHABETS.items()}
# A reading that is not Western must explain next to all letters, and several that no Western language does.
_EXPLAINED = 0.97
_DIFFERENT = 2
_STRANGE = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f]+|[^\x00-\x7f]+(?=[A-Za-z])")
_NEUTRAL = frozenset("“”‘’‚„«»‹›–—…•·°§€£©®™´\u00a0")


def latin_encoding(sample: bytes, language: str = "") -> str:
    """Return the encoding in which a Latin text's letters are those of one language: Western unless others prove it.

    `language` is what the page says it is in, as an ISO 639-1 code. It is a guess, and only one.
    """
    western = _letters(sample, _WESTERN)
    plain = max(
        (_SETS[one][0] for one in _SETS if _SETS[one][1] == (_WESTERN,)), key=lambda known: _share(western, known)
    )
    best, most = _WESTERN, _share(western, plain)
    strange = western.keys() - plain
    for name, (known, encodings) in _SETS.items():
        # A page that states its language needs no more than one letter of it.
        stated = name == language
        for encoding in encodings:
            share = _share(_letters(sample, encoding), known)
            enough = stated or len(strange) >= _DIFFERENT
            if encoding != _WESTERN and share >= _EXPLAINED and share > most and enough:
                best, most = encoding, share
    return best


def _letters(sample: bytes, encoding: str) -> Counter[str]:
    """Count the characters beyond ASCII that touch letters, in lower case and without quotation marks."""
    text = sample.decode(encoding, "replace")
    found = Counter(
        letter.lower() if len(letter.lower()) == 1 else "i" for piece in _STRANGE.findall(text) for letter in piece
    )
    return Counter(
        {letter: times for letter, times in found.items() if letter not in _NEUTRAL and not letter.isascii()}
    )


def _share(letters: Counter[str], known: frozenset[str]) -> float:
    """Return which share of the letters an alphabet has; none of nothing."""
    return sum(letters[letter] for letter in known) / max(1, letters.total())
