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
    r"|(?:every(?:one|body)|no(?:body| one)|any(?:one|body)) else\b"
    r"|the (?:group|pair|duo|trio|couple|two|three|latter|former|same|others?|man|woman|men|women|boy|girl)\b"
    r"|(?:in fact|indeed|in other words|in doing so|by then|by now|for (?:his|her|its|their) part|of course|that way)\b"
    # An enumeration told sentence by sentence: "The second was a folder.", "Third, paper is not the enemy."
    r"|(?:the|a) (?:first|second|third|fourth|fifth|sixth|last|final)(?: ones?)? (?:is|are|was|were|of|came|has|had)\b"
    r"|(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth|fifth|next|finally|last(?:ly)?|there|here),"
)
# What happened, was said or was decided, and who was in it: "the attack" is one that has been told.
_EVENTS = (
    r"(?:incident|accident|attack|assault|raid|air ?strike|strike|bombing|blast|explosion|shooting|killing|murder"
    r"|stabbing|robbery|kidnapping|hijacking|crash|collision|derailment|wreck|fire|blaze|flood|quake|earthquake|tremor|storm"
    r"|disaster|tragedy|outage|leak|spill|outbreak|offensive|operation|clash|fighting|violence|unrest|protest"
    r"|demonstration|rally|march|riot|walkout|vote|ballot|ruling|verdict|sentence|judgment|appeal|arrest|search|rescue"
    r"|investigation|probe|inquiry|inquest|hearing|trial|lawsuit|case|charge|allegation|accusation|claim|complaint"
    r"|move|decision|announcement|statement|declaration|message|letter|tweet|post|comment|remark|interview|report|study"
    r"|survey|poll|finding|result|document|video|footage|photo|picture|meeting|talk|summit|visit|trip|journey"
    r"|flight|ceremony|event|episode|affair|match|game|win|victory|defeat|deal|agreement|accord|pact|contract"
    r"|merger|takeover|proposal|plan|measure|bill|amendment|ban|development|increase|rise|drop|closure|delay"
    r"|discovery)"
)
_TAKING_PART = (
    r"(?:suspect|victim|defendant|gunman|gunmen|shooter|attacker|assailant|killer|robber|hostage|\d+-year-old)"
)
# Behind the noun: with "of" or "on the mill" it would say itself which one it is, and another noun would be the head.
_GOES_ON = (
    r"(?= ?[,;:.”\"]| (?:is|are|was|were|be|has|had|have|will|would|can|could|may|might|must|should|did|does|do|also"
    r"|then|later|now|still|never|not|came|comes|took|takes|left|began|broke|led|leads|made|makes|gave|gives|went|goes|said"
    r"|says|told|tells|found|finds|shows|shown|struck|hit|hits|set|sent|drew|brought|brings|follows|marks|means|meant"
    r"|raises|includes|sparked|ended|appears|seems|won|lost|cost|saw|put|ran|spread|grew|rose|fell|\w{3,}ed"
    r"|(?:on|late|early|last|this|since|after) (?:(?:late|early|last|next|this) )?"
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|week|month|year|morning|afternoon|evening|night|that|it))\b)"
)
_POINTED_AT = rf"the (?:[a-z][\w-]+ )?(?P<noun>{_EVENTS}|{_TAKING_PART})(?:e?s)?{_GOES_ON}"
_ENGLISH_OPENING = re.compile(rf"\W*(?i:{_POINTED_AT})")
_ENGLISH_WITHIN = re.compile(
    r"\b(?:said|says|added|announced|confirmed|acknowledged|insisted|denied|told [\w’'-]+(?: [\w’'-]+){0,3}?)"
    rf"(?: (?:on )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)?(?: that)? {_POINTED_AT}"
)
# Who begins with a verb of saying names the speaker behind it, or nobody: «وقال إن».
_ARABIC_SAYING = (
    r"و(?:قال|أوضح|أكد|أشار|ذكر|شدد|لفت|أعلن|صرح)ت?(?: أيضا)?(?:(?=\s*[:،«“\"])|"
    r"\s+(?:[إأ]ن(?:ه|ها|هم)?|إلى(?: أن)?|بأن(?:ه|ها)?|على|في|خلال|عن|من|قد|ل\w+)\b)"
)
_ARABIC_BEING = r"(?:وكان|وكانت|وكانوا)\s+(?:قد|في|من|على|\w*[يت]\w+ون|هناك|ذلك|هذا|هذه)\b"
_ARABIC = (
    r"(?:هو|هي|هم|هذا|هذه|ذلك|تلك|هؤلاء|لكن|ولكن|كما|كذلك|وأضاف|وأضافت|وتابع|وتابعت|"
    r"وهو|وهي|وهذا|وهذه|بدوره|بدورها|لكنه|لكنها|لذلك|ومع ذلك|إلا أن|غير أن|في المقابل|من جانبه|من جانبها|"
    r"من جهته|من جهتها|إلى ذلك|بالإضافة إلى ذلك|وبحسبه|وبعد ذلك|ثم|"
    # «وقع الهجوم»: what has been told, without a word on where.
    r"(?:و?(?:وقع|جاء|أسفر|أدى|تسبب)ت? )?"
    r"(?:الهجوم|الحادثة?|الانفجار|القرار|الخطوة|الاتفاق|الاجتماع)(?! (?:على|في|من|ال\w+|ب\w+))"
    rf"|{_ARABIC_SAYING}|{_ARABIC_BEING})(?!\w)"
)
# Languages that put «this» before a day or a week point at the calendar, not at the sentence before.
_FRENCH = (
    r"(?:il|elle|ils|elles|lui|son|sa|ses|leurs?|cela|ça|celui-ci|celle-ci|ceux-ci|mais|et|ou|donc|or|car|c[’']est|"
    r"(?:ce|cet|cette|ces)(?! (?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|matin|soir|midi|après-midi|"
    r"semaine|week-end|mois|année|été|hiver|printemps|automne|derniers?|dernières?|jours))|c[’']était|"
    r"(?:selon|pour|avec|sans|chez|devant) (?:lui|elle|eux|elles|cela|ce|cet|cette|ces)|après (?:cela|quoi)|"
    r"cependant|toutefois|pourtant|néanmoins|ainsi|aussi|ensuite|puis|en revanche|par ailleurs|en outre|de plus|enfin|"
    r"d[’']autres?|en effet|au contraire|(?:le|la) (?:première?|seconde?|deuxième|dernière?) (?:est|était|a|fut)|"
    r"(?:l[’'](?:incident|accident|attaque|attentat|explosion|incendie|annonce|accord|enquête|affaire|opération|homme)"
    r"|la (?:décision|mesure|réunion|victime|fusillade)|le (?:suspect|procès|vote|verdict|drame|conducteur))"
    r"(?= (?:a|ont|est|sont|était|avait|sera|aura|s[’']\w+|n[’']\w+|\w{3,}(?:ait|era))\b| ?,))\b"
)
_GERMAN = (
    r"(?:er|sie|es|ihm|ihr|ihre|ihren|ihrem|ihrer|sein|seine|seinen|seinem|seiner|jener|"
    r"(?:dies|dieser|diese|dieses|diesen|diesem)(?! (?:Woche|Jahr|Jahres|Jahre|Monat|Monats|Tage|Wochenende|Sommer|"
    r"Winter|Herbst|Frühjahr|Frühling|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Morgen|Abend))|"
    # The article is written like the pronoun: what follows tells.
    r"das (?:ist|war|sei|wäre|hat|hatte|hätte|wird|würde|soll|sollte|kann|könnte|muss|müsse|darf|bedeutet|heißt|gilt|"
    r"zeigt|zeige|sagte|teilte|ergab|berichtete|gab|geht|ging|liegt|lag|macht|machte|führte)|"
    r"aber|und|oder|doch|jedoch|allerdings|dennoch|trotzdem|deshalb|daher|darum|deswegen|außerdem|zudem|dann|danach|"
    r"dabei|damit|dagegen|stattdessen|auch|beide|darüber hinaus|hinzu kommt|hingegen|dort|dafür|daraufhin|somit|ferner|"
    r"(?:nach|bei|mit|für|aus|von|seit|zu|laut) (?:ihm|ihr|ihnen|diesem|dieser|diesen)(?! (?:Jahr|Woche|Monat))|"
    r"der erste|der zweite|der dritte|"
    r"(?:der (?:Vorfall|Unfall|Angriff|Anschlag|Brand|Täter|Fahrer|Mann|Streit|Schritt|Beschluss|Einsatz|Verdächtige)"
    r"|die (?:Tat|Entscheidung|Explosion|Ermittlungen|Maßnahme|Frau|Sitzung|Abstimmung|Polizisten)"
    r"|das (?:Unglück|Opfer|Urteil|Treffen|Feuer|Ergebnis|Verfahren))"
    r"(?= (?:ist|sind|war|waren|hat|haben|hatte|hatten|wird|wurde|wurden|soll|sollen|kam|kamen|sei|\w{3,}ten?)\b"
    r"| ?,))\b"
)
_SPANISH = (
    r"(?:él|ella|ellos|ellas|su|sus|(?:este|esta|estos|estas)(?! (?:lunes|martes|miércoles|jueves|viernes|sábado|"
    r"domingo|semana|fin|mes|año|mañana|tarde|noche|madrugada|verano|invierno|otoño|primavera|días))|esto|"
    r"ese|esa|eso|esos|esas|pero|y|o|sin embargo|no obstante|además|también|así|entonces|luego|por lo tanto|por eso|"
    r"en cambio|ambos|ambas|por su parte|por otro lado|asimismo|tras ello|después de eso|"
    r"(?:según|para|con|sin|ante) (?:él|ella|ellos|ellas|ello|este|esta|ese|esa|eso)|"
    # The verb alone: who said it stands before.
    r"(?:dijo|agregó|añadió|señaló|explicó|indicó|afirmó|aseguró|recordó|sostuvo|precisó) que|"
    r"(?:el (?:incidente|accidente|ataque|atentado|incendio|anuncio|acuerdo|sospechoso|hecho|suceso|caso|hombre|juicio)"
    r"|la (?:decisión|medida|explosión|víctima|investigación|reunión|iniciativa|mujer|votación))"
    r"(?= (?:ha|han|es|son|era|fue|fueron|está|había|será|se|no|\w{3,}[óé]|\w{3,}(?:aron|ieron|aba|ía))\b| ?,))\b"
)
_TURKISH = (
    r"(?:o|onlar|onun|ona|ondan|(?:bu|şu)(?! (?:hafta|yıl|ay|sabah|akşam|gece|yaz|kış|sezon|pazartesi|salı|çarşamba|"
    r"perşembe|cuma|cumartesi|pazar))|bunlar|buna|bunun|bundan|ama|ancak|fakat|ve|veya|ayrıca|bununla birlikte|"
    r"buna rağmen|bunun üzerine|öte yandan|böylece|daha sonra|ardından|kendisi|söz konusu|"
    r"(?:olay|olayda|olayın|olaydan|olayla|kaza|kazada|kazanın|saldırı|saldırıda|saldırının|patlama|patlamada|patlamanın|"
    r"yangın|yangında|yangının|karar|kararın|açıklamada|açıklamasında|toplantıda|zanlı|şüpheli))\b"
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
_TOLD = re.compile(
    r", (?:he|she|they) (?:said|says|added|told [^,.“”\"]{2,30}|wrote|explained|recalled|noted)\W*$", re.IGNORECASE
)
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


def event_of(sentence: str, language: str) -> str | None:
    """Return the noun by which a sentence speaks of an event or a person told before, without saying which: "attack".

    None where it does not. Only English is read so; in other languages such an opening leans on the sentence before.
    """
    if language != "en" or "he " not in sentence:
        return None
    found = _ENGLISH_OPENING.match(sentence) or (_ENGLISH_WITHIN.search(sentence) if " the " in sentence else None)
    if found is None:
        return None
    noun = found["noun"].casefold()
    # “An attack on the mill failed, the army said, adding that the attack ...”
    return None if noun in sentence[: found.start("noun")].casefold() else noun
