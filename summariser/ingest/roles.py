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
    CREDITS = "reporting-credits"
    DATE = "date-line"
    END = "end-mark"
    FOOTER = "page-footer"
    HEADER = "site-header"
    MAIL = "mail-footer"
    MESSAGE = "message-head"
    NAME = "name-line"
    NAVIGATION = "navigation"
    NEWSLETTER = "newsletter"
    PREAMBLE = "preamble"
    READING = "reading-time"
    RECORD = "database-field"
    RELATED = "related"
    RELEASE = "release-label"
    RULE = "rule"
    SENDER = "sender-line"
    SHARE = "share-bar"
    SOURCE = "source-line"
    SUBSCRIPTION = "subscription"
    WIRE = "wire-mark"


# A line is furniture only when it is short, in words: prose may speak of cookies and photographs too.
_MOST_WORDS = 45
_MOST_CHARACTERS = 600
_LONGEST_BYLINE = 140
_LONGEST_OFFICE = 5

_SHARE_WORDS = """
share shares sharing tweet tweets pin print email e-mail mail facebook twitter x whatsapp telegram linkedin reddit
tumblr pinterest instagram messenger viber vk skype pocket flipboard line threads bluesky mastodon copy link save
comparte listen a+ a- aa a font size increase decrease text smaller larger teilen drucken partager imprimer compartir
imprimir enviar correo envoyer merken paylaş tweetle yazdır favoris شارك مشاركة طباعة فيسبوك تويتر واتساب
تلغرام تليجرام
"""
_WEAK_SHARE_WORDS = "a x line link mail text size font save copy threads listen"
_JOINING_WORDS = "on via by to this article story post page with your friends the now it us and or sur por auf en على"
_SHARING = frozenset(_SHARE_WORDS.split())
_JOINING = frozenset(_JOINING_WORDS.split())
_SHARE_STRONG = _SHARING - frozenset(_WEAK_SHARE_WORDS.split())

_RULE = re.compile(r"(?:[-–—_=*~•·#+]\s?){3,}+$")
_END = re.compile(r"(?:#\s?){3,5}$|-\s?(?:30|0)\s?-$|[-–—*(]{0,3}\s?ENDS\s?[-–—*)]{0,3}$")

# What stands in labels, buttons and links. A whole sentence is none of these: prose may begin with the same words.
_LABELS: dict[Role, tuple[str, ...]] = {
    Role.COMMENTS: (
        r"(?:leave|post|write|add|submit) (?:a|your) (?:reply|comment)\b.{0,40}$",
        r"(?:reply|comments?)$|reply (?:all|to (?:all|author))$",
        r"comment on this \w+$|cancel reply$|be the first to (?:comment|reply)\b.{0,20}$|join our comment\w* \w+$",
        r"save my name\b.{0,60}$|(?:name|e-?mail|website)(?: address)? \((?:required|optional)\).{0,40}$",
        r"enter your comment here\b.{0,10}$|what do you think\?$",
        r"(?:commentaires?|réagir|comentarios?|yorumlar|kommentare?)(?: \(\d{1,5}\))?$|(?:التعليقات|تعليقات)$",
        r"\d{1,5} (?:comments?|replies|responses|thoughts)(?: (?:on|to) [\"“«‘].*)?$",
        r"comments? \(\d+\)$|no comments(?: yet)?$|view (?:all )?(?:\d+ )?comments$",
        r"join the (?:conversation|discussion)\b.{0,30}$",
        r"(?:schreiben sie einen |hinterlasse einen )?kommentar(?:e| schreiben| hinterlassen)?$",
        r"laisser un commentaire$|deja (?:un comentario|una respuesta)$|yorum (?:yap|yaz|bırak)$",
        r"(?:اترك (?:تعليق|رد)|أضف تعليق|التعليقات مغلقة).{0,30}$",
    ),
    Role.RELATED: (
        r"related(?: (?:articles?|stories|story|news|content|posts?|topics?|coverage))?\s?(?:[:>»|]|$)",
        r"(?:read|watch|listen|more|recommended)\s?(?:[:>»|]|$)",
        r"(?:read more|read next|read on|must read)\s?[-–—]\s|read more (?:about|on|here|at)\b|read more$",
        r"(?:also read|read also|see also|lire aussi|lea también|lesen sie auch)\b",
        r"(?:just|must) watch(?:ed)?$|media playback is\b|story continues below\b.{0,30}$",
        r"more (?:from|in|stories from) (?:the )?(?-i:[^\W\d_a-z])[\w&’' -]{1,30}$|post navigation$",
        r"(?:older|newer) posts$|continue reading(?: the main story| below)?$",
        r"(?:previous|next) (?:post|article|story)\b.{0,120}$|(?:published|posted) by \S+$",
        r"(?:view|see) all posts\b.{0,40}$",
        r"(?:who is online|users browsing this forum\b.{0,100}|display posts from previous\b.{0,20})$",
        r"(?:related|also read|read also|watch|explained|opinion)\s?[|>»]\s",
        r"(?:auch interessant|das könnte (?:sie|dich|euch) (?:auch )?interessieren|mehr aus|lesetipp)\b.{0,60}$",
        r"(?:la rédaction vous (?:conseille|recommande)|sur le même (?:sujet|thème)|à lire (?:aussi|également))\s?:?$",
        r"(?:(?:leé|lee|lea|ver|mirá|mira) (?:también|además)|te recomendamos|(?:notas?|noticias?) relacionadas?)\b",
        r"(?:bu haberler|ilginizi çekebilir|bunlar da|benzer haberler|önerilen haberler)\b.{0,40}$",
        r"(?:أخبار|مواضيع|موضوعات|مقالات) (?:متعلقة|ذات صلة|مشابهة)|(?:قد يهمك|اقرأ ايضا|إقرأ أيضا|لقراءة المزيد)",
        r"more on (?:this|the) (?:story|topic)|recommended (?:for you|reading|stories)",
        r"you (?:may|might) (?:also )?(?:like|be interested in)\s?(?::|$)|click here (?:to|for)\b",
        r"(?:lire également|à lire aussi|sehen sie auch|mehr zum thema|lea además|te puede interesar)\b",
        r"(?:most (?:read|popular|viewed)|trending(?: now)?|latest (?:news|stories)|top stories|popular posts)$",
        r"(?:meistgelesen|les plus lus|lo más leído|en çok okunan(?:lar)?|الأكثر قراءة)$",
        r"ilgili haber(?:ler)?\b",
        r"(?:اقرأ (?:أيضا|أيضاً|المزيد)|شاهد (?:أيضا|أيضاً)|مواضيع ذات صلة)",
    ),
    Role.COOKIES: (
        r"(?:accept|reject|allow|manage)(?: all)? cookies|(?:accept|reject) all$|(?:accept|manage options|i agree)$",
        r"we value your privacy$|(?:alle )?(?:cookies )?akzeptieren$|tout (?:accepter|refuser)$",
        r"aceptar(?: todo)?$|kabul et$",
        r"cookie (?:settings|policy|preferences|notice|consent)$",
    ),
    Role.NEWSLETTER: (
        r"(?:subscribe|sign up|signup)\b.{0,60}\b(?:newsletter|updates|alerts|inbox|e-?mails?|now|free)\b",
        r"register (?:now|here|today|for (?:our|free))\b.{0,60}$",
        r"(?:get|receive)\b.{0,50}\b(?:our|the|your|free|daily|weekly) newsletter\b",
        r"(?:get|receive)\b.{0,50}\b(?:in your inbox|delivered to your)\b",
        r"follow (?:us|@\w+)\b.{0,80}$|subscribe(?: now)?$|newsletter$|newsletter\s?[:|–-]\s.{0,100}$",
        r"click to follow\b.{0,40}$|support (?:local|independent|our|quality) journalism\b.{0,60}$",
        r"get e-?mail alerts\b.{0,40}$",
        r"sign up (?:for|to) .{0,40}(?:round-?up|briefing|digest|alerts?|newsletter|bulletin|e-?mails?)\b.{0,40}$",
        r"have (?:a|any) (?:tip|story|question|correction)s?\b.{0,10}\?.{0,80}$|(?:for )?feedback, complaints.{0,60}$",
        r"(?:download|get) (?:our|the) app\b|join our (?:whatsapp|telegram|channel)",
        r"(?:abonnez-vous|suscríbete|abone ol)\b.{0,80}$",
    ),
    Role.COPYRIGHT: (
        r"(?:copyright\s?(?:©|\(c\)|\d{4}|by\b|:)|©|\(c\)\s?\d{4}).{0,140}$",
        r"terms (?:of (?:use|service)|(?:and|&) conditions)$|privacy (?:policy|notice)$",
        (
            r"(?:privacy policy|terms of (?:use|service)|cookie policy|contact us|about us|advertise)"
            r"(?:\s?[|·•/]\s?[^|·•/]{3,30}){1,6}$"
        ),
        r"(?:impressum|datenschutz|agb|mentions légales|aviso legal|künye)(?:\s?[|·•/]\s?[^|·•/]{3,30}){0,6}$",
    ),
    Role.ADVERTISEMENT: (
        r"(?:advertisements?|advertising|sponsored(?: content)?|ads?)$",
        r"(?:anzeige|werbung|publicité|publicidad|reklam|إعلان)$",
    ),
    Role.NAVIGATION: (
        r"(?:skip to (?:main )?content|menu|main menu|navigation|toggle navigation|home|homepage|search|back to top)$",
        r"(?:log ?in|sign in|log ?out|my account|load more|show more|see more|close)$",
        r"(?:previous|next)(?: (?:article|post|story))?$|search for:?$|(?:back to )?top$|all times are \w+.{0,20}$",
        r"(?:subscribe|log ?in|sign in|register|my account|search|menu)(?:\s?[|·•/]\s?[^|·•/]{3,30}){1,6}$",
        r"(?:connexion|s[’']abonner|se connecter|iniciar sesión|suscribirse|secciones|anmelden|abo|suche)$",
        r"(?:giriş yap|üye ol|e-paper)$",
        r"(?:zur startseite|nach oben|haut de page|retour à l[’']accueil|volver arriba|yukarı çık|ana ?sayfa)$",
        r"(?:الصفحة الرئيسية|القائمة|بحث|تسجيل الدخول|كلمات مفتاحية|الكلمات المفتاحية|الوسوم|وسوم)$",
        r"(?:etiquetas|schlagw[oö]rt\w*|themen|mots[- ]clés|etiketler|(?:الوسوم|كلمات مفتاحية))\s?:.{0,150}$",
        r"tagged (?:with|as)\b.{0,120}$|(?:posted|filed) (?:in|under) [^|·•]{1,80}[|·•].{1,120}$",
        r"(?:tags?|keywords?|filed under|categor(?:y|ies)|topics?|posted in|tagged(?: with)?):.{0,150}$",
        r"tags$|related topics$",
        r"(?:startseite|accueil|inicio|anasayfa|الرئيسية)$",
    ),
    Role.MAIL: (
        r"(?:unsubscribe|manage (?:your )?preferences|update your preferences)(?:\s?[|·•]|$)",
        r"(?:abmelden|newsletter abbestellen|se désabonner|se désinscrire)(?:\s?[|·•]|$)",
        r"(?:darse de baja|cancelar suscripción)(?:\s?[|·•]|$)",
        r"(?:abonelikten çık|إلغاء الاشتراك)(?:\s?[|·•]|$)",
    ),
    Role.SHARE: (
        r"(?:click to )?(?:share|print|e-?mail) (?:this|on) .{1,60}$|like this:?$|like loading.{0,5}$",
        r"share this\b.{0,20}:?$",
        r"listen to this (?:article|story)\b.{0,20}$|(?:text|font) size\s?:?(?:\s[a+-]{1,2}){0,4}$",
        r"\[ ?download mp3 ?\]$",
        r"(?:diesen? )?(?:artikel|beitrag) (?:teilen|drucken|anhören|merken)$|ajouter à (?:vos|mes) favoris$",
        r"partager (?:l[’']article|sur)\b.{0,30}$|(?:haberi|yazıyı) paylaş$|compart(?:e|ir) (?:en|esta|este)\b.{0,40}$",
        r"(?:حجم الخط|استمع (?:للمقال|إلى المقال|للخبر)|أرسل (?:إلى|الى|ل)\s?صديق|نسخ الرابط|شارك (?:الخبر|المقال))",
    ),
    Role.SUBSCRIPTION: (
        r"premium$|(?:article )?réservé aux abonnés|(?:nur )?für abonnenten$|(?:exclusivo|solo) para suscriptores",
        r"(?:for )?subscribers only$|subscriber exclusive$|sadece aboneler(?:e|imize)|للمشتركين فقط",
    ),
    Role.RELEASE: (
        r"for immediate release$|(?:press|media|news) release$|(?:presse|medien)mitteilung$|communiqué de presse$",
        r"(?:nota|comunicado) de prensa$|basın (?:bülteni|açıklaması)$|(?:بيان صحفي|للنشر الفوري)$",
    ),
    # What agencies put around a story for those who print it: its number, its slug, that there is more, who sent it.
    Role.WIRE: (
        r"(?-i:\(MORE\)|-{1,2}\s?(?:more|MORE)\s?-{1,2})$|(?-i:[A-Z]{2,5}-?\d{4,5})$",
        r"(?=.*\s\d{3,4}\b)(?-i:[A-Z]{1,5}-?\d{2,5}(?:\s+[A-Z\d]{1,9}){1,6})$",
        r"(?-i:[A-Z]{2}-[A-Z-]{3,40}:)\s?\d{1,2} of \d{1,2}$|[a-z] [a-z] (?-i:[A-Z]{2})-[\w-]{3,40} \d{2}-\d{2} \d{4}$",
        r"\d{1,2}(?-i:[A-Z]{3})\d{2,4}\s\d{4}\s?(?:gmt|utc|z)$|(?-i:[A-Z][A-Za-z]{1,12}(?:/[a-z]{2,3}){1,3})$",
    ),
    # What data banks say of the articles that they hand out.
    Role.RECORD: (
        r"(?-i:SECTION|LENGTH|LOAD-DATE|LANGUAGE|PUBLICATION-TYPE|DOCUMENT-TYPE|JOURNAL-CODE):\s.{1,150}$",
        r"(?:load-date|publication-type|document-type):\s.{1,150}$|length:\s[\d,]{1,7} words$",
    ),
    Role.MESSAGE: (r"\d{1,3} of \d{1,3} documents$|document \d{1,3} of \d{1,3}$",),
    Role.SOURCE: (r"(?:source|sources|via|quelle|fuente|kaynak|المصدر|منبع)\s?[:：]\s?\S.{0,80}$",),
}
# What sites say in whole sentences: each needs several signs, so that a sentence which reports one of them stays.
_NOTICES: dict[Role, tuple[str, ...]] = {
    Role.COMMENTS: (
        r"comments? (?:are|is) (?:now )?(?:closed|disabled|turned off|off)(?: (?:for|on) this \w+)?\.?$",
        r"your e-?mail address will not be published",
        r"you must be logged in to (?:post|comment)",
        r"(?:save my name\b.{0,30}\bfor the next time i comment|notify me of (?:new|follow-up) (?:posts|comments))\b",
        r"(?:required fields are marked|this site uses akismet)\b",
        r"les commentaires sont (?:fermés|désactivés)\.?$",
        r"los comentarios (?:están cerrados|publicados son\b.{0,80})\.?$",
        r"(?:die )?kommentar(?:e|funktion) (?:sind|ist) geschlossen\.?$|yorumlar kapal\w+\.?$",
        r"enter your comment here\b|no comments(?: yet)?\.$|(?:fill in your details below|you are commenting using)\b",
        r"tu (?:dirección de )?correo electrónico no será publicad[oa]|votre adresse e-?mail ne sera pas publiée",
        r"(?:deine|ihre) e-?mail-adresse wird nicht veröffentlicht|e-?posta (?:hesabınız|adresiniz) yayınlanmayacak",
        r"save my name, e-?mail\b|لن يتم نشر عنوان بريدك",
    ),
    Role.RELATED: (
        r"(?:read (?:more|also|next|on)|see also|also read|must read|don[’']t miss)\s?[:>»|]",
        r"(?:lire aussi|lire également|à lire aussi|lea también|lea además|lesen sie auch|sehen sie auch)\s?:",
        r"related (?:articles?|stories|story|news|content|posts?|coverage)\s?[:>»|]",
        r"(?-i:RELATED|READ|WATCH|LISTEN|MORE)\s?[:>»|]",
        r"click here (?:to|for)\b.{0,20}\b(?:read|see|view|watch|download|subscribe|more)\b.{0,60}$",
    ),
    Role.COOKIES: (
        (
            r"(?=.*\b(?:experience|consent|privacy|policy|brows\w+|website|analytics|accept|agree|partners|preferences)\b)"
            r".{0,60}\b(?:we|this (?:web)?site|our (?:web)?site|our partners)\b.{0,30}\buses? cookies\b"
        ),
        r"by continuing to (?:use|browse)\b.{0,60}\bcookies\b",
        r"we and our (?:\d+ )?partners\b.{0,60}\b(?:store|process|access|use)\b.{0,120}\b(?:cookies|data|device)\b",
        r"(?:wir|diese (?:web)?seite) (?:verwende[tn]|nutz(?:en|t)) cookies|nous utilisons des cookies",
        r"(?:utilizamos|usamos) cookies|.{0,20}\bçerez.{0,40}kullan",
    ),
    Role.NEWSLETTER: (
        r"(?:subscribe|sign up|signup|register)\b.{0,40}\b(?:our\b.{0,30}\bnewsletters?|your inbox)\b",
        r"thanks for reading\b.{0,80}\bsubscribe\b.{0,80}$",
        r"don[’']t miss (?:out on )?(?:the|our) (?:latest|best)\b.{0,60}$|for feedback, complaints\b.{0,60}$",
        r"(?:get|receive)\b.{0,60}\b(?:in|to) your inbox\b|follow us on (?:facebook|twitter|x|instagram|telegram)\b",
        r"(?:abonnez-vous à (?:notre|nos)|suscríbete a (?:nuestr[ao]s?|la newsletter)|bültenimize abone ol)\b",
    ),
    Role.CREDITS: (
        (
            r"[(\[]?(?:(?:additional )?(?:reporting|writing)|editing|compiled|translat(?:ed|ion))\b[^.]{0,40}"
            r"\bby (?-i:[^\W\d_a-z])[^.]{2,160}\.?[)\]]$"
        ),
        (
            r"(?:additional )?(?:reporting|writing|editing) by (?-i:[^\W\d_a-z])[^.]{2,120}[;,] .{0,20}"
            r"(?:editing|writing|reporting) by\b.{0,80}$"
        ),
        r"this (?:report|story|article) (?:by|from) .{2,60} was (?:first|originally) published\b.{0,60}$",
        r"this (?:article|story|post) (?:(?:first|originally) )?appear(?:s|ed) (?:in|on|at)\b.{0,80}$",
        r"our standards:\s.{0,80}$",
        r"(?:the )?(?:views|opinions) expressed\b.{0,60}\b(?:author|writer|own|reflect|represent)\b.{0,160}$",
        r"vous pouvez (?:lire|partager)\b.{0,100}\b(?:en cliquant|icônes?)\b.{0,60}$",
    ),
    Role.COPYRIGHT: (
        r"(?:(?=.*(?:©|\bcopyright\b|\(c\)|\b\d{4}\b)).{0,80}\b)?all rights reserved\.?$",
        r"©\s?(?:\d{4}|[^\W\d_]).{0,140}$|copyright\s?(?:©|\(c\)).{0,140}$|copyright \d{4} (?-i:[^\W\d_a-z]).{0,80}$",
        r"(?:alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|جميع الحقوق محفوظة)\.?$",
    ),
    Role.MAIL: (
        r"end of .{1,40}\bdigest\b.{0,40}$|send .{1,40} mailing list submissions to\b.{0,80}$|today[’']s topics:?$",
        r"\S{2,30} mailing list$|you are subscribed to\b.{0,100}$",
        r"you(?: are|[’']re|[’']ve)? receiv(?:ing|ed) this (?:e-?mail|message|newsletter) because\b",
        r"view (?:this )?(?:e-?mail |message |newsletter )?(?:online|in (?:your|a) (?:web )?browser)\b.{0,20}$",
        r"to unsubscribe\b.{0,40}\b(?:click|reply|visit|e-?mail|link)\b",
        r"unsubscribe (?:here|at any time|from (?:this|these|our))\b",
        r"sie erhalten diese (?:e-?mail|nachricht|newsletter)\b|vous recevez (?:cet e-?mail|ce courriel|ce message)\b",
        r"(?:recibes?|ha recibido) este (?:correo|mensaje|e-?mail)\b.{0,20}\bporque\b",
        r"bu e-postayı\b.{0,60}\b(?:aldınız|alıyorsunuz)",
        r"تتلقى هذه الرسالة",
    ),
    Role.SUBSCRIPTION: (
        r"(?:reminder,? )?this is a (?:premium|subscriber(?:[- ]only|s[- ]only)?|members[- ]only) (?:article|story)\b",
        r"this (?:article|story|content) is (?:only )?(?:for|available to|reserved for) (?:our )?subscribers\b",
        r"(?:subscribe|log in|sign in) to (?:continue|keep) reading\b|already a subscriber\?",
        r"(?:cet )?article (?:est )?réservé (?:aux|à nos) abonnés",
        r"dieser (?:artikel|text) ist (?:nur )?für abonnenten\b",
        r"(?:este )?(?:artículo|contenido) (?:es )?(?:exclusivo|solo) para suscriptores|هذا المقال للمشتركين",
    ),
    Role.READING: (
        r"(?:temps de lecture|lesezeit|tiempo de lectura|okuma süresi|reading time)\s?:?\s?.{0,20}$",
        r"(?:مدة القراءة|وقت القراءة)\s?:?\s?.{0,20}$",
        r"(?:lecture|lectura) (?:de )?\d{1,3} min\w*\.?$",
        (
            r"(?:estimated )?\d{1,3}[\s-]?min(?:ute)?(?:s|\(s\))?\.?\s"
            r"(?:to )?(?:read|de lecture|de lectura|lesezeit|okuma)\b\.?$"
        ),
    ),
}
_BYLINE_MARK = re.compile(
    r"(?:(?:written |reported |story |interview |text |words |compiled |analysis )?by(?:line)?:?|interview:|author:"
    r"|von:?|par\s?:?|por:?"
    r"|yazan:?|بقلم:?|كتب:?|كتبت:?|نویسنده:?)\s"
    r"(?=[^\W\d_])",
    re.IGNORECASE,
)
_LABEL = {role: re.compile("|".join(phrases), re.IGNORECASE) for role, phrases in _LABELS.items()}
_NOTICE = {role: re.compile("|".join(phrases), re.IGNORECASE) for role, phrases in _NOTICES.items()}
# Most lines are none of these: one look at all of them is quicker than one at each.
_ANY_LABEL = re.compile("|".join(pattern.pattern for pattern in _LABEL.values()), re.IGNORECASE)
_ANY_NOTICE = re.compile("|".join(pattern.pattern for pattern in _NOTICE.values()), re.IGNORECASE)
# A line with one of these may stand above the text or head a part of it.
_AMBIGUOUS = re.compile(
    r"(?:reply|comments?|kommentare?|home|search|close|next|previous|menu|more|read|watch|listen|premium|newsletter)$",
    re.IGNORECASE,
)
# Whoever says so reports it: `Sign up for our newsletter, the stranger told her.`
_REPORTS = re.compile(
    r"\b(?:said|says|told|wrote|writes|urged|added|explained|shouted|sagte|schrieb|dit|écrit|dijo|dedi|قال|قالت)\b",
    re.IGNORECASE,
)
_FINISHED = re.compile(r"[.!?…؟۔。][\"'”’»)\]]{0,3}$")
_PICTURE = r"(?:photo|image|picture|photograph|video|graphic|illustration|map|foto|bild|fotoğraf)"
_AGENCIES = r"(?:getty images|shutterstock|wikimedia commons|unsplash|flickr|afp photo|ap photo|epa-efe)"
# The end of a caption that says whose the picture is; the last words name somebody.
_NAMED = re.compile(
    rf"(?:^|[.!?|)\]\n–—-]\s{{0,3}}|[(\[])\s?(?:{_PICTURE}s?\s?(?:credits?|source|courtesy(?: of)?|by)?\s?[:/]"
    rf"|{_PICTURE}s?\s(?:credits?|courtesy(?: of)?|via|by|provided by)\b|credits?:|crédit photo\s?:?)\s?"
    r"(?P<who>[^.!?]{2,60}?)[.)\]]*$|"
    rf"[.!?|)\]\n]\s{{0,3}}(?P<agency>{_AGENCIES})[.)\]]*$",
    re.IGNORECASE,
)
# Marks of a caption in a line that is no whole sentence.
_CREDITS = (
    rf"\b{_PICTURE}s?\s(?:credits?|courtesy|via|provided by)\b|\b(?:image|photo)\s?©",
    rf"^{_PICTURE}s?\s(?:\w+\s)?(?:by|from|courtesy(?: of)?)\s(?-i:[^\W\d_a-z])",
    rf"\((?:{_PICTURE}|file)\b[^()]{{0,80}}\)$|^file (?:photo|picture|image)\b|\bfile (?:photo|picture|image)$",
    rf"\b{_AGENCIES}\b.{{0,30}}$|\([^()]{{2,30}}\s{_PICTURE}\)$",
    r"[.!?]\s©\s?(?-i:[^\W\d_a-z])[\w.’' /-]{1,40}$",
    r"\[[^\]\[]{2,60}/[^\]\[]{2,60}\]$|[/|]\s(?:ap|afp|reuters|epa|dpa)$",
    r"^image (?:copyright|caption|source)\b,?|^media caption\b|\bcrédit photo\b|^(?:صورة|الصورة|تصوير|عدسة)\b",
)
# Wire copy ends like captions do, `… he said. (AFP)`: behind a whole sentence an agency alone proves nothing.
_AGENCY_END = re.compile(
    r"(?P<shown>.*)\((?:(?:ap|afp|reuters|epa|getty)\b[^()]{0,40}"
    r"|(?P<who>[^\W\d_][\w.’' -]{1,40}?)\s?/\s?[^\W\d_][\w.’' -]{1,40})\)$",
    re.IGNORECASE | re.DOTALL,
)
_CREDIT_KEYS = """
photo image picture video graphic illustration map foto bild fotoğraf screenshot © / getty shutterstock wikimedia
unsplash flickr epa caption credit crédit (file (ap (afp (reuters صورة تصوير عدسة
"""
_CREDIT_WORDS = tuple(_CREDIT_KEYS.split())
_CREDIT = re.compile("|".join(_CREDITS), re.IGNORECASE)
_NAME = r"(?:[^\W\d_a-z][\w’'.-]*|al|bin|ibn|de|da|del|della|di|la|le|van|von|der|den|el|\([a-z.]{2,8}\))"
_BYLINE_REST = re.compile(
    rf"(?P<names>{_NAME}(?:\s{_NAME}){{0,5}}(?:(?:,\s|\s(?:and|und|et|y|ve|&|و)\s){_NAME}(?:\s{_NAME}){{0,4}}){{0,3}})"
    r"(?:\s?(?P<cut>,|\||·|[-–—]|\bfor\b|\bin\b|/)\s?(?P<outlet>.{2,60}))?$"
)
_OFFICE = re.compile(
    r"\b(?:staff|writer|reporter|editor|correspondent|contributor|desk|author|analyst|chief|columnist)\b",
    re.IGNORECASE,
)
# `By Friday, all was over` names nobody.
_TIMES = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|christmas|easter|ramadan|god|then)\b(?!\s[A-Z])",
    re.IGNORECASE,
)
_SMALL_WORDS = "a an and at by for from in of on the to with de la du des von und del y al el"
_SMALL = frozenset(_SMALL_WORDS.split())
_OUTLET_WORDS = """
news times herald post agency press daily gazette tribune journal courier observer today tv radio weekly review
chronicle star mail express standard guardian independent telegraph sentinel bulletin monitor record globe world nation
media network service dispatch letter magazine zeitung blatt kurier anzeiger rundschau morgenpost nachrichten presse
monde figaro jazeera arabiya echos diario país mundo prensa agencia ajansı haber gazetesi
وكالة صحيفة قناة جريدة شبكة موقع تلفزيون
"""
_AGENCY_NAMES = re.compile(
    r"(?:reuters|associated press|ap|afp|dpa|efe|ansa|tass|xinhua|upi|pti|sana|wafa|bbc|cnn)", re.IGNORECASE
)
_OUTLET = re.compile(
    r"^(?:reuters|xinhua|bloomberg)$|^(?:the|le|la|les|el|los|der|die|das|asharq|agence)\b|\bal-\w|«[^«»]+»"
    r"|\w\.(?:com|org|net|co|info|de|fr)\b"
    rf"|(?<!\w)\w{{0,20}}(?:{'|'.join(_OUTLET_WORDS.split())})(?!\w)|\b(?-i:[A-Z]{{2,6}})\b",
    re.IGNORECASE,
)


# The way to a page through its site: `Home > News > Local`, `Sport / Rowing / Results`.
_PLACE_IN_SITE = r"[^\s.!?:>›»<|/][^.!?:>›»<|/]{0,30}"
_CRUMBS = re.compile(
    rf"{_PLACE_IN_SITE}(?:\s[>›»<]\s{_PLACE_IN_SITE}|\s/\s{_PLACE_IN_SITE}(?=\s/\s|$)){{1,6}}[^.!?>›»<|/]{{0,90}}$"
)
_ARROWS = re.compile(
    r"\s[>›»<]\s|\s/\s[^/]+\s/\s|^(?:home|startseite|accueil|inicio|ana ?sayfa|الرئيسية)\s/\s", re.IGNORECASE
)


_OFFICE_LINE = re.compile(
    r"(?:[\w&’'-]+ ){0,4}"
    r"(?:reporter|correspondent|editor|staff writer|contributor|columnist|redakteur(?:in)?|muhabiri?)$",
    re.IGNORECASE,
)


def recognise(words: str) -> Role | None:
    """Return what a paragraph is besides text of the article, None where it may be text."""
    mark = Role.END if _END.match(words) else Role.RULE if _RULE.match(words) else None
    short = words[:_MOST_CHARACTERS].split()
    if mark is not None or len(words) > _MOST_CHARACTERS or len(short) > _MOST_WORDS:
        return mark
    finished = is_finished(words)
    if _OFFICE_LINE.match(words) and len(short) < _LONGEST_OFFICE:
        return Role.NAME
    role = _notice(words) or _label(words, short, finished=finished) or _naming(words, finished=finished)
    if role is None and not finished and is_way(words):
        return Role.NAVIGATION
    return role


def _notice(words: str) -> Role | None:
    """Return whose notice a line is, whether it is a whole sentence or not."""
    return _first(_NOTICE, words) if _ANY_NOTICE.match(words) and not _REPORTS.search(words) else None


def _label(words: str, short: list[str], *, finished: bool) -> Role | None:
    """Return what a line is that stands on buttons and links."""
    if _is_share_bar(short, finished=finished):
        return Role.SHARE
    label = _first(_LABEL, words) if not finished and _ANY_LABEL.match(words) else None
    return None if label is Role.SOURCE else label


def _naming(words: str, *, finished: bool) -> Role | None:
    """Return what a line is that names an author, an outlet or a photographer."""
    if read_byline(words) is not None:
        return Role.BYLINE
    if _LABEL[Role.SOURCE].match(words) and _names_source(words, finished=finished):
        return Role.SOURCE
    return Role.CAPTION if _is_credited(words, finished=finished) else None


def is_finished(words: str) -> bool:
    """Tell whether a line ends as sentences do; two words with a full stop may still be a button."""
    return _FINISHED.search(words) is not None and len(words.split(None, 2)) > 2


def is_ambiguous(words: str) -> bool:
    """Tell whether a line is a bare word that heads columns and parts of texts as well as forms."""
    return _AMBIGUOUS.match(words) is not None


def is_way(words: str) -> bool:
    """Tell whether a line is the way to a page through its site: `News › Economy`."""
    return _ARROWS.search(words) is not None and _CRUMBS.match(words) is not None


def is_capitalised(line: str) -> bool:
    """Tell whether every word but the small ones begins with a capital, as in names and titles."""
    tokens = [token for token in line.split() if token[0].isalnum()]
    return bool(tokens) and all(not token[0].islower() or token.lower() in _SMALL for token in tokens)


def is_agency(name: str) -> bool:
    """Tell whether a name is a news agency's, and so no place."""
    return _AGENCY_NAMES.fullmatch(name.strip()) is not None


def names_outlet(name: str) -> bool:
    """Tell whether a name is a paper's or an agency's, and neither a person's nor a time."""
    letters = sum(letter.isalpha() for letter in name)
    if letters < 2 or 2 * letters < len(name.replace(" ", "")) or re.search(r"\d[:.]\d", name):
        return False
    return _OUTLET.search(name) is not None


def read_byline(words: str) -> tuple[str | None, str | None] | None:
    """Return the author and the outlet that a by-line names, None where it is no by-line."""
    mark = _BYLINE_MARK.match(words) if len(words) <= _LONGEST_BYLINE else None
    found = _BYLINE_REST.match(words[mark.end() :].strip()) if mark else None
    if found is None or _TIMES.match(found["names"]):
        return None
    outlet = found["outlet"]
    office = outlet is not None and _OFFICE.search(outlet) is not None
    if outlet is not None and not office and not is_capitalised(outlet):
        return None
    names = [name for name in found["names"].split(", ") if not _OFFICE.search(name)]
    placed = outlet is None or found["cut"] == "in" or office
    return ", ".join(names) or None, None if placed else outlet.strip()


def _first(patterns: dict[Role, re.Pattern[str]], words: str) -> Role | None:
    """Return the first role with a pattern that matches."""
    return next((role for role, pattern in patterns.items() if pattern.match(words)), None)


def _is_share_bar(words: list[str], *, finished: bool) -> bool:
    """Tell whether a line consists of share buttons and letter sizes; a sentence of them needs two."""
    named = []
    for word in words:
        bare = word.strip(".,:;|·•!()[]0123456789").lower()
        if bare and bare not in _SHARING and bare not in _JOINING:
            return False
        named += [bare] if bare else []
    strong = sum(word in _SHARE_STRONG for word in named)
    return strong > finished and strong >= len(named) / 4


def _names_source(words: str, *, finished: bool) -> bool:
    """Tell whether what stands behind `Source:` is a name."""
    named = re.split(r"[:：]\s?", words, maxsplit=1)[-1]
    return len(named.split()) <= 8 and (is_capitalised(named) or not finished)


def _is_credited(words: str, *, finished: bool) -> bool:
    """Tell whether a line says whose picture it speaks of; most lines hold none of the words that the search is for."""
    lowered = words.lower()
    if not any(word in lowered for word in _CREDIT_WORDS):
        return False
    named = _NAMED.search(words)
    if named is not None and (named["agency"] or is_capitalised(named["who"])):
        return True
    return not finished and not _REPORTS.search(words) and (bool(_CREDIT.search(words)) or _ends_with_agency(words))


def _ends_with_agency(words: str) -> bool:
    """Tell a caption that ends with its agency from wire copy that does."""
    found = _AGENCY_END.match(words)
    if found is None:
        return False
    return not is_finished(found["shown"].rstrip()) or " " in (found["who"] or "")
