"""The languages that are known, by their codes and their English names."""

from bot.services.errors import UnknownLanguageError
from bot.services.replies import Suggestion

# Of `summariser.text.LANGUAGES`, which cannot be imported here: it brings much along.
LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "tr": "Turkish",
}


def find_language(typed: str) -> str:
    """Return the ISO 639-1 code of the language that is meant, by its code or its English name.

    Raises:
        UnknownLanguageError: it is none of those that are known.
    """
    wanted = typed.strip().casefold()
    for code, name in LANGUAGES.items():
        if wanted in (code, name.casefold()):
            return code
    raise UnknownLanguageError(typed, list(LANGUAGES.values()))


def offer_languages(typed: str) -> list[Suggestion]:
    """Return the languages whose code or name begins with what was typed."""
    wanted = typed.strip().casefold()
    fitting = [item for item in LANGUAGES.items() if any(word.casefold().startswith(wanted) for word in item)]
    return [Suggestion(f"{name} ({code})", code) for code, name in fitting]


def name_language(code: str | None) -> str:
    """Say a language in English, or that it is not known."""
    return LANGUAGES.get(code, code) if code else "not known"
