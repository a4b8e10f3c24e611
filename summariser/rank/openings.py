"""How a sentence stands: on its own feet, or leaning on the one before it."""

import re
from collections.abc import Mapping

# What a reader can only understand from the sentence before: pronouns, demonstratives, connectives, "the group".
_ENGLISH = (
    r"(?:he|she|it|they|him|her|his|its|their|theirs|them|that|these|those|such|both|neither|"
    r"this(?! (?:week|weekend|month|year|morning|evening|spring|summer|autumn|fall|winter|season|century))|"
    r"but|and|or|so|nor|yet|however|nevertheless|nonetheless|instead|rather|therefore|thus|hence|consequently|also|"
    r"moreover|furthermore|besides|additionally|similarly|likewise|relatedly|conversely|otherwise|then|still|"
    r"another|others|afterwards|thereafter|accordingly|too|meanwhile|meantime|hers|himself|herself|themselves|itself)\b"
    r"|(?:as a result|in addition|in response|in turn|for example|for instance|on the other hand|at the same time|"
    r"by contrast|in contrast|in this context|in that case|even so|that said|as such|after that|since then|"
    r"in the meantime|on the contrary|on the one hand|to that end|apart from that|all the same|as well)\b"
    r"|(?:after|against|among|at|because of|before|behind|beside|between|by|despite|during|for|from|in|like|of|on|to|"
    r"under|unlike|until|with|without) (?:this|that|these|those|it|him|her|them|such|both)\b"
    r"(?! (?:week|weekend|month|year|morning|evening|spring|summer|autumn|fall|winter|season|century|afternoon))"
    r"|(?:one|some|many|most|all|none|several|half|two|three|four|five|each|both|neither) of "
    r"(?:them|these|those|its|their|his|her)\b"
    r"|the (?:[\w’'-]+ ){1,2}also\b"
    r"|the (?:group|pair|duo|trio|couple|two|three|latter|former|same|others?|man|woman|men|women|boy|girl)\b"
    # An enumeration told sentence by sentence: "The second was a folder."
    r"|(?:the|a) (?:first|second|third|fourth|fifth|sixth|last|final)(?: ones?)? (?:is|are|was|were|of|came|has|had)\b"
)
_ARABIC = (
    r"(?:هو|هي|هم|هذا|هذه|ذلك|تلك|هؤلاء|لكن|ولكن|كما|كذلك|وأضاف|وأضافت|وأوضح|وأكد|وتابع|"
    r"وقال|وقالت|وأشار|وأشارت|وأكدت|وتابعت|وذكر|وذكرت|وشدد|وشددت|ولفت|ولفتت|وهو|وهي|وهذا|وهذه|وكان|وكانت|بدوره|بدورها|"
    r"لكنه|لكنها|لذلك|ومع ذلك|إلا أن|غير أن|في المقابل|من جانبه|من جانبها|من جهته|من جهتها|إلى ذلك|بالإضافة إلى ذلك)\b"
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
_PERSIAN = (
    r"(?:او|وی|آن|آنها|آنان|این|اینها|ایشان|همان|همین|اما|ولی|لیکن|همچنین|بنابراین|سپس|با این حال|در نتیجه|"
    r"علاوه بر این|از سوی دیگر|هر دو)\b"
)

# A quotation and nothing else, or one that a pronoun speaks: whose words they are stands before.
_SPOKEN = re.compile(
    r"\W*[\"“”„«»][^\"“”„«»]*[\"“”»«](?:\W*$"
    r"|,? (?:(?:he|she|they) \w+|(?:said|says) (?:he|she|they)|\w+te? (?:er|sie)|(?:\w+-t|dit)-(?:il|elle|on))\b)",
    re.IGNORECASE,
)
_TOLD = re.compile(r", (?:he|she|they) (?:said|says|added|told \w+|wrote|explained|recalled|noted)\W*$", re.IGNORECASE)
# As much of a sentence's end as that takes.
_END = 40

_LEANING: Mapping[str, re.Pattern[str]] = {
    language: re.compile(rf"\W*(?:{words})", re.IGNORECASE)
    for language, words in {
        "en": _ENGLISH,
        "ar": _ARABIC,
        "fr": _FRENCH,
        "de": _GERMAN,
        "es": _SPANISH,
        "tr": _TURKISH,
        "fa": _PERSIAN,
    }.items()
}


def leans(sentence: str, language: str) -> bool:
    """Tell whether a sentence is understood only behind the one before: it points back, or hides who speaks.

    What points back is known for a few languages; a quotation without a speaker is one in all of them.
    """
    pattern = _LEANING.get(language)
    if pattern is not None and pattern.match(sentence) is not None:
        return True
    return _SPOKEN.match(sentence) is not None or _TOLD.search(sentence, max(0, len(sentence) - _END)) is not None
