"""How a sentence opens: on its own feet, or leaning on the one before it."""

import re
from collections.abc import Mapping

# What a reader can only understand from the sentence before: pronouns, demonstratives, connectives, "the group".
_ENGLISH = (
    r"(?:he|she|it|they|him|her|his|its|their|theirs|them|that|these|those|such|both|neither|"
    r"this(?! (?:week|weekend|month|year|morning|evening|spring|summer|autumn|fall|winter|season|century))|"
    r"but|and|or|so|nor|yet|however|nevertheless|nonetheless|instead|rather|therefore|thus|hence|consequently|also|"
    r"moreover|furthermore|besides|additionally|similarly|likewise|relatedly|conversely|otherwise|then|still|"
    r"another|others|afterwards|thereafter|accordingly|too)\b"
    r"|(?:as a result|in addition|in response|in turn|for example|for instance|on the other hand|at the same time|"
    r"by contrast|in contrast|in this context|in that case|even so|that said|as such|after that|since then)\b"
    r"|the (?:[\w’'-]+ ){1,2}also\b"
    r"|the (?:group|pair|duo|trio|couple|two|three|latter|former|same|others?|man|woman)\b"
    # An enumeration told sentence by sentence: "The second was a folder."
    r"|(?:the|a) (?:first|second|third|fourth|fifth|sixth|last|final)(?: ones?)? (?:is|are|was|were|of|came|has|had)\b"
)
_ARABIC = (
    r"(?:هو|هي|هم|هذا|هذه|ذلك|تلك|هؤلاء|لكن|ولكن|كما|كذلك|وأضاف|وأضافت|وأوضح|وأكد|وتابع|"
    r"وقال|وقالت|وأشار|بدوره|بدورها)\b"
)
_FRENCH = (
    r"(?:il|elle|ils|elles|lui|son|sa|ses|leurs?|ce|cet|cette|ces|cela|ça|celui-ci|celle-ci|mais|et|ou|donc|or|car|"
    r"cependant|toutefois|pourtant|néanmoins|ainsi|aussi|ensuite|puis|en revanche|par ailleurs|en outre)\b"
)
_GERMAN = (
    r"(?:er|sie|es|ihm|ihr|ihre|ihren|ihrem|sein|seine|seinen|seinem|dies|dieser|diese|dieses|diesen|diesem|das|jener|"
    r"aber|und|oder|doch|jedoch|allerdings|dennoch|trotzdem|deshalb|daher|darum|deswegen|außerdem|zudem|dann|danach|"
    r"dabei|damit|dagegen|stattdessen|auch|beide)\b"
)
_SPANISH = (
    r"(?:él|ella|ellos|ellas|su|sus|este|esta|esto|estos|estas|ese|esa|eso|esos|esas|pero|y|o|sin embargo|no obstante|"
    r"además|también|así|entonces|luego|por lo tanto|por eso|en cambio|ambos|ambas)\b"
)
_TURKISH = (
    r"(?:o|onlar|bu|şu|bunlar|ama|ancak|fakat|ve|veya|ayrıca|bununla birlikte|buna rağmen|bunun üzerine|öte yandan)\b"
)

_LEANING: Mapping[str, re.Pattern[str]] = {
    language: re.compile(rf"\W*(?:{words})", re.IGNORECASE)
    for language, words in {
        "en": _ENGLISH,
        "ar": _ARABIC,
        "fr": _FRENCH,
        "de": _GERMAN,
        "es": _SPANISH,
        "tr": _TURKISH,
    }.items()
}


def leans(sentence: str, language: str) -> bool:
    """Tell whether a sentence opens with words that point back; never in a language whose words are not known."""
    pattern = _LEANING.get(language)
    return pattern is not None and pattern.match(sentence) is not None
