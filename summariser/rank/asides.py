"""Sentences that are no news: who wrote and photographed it, what a site asks of its readers.

Reading a file drops what stands on lines of its own; a text that was pasted brings it along.
"""

import re

_REQUESTS = (
    r"(?:click|tap) here\b|unsubscribe\b|(?:sign|log) in to\b|already (?:a subscriber|a member|have an account)\b"
    r"|(?:sign up|subscribe|register) (?:now|here|today|to (?:our|the|continue|read)|for (?:our|the|free))\b"
    r"|(?:follow|like|join|find) (?:us|@\w+|(?:him|her|them) on)\b"
    r"|(?:share|tweet|print|e-?mail) this (?:article|story|page|post)\b"
    r"|(?:read|see|watch|listen|related|more|hear more)(?: (?:more|also|next|stories|articles?))?\s?[:>»|]"
    r"|(?:read|see|find out|learn) more (?:about|on|at|here)\b"
    r"|(?:read|see|watch) (?:also|the full (?:story|article|video))\b"
    r"|(?:leave|post|write|add) (?:a|your) (?:comment|reply)\b|comments (?:are|have been) closed\b"
    r"|story continues below\b|(?:download|get) (?:our|the) (?:free )?(?:app|newsletter)\b"
    r"|please (?:enable|turn on) \w+\b|thank you for (?:reading|subscribing|visiting)\b"
    r"|support (?:our|independent|quality) journalism\b"
    r"|lesen sie (?:auch|mehr)\b|mehr zum thema\b|jetzt abonnieren\b|folgen sie uns\b"
    r"|(?:à )?lire aussi\b|abonnez-vous\b|suivez-nous\b|lea (?:también|además)\b|suscríb[ae](?:te|se)\b|síguenos\b"
    r"|ayrıca okuyun\b|abone ol\b|bizi takip\b|(?:اقرأ|شاهد) أيضا|اشترك|تابعونا|بیشتر بخوانید|ما را دنبال"
)
_NOTICES = (
    r"copyright\b|©|\(c\)\s+(?:\d{4}\b|(?-i:(?:(?:[A-Z]\S*|of|the|and|&|del?|la|le|der|die)\s?){1,8}$))"
    r"|reproduction (?:in (?:part|whole)|prohibited|permitted|without)\b"
    r"|all rights reserved\b|alle rechte vorbehalten\b|tous droits réservés\b"
    r"|todos los derechos reservados\b|جميع الحقوق محفوظة|حقوق النشر"
    r"|(?:we|this (?:web)?site|our (?:web)?site) uses? cookies\b|diese (?:web)?seite verwendet cookies\b"
    r"|nous utilisons des cookies\b|utilizamos cookies\b"
    r"|by (?:continuing|using this site|clicking|signing up)\b.{0,60}\b(?:agree|cookies)\b"
    r"|this (?:material|article|story|content|post|report) (?:may not be|(?:was )?(?:first|originally) "
    r"(?:appeared|published)|(?:has been|was) (?:updated|corrected|amended|edited))\b"
    r"|an earlier version of (?:this|the) (?:article|story|report|headline)\b"
    r"|(?:corrections?|clarification|editor[’']s note|berichtigung|korrektur|corrección|düzeltme|تصحيح|تصويب)"
    r"(?:,? [^:.]{1,30})?\s?:|the (?:views|opinions) expressed (?:in this|here|are)\b|advertisements?\b"
)
_PICTURES = (
    r"(?:file )?(?:photo|image|picture|video|graphic|photograph|foto|bild|fotoğraf|صورة)s?"
    r"(?: (?:credits?|by|courtesy|caption))?\s?[:/]|file (?:photo|picture|image)\b|pictured\b|credits?:|crédit photo\b"
)
_AUTHORS = (
    r"(?-i:(?:[A-Z][\w.’'-]* ){1,3}is an? (?:[\w’'-]+ ){0,3}"
    r"(?:writer|reporter|correspondent|columnist|editor|journalist|contributor|producer|photographer)"
    r"(?: (?:based|for|at|with|from|in|covering|who (?:covers|reports|writes))\b|\W*$))"
    r"|(?:follow|contact|e-?mail) (?:him|her|them|us|the (?:author|writer|reporter))\b"
)
_ASIDE = re.compile(f"{_REQUESTS}|{_NOTICES}|{_PICTURES}|{_AUTHORS}", re.IGNORECASE)

_AGENCY = r"(?:ap|afp|epa|reuters|getty(?: images)?)"
# What ends so names colleagues or a photographer.
_ENDING = re.compile(
    r"\bcontributed(?: reporting)? to this (?:report|story|article)\b|\ball rights reserved\W*$"
    r"|\((?:(?:file )?photo|image|picture)\b[^()]*\)\W*$"
    rf"|[(/]{_AGENCY}(?: photo)?/[^()]{{2,50}}\)\W*$|/{_AGENCY}\)\W*$",
    re.IGNORECASE,
)


def is_aside(sentence: str) -> bool:
    """Tell whether a sentence is about the page or about those who made it."""
    if _ASIDE.match(sentence):
        return True
    # A quick look for what those endings hold; a loop over them takes five times as long.
    hinted = "/" in sentence or "contributed" in sentence or "eserved" in sentence
    hinted = hinted or "hoto" in sentence or "mage" in sentence or "icture" in sentence
    return hinted and _ENDING.search(sentence) is not None
