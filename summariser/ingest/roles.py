"""What a line of a page is when it is no part of the article: told by its words alone, whoever printed it."""

import re
from enum import StrEnum


class Role(StrEnum):
    """The parts of a page that surround an article; the values name them in notes."""

    ADVERTISEMENT = "advertisement"
    BYLINE = "byline"
    CAPTION = "caption"
    COMMENTS = "comment-form"
    COOKIES = "cookie-banner"
    COPYRIGHT = "copyright"
    DATE = "date-line"
    HEADER = "site-header"
    NAME = "name-line"
    NAVIGATION = "navigation"
    NEWSLETTER = "newsletter"
    RELATED = "related"
    RULE = "rule"
    SHARE = "share-bar"
    SOURCE = "source-line"


# A line is furniture only when it is short, in words: prose may speak of cookies and photographs too.
_MOST_WORDS = 45
_MOST_CHARACTERS = 600

_SHARE_WORDS = """
share shares sharing tweet tweets pin print email e-mail mail facebook twitter x whatsapp telegram linkedin reddit
tumblr pinterest instagram messenger viber vk skype pocket flipboard line threads bluesky mastodon copy link save
listen a+ a- aa a font size increase decrease text smaller larger teilen drucken partager imprimer compartir
imprimir paylaş yazdır شارك مشاركة طباعة فيسبوك تويتر واتساب تلغرام تليجرام
"""
_WEAK_SHARE_WORDS = "a x line link mail text size font save copy threads listen"
_JOINING_WORDS = "on via by to this article story post page with your friends the now it us and or sur por auf على"
_SHARING = frozenset(_SHARE_WORDS.split())
_JOINING = frozenset(_JOINING_WORDS.split())
_SHARE_STRONG = _SHARING - frozenset(_WEAK_SHARE_WORDS.split())

_RULE = re.compile(r"(?:[-–—_=*~•·#+]\s?){3,}+$")

_PHRASES: dict[Role, tuple[str, ...]] = {
    Role.COMMENTS: (
        r"(?:leave|post|write|add|submit) (?:a|your) (?:reply|comment)\b.{0,40}$",
        r"(?:reply|comments?)$",
        r"comments? (?:are|is) (?:now )?(?:closed|disabled|off)",
        r"\d{1,5} (?:comments?|replies|responses)(?: (?:on|to) .*)?$",
        r"comments? \(\d+\)$",
        r"no comments(?: yet)?\.?$",
        r"view (?:all )?comments",
        r"join the (?:conversation|discussion)\b.{0,30}$",
        r"your email address will not be published",
        r"you must be logged in to (?:post|comment)",
        r"(?:schreiben sie einen |hinterlasse einen )?kommentar(?:e| schreiben| hinterlassen)?$",
        r"laisser un commentaire|deja (?:un comentario|una respuesta)|yorum (?:yap|yaz|bırak)",
        r"اترك (?:تعليق|رد)|أضف تعليق|التعليقات مغلقة",
    ),
    Role.RELATED: (
        r"related(?: (?:articles?|stories|story|news|content|posts?|topics?|coverage))?\s?(?:[:>»|]|[-–—]\s|$)",
        r"(?:read|watch|listen|more)\s?(?:[:>»|]|$)",
        r"(?:read (?:more|also|next|on)|also read|see also|must read|recommended)\s?(?:[:>»|]|[-–—]\s|$)",
        r"(?:read more|also read|read also|see also|lire aussi|lea también|lesen sie auch)\b",
        r"(?:just|must) watch(?:ed)?\b|media playback is|story continues below",
        r"more on (?:this|the) (?:story|topic)|recommended (?:for you|reading|stories)",
        r"you (?:may|might) (?:also )?(?:like|be interested in)|don[’']t miss\s?:|click here (?:to|for)\b",
        r"(?:lire également|à lire aussi|sehen sie auch|mehr zum thema|lea además|te puede interesar)\b",
        r"ilgili haber(?:ler)?\b",
        r"(?:اقرأ (?:أيضا|أيضاً|المزيد)|شاهد (?:أيضا|أيضاً)|مواضيع ذات صلة)",
    ),
    Role.COOKIES: (
        r".{0,60}\b(?:we|this (?:web)?site|our (?:web)?site|our partners)\b.{0,30}\buses? cookies\b",
        r"(?:accept|reject|allow|manage)(?: all)? cookies|(?:accept|reject) all$",
        r"cookie (?:settings|policy|preferences|notice|consent)",
        r"by continuing to (?:use|browse)\b.{0,60}\bcookies\b",
        r"(?:wir|diese (?:web)?seite) (?:verwende[tn]|nutz(?:en|t)) cookies|nous utilisons des cookies",
        r"(?:utilizamos|usamos) cookies|.{0,20}\bçerez.{0,40}kullan",
    ),
    Role.NEWSLETTER: (
        r"(?:subscribe|sign up|signup|register)\b.{0,60}\b(?:newsletter|updates|alerts|inbox|e-?mails?|now|free)\b",
        r"(?:get|receive)\b.{0,50}\b(?:newsletter|in your inbox|delivered to your)\b",
        r"follow us\b.{0,80}$|subscribe(?: now)?$|newsletter$",
        r"(?:download|get) (?:our|the) app\b|join our (?:whatsapp|telegram|channel)",
        r"abonnez-vous|suscríbete|abone ol",
    ),
    Role.COPYRIGHT: (
        r"(?:copyright\b|©|\(c\)\s?\d{4}).{0,140}$|.{0,80}\ball rights reserved\.?$",
        r"alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|جميع الحقوق محفوظة",
        r"terms (?:of (?:use|service)|and conditions)$|privacy policy$",
    ),
    Role.ADVERTISEMENT: (
        r"(?:advertisements?|advertising|sponsored(?: content)?|ads?)$",
        r"(?:anzeige|werbung|publicité|publicidad|reklam|إعلان)$",
    ),
    Role.NAVIGATION: (
        r"(?:skip to (?:main )?content|menu|main menu|navigation|toggle navigation|home|homepage|search|back to top)$",
        r"(?:log ?in|sign in|log ?out|my account|load more|show more|see more|close)$",
        r"(?:previous|next)(?: (?:article|post|story))?$",
        r"(?:tags?|filed under|categor(?:y|ies)|topics?):.{0,150}$",
        r"(?:startseite|accueil|inicio|anasayfa|الرئيسية)$",
    ),
    Role.SOURCE: (r"(?:source|sources|via|quelle|fuente|kaynak|المصدر|منبع)\s?[:：]\s?\S.{0,80}$",),
    Role.BYLINE: (
        r"(?:(?:written |reported |story )?by|author:|von|par|por|yazan:?|بقلم:?|كتب:?|كتبت:?|نویسنده:?)\s(?=[^\W\d_])",
    ),
}
_OPENINGS = {role: re.compile("|".join(phrases), re.IGNORECASE) for role, phrases in _PHRASES.items()}
_PICTURE = r"(?:photo|image|picture|photograph|video|graphic|illustration|map|foto|bild|fotoğraf)"
_CREDITS = (
    rf"{_PICTURE}s?\s?(?:credits?|source|courtesy)?\s?[:/]",
    rf"{_PICTURE}s?\s(?:credits?\b|courtesy\b|via\b|provided by\b)",
    rf"^{_PICTURE}s?\b.{{0,20}}\b(?:by|from|courtesy)\b|\b(?:image|photo)\s?©|^©\s?[^\W\d_]",
    rf"\((?:{_PICTURE}|file|ap|afp|reuters|epa|getty)\b[^()]{{0,80}}\)$|\bfile (?:photo|picture|image)\b",
    r"\b(?:getty images|shutterstock|wikimedia commons|unsplash|flickr|afp photo|ap photo|epa-efe)\b",
    r"\[[^\]\[]{2,60}/[^\]\[]{2,60}\]$|\([^\W\d_][\w.’' -]{1,40}/[^\W\d_][\w.’' -]{1,40}\)$",
    r"^image (?:copyright|caption)\b|^media caption\b|\bcredits?:\s?\S|\bcrédit photo\b|^(?:صورة|الصورة|تصوير|عدسة)\b",
)
_CREDIT_KEYS = """
photo image picture video graphic illustration map foto bild fotoğraf screenshot © / getty shutterstock wikimedia
unsplash flickr epa caption credit crédit (file (ap (afp (reuters صورة تصوير عدسة
"""
_CREDIT_WORDS = tuple(_CREDIT_KEYS.split())
_CREDIT = re.compile("|".join(_CREDITS), re.IGNORECASE)
_NAME = r"(?:[^\W\d_a-z][\w’'.-]*|al|bin|ibn|de|da|del|della|di|la|le|van|von|der|den|el)"
_BYLINE_REST = re.compile(
    rf"(?P<names>{_NAME}(?:\s{_NAME}){{0,4}}(?:(?:,\s|\s(?:and|und|et|y|ve|&|و)\s){_NAME}(?:\s{_NAME}){{0,4}}){{0,3}})"
    r"(?:\s?(?P<cut>,|\||[-–—]|\bfor\b|\bin\b|/)\s?(?P<outlet>.{2,60}))?$"
)
_OFFICE = re.compile(
    r"\b(?:staff|writer|reporter|editor|correspondent|contributor|desk|author|analyst|chief|columnist)\b",
    re.IGNORECASE,
)


def recognise(words: str) -> Role | None:
    """Return what a paragraph is besides text of the article, None where it may be text."""
    if _RULE.match(words):
        return Role.RULE
    short = words[:_MOST_CHARACTERS].split()
    if len(words) > _MOST_CHARACTERS or len(short) > _MOST_WORDS:
        return None
    if _is_share_bar(short):
        return Role.SHARE
    for role, pattern in _OPENINGS.items():
        if pattern.match(words) and (role is not Role.BYLINE or read_byline(words) is not None):
            return role
    return Role.CAPTION if _is_credited(words) and not _is_told(words) else None


def read_byline(words: str) -> tuple[str | None, str | None] | None:
    """Return the author and the outlet that a by-line names, None where it is no by-line."""
    mark = _OPENINGS[Role.BYLINE].match(words)
    found = _BYLINE_REST.match(words[mark.end() :].strip()) if mark and len(words) <= 140 else None
    if found is None:
        return None
    outlet = found["outlet"]
    placed = outlet is None or found["cut"] == "in" or _OFFICE.search(outlet)
    names = [name for name in found["names"].split(", ") if not _OFFICE.search(name)]
    return ", ".join(names) or None, None if placed else outlet.strip()


def _is_share_bar(words: list[str]) -> bool:
    """Tell whether a line consists of share buttons and letter sizes."""
    bare = [word.strip(".,:;|·•!()[]0123456789").lower() for word in words]
    named = [word for word in bare if word]
    strong = sum(word in _SHARE_STRONG for word in named)
    return 0 < strong >= len(named) / 4 and all(word in _SHARING or word in _JOINING for word in named)


def _is_credited(words: str) -> bool:
    """Tell whether a line says whose picture it speaks of; most lines hold none of the words that the search is for."""
    lowered = words.lower()
    return any(word in lowered for word in _CREDIT_WORDS) and _CREDIT.search(words) is not None


def _is_told(words: str) -> bool:
    """Tell a sentence that speaks of a photograph from a caption: captions end in their credit."""
    return words.rstrip("\"'”’)").endswith((".", "!", "?")) and not re.search(r"[(\[][^()\[\]]*[)\]]\W*$|[:/]", words)
