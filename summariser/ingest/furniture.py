"""What an element of a page is besides its article, as its tag, its role and its class or id name it.

The words are those that content systems and themes use, in the languages that we know; no site is named.
"""

import re
from functools import lru_cache

from summariser.ingest.roles import Role

_TAGS = {
    "nav": Role.NAVIGATION,
    "menu": Role.NAVIGATION,
    "button": Role.NAVIGATION,
    "label": Role.NAVIGATION,
    "amp-sidebar": Role.NAVIGATION,
    "header": Role.HEADER,
    "footer": Role.FOOTER,
    "aside": Role.RELATED,
    "figure": Role.CAPTION,
    "figcaption": Role.CAPTION,
    "caption": Role.CAPTION,
    "form": Role.COMMENTS,
    "dialog": Role.COOKIES,
    "amp-user-notification": Role.COOKIES,
    "amp-ad": Role.ADVERTISEMENT,
    "amp-embed": Role.ADVERTISEMENT,
    "address": Role.FOOTER,
}
_ARIA = {
    "navigation": Role.NAVIGATION,
    "search": Role.NAVIGATION,
    "menu": Role.NAVIGATION,
    "menubar": Role.NAVIGATION,
    "banner": Role.HEADER,
    "contentinfo": Role.FOOTER,
    "complementary": Role.RELATED,
    "dialog": Role.COOKIES,
    "alertdialog": Role.COOKIES,
}
_NAMES = {
    Role.ADVERTISEMENT: """
        ad ads adv advert adverts advertisement advertising adslot adsense adbox dfp sponsor sponsored sponsors werbung
        anzeige publicite publicidad reklam outbrain taboola adunit gpt-ad ad-slot ad-container paid-content
    """,
    Role.BYLINE: "byline by-line autor-zeile autorenzeile signature-auteur posted-by submitted-by article-author",
    Role.CAPTION: """
        caption captions figcaption photo-caption image-caption cutline bildunterschrift bildtext legende epigrafe
        pie-de-foto resim-alti image-credit photo-credit photo-credits picture-credit credit wp-caption photocredit
        img-caption caption-text bildnachweis media-caption gallery carousel slideshow
    """,
    Role.COMMENTS: """
        comments comment commentlist comment-list comments-area comment-respond respond disqus disqus-thread
        kommentare kommentar comentarios comentario commentaires commentaire yorum yorumlar livefyre coral
        reader-comments comment-form guestbook replies
    """,
    Role.COOKIES: """
        cookie cookies cookie-banner cookie-consent consent gdpr cmp didomi onetrust cookiebar cookie-notice cookielaw
        privacy-banner cc-window cerez
    """,
    Role.COPYRIGHT: "copyright copyrights copyright-line legal disclaimer",
    Role.FOOTER: """
        footer foot site-footer page-footer colophon fusszeile pie pied-de-page footer-wrapper bottom-bar pagefooter
        contact contact-info press-contact kontakt
    """,
    Role.HEADER: """
        masthead site-header page-header topbar top-bar headerbar header-bar global-header navbar-header kopf cabecera
        site-branding site-title ticker breaking-news kicker dachzeile eyebrow volanta overline surtitre rubrik
        section-label site-info-top
    """,
    Role.NAME: """
        author-box author-bio about-author authorbox bio postprofile user-profile userinfo signature post-signature
        author-info author-description author-card
    """,
    Role.NAVIGATION: """
        nav navigation navbar navlinks menu menus submenu hauptnav hauptmenu mainnav topnav subnav breadcrumb
        breadcrumbs breadcrumbpath fil-ariane brotkrumen pagination pager paging pagenav post-navigation skip-link
        skiplink tags tag-list taglist tag-links tags-links etiquetas etiketler schlagworte schlagwoerter mots-cles
        keywords themen topics cat-links categories post-categories sitemap search searchform search-form toc
        table-of-contents key-events jump-links screen-reader-text visually-hidden sr-only toolbar backlink
        page-navigation linklist language-switcher offcanvas hamburger ust-menu main-menu
    """,
    Role.NEWSLETTER: """
        newsletter newsletters newsletter-box newsletter-signup signup sign-up subscribe subscription mailing-list
        mailchimp email-signup newsletterbox inscription optin
    """,
    Role.RELATED: """
        related relatedposts related-posts related-articles related-content related-stories recommended recommendations
        recommend more-from more-on more-stories more-news most-read most-popular most-viewed popular popular-posts
        trending promo promos promo-list promobox teaser teasers teaser-box teaserbox read-more readmore also-read
        read-also see-also lire-aussi a-lire relacionadas relacionados notas-relacionadas ilgili ilgili-haber
        ilgili-haberler onward sidebar side-bar sidebars seitenleiste marginalspalte widget-area rail right-rail
        recirc recirculation next-article next-story latest-news latest-stories top-stories cok-okunan meistgelesen
        les-plus-lus lo-mas-leido mehr-zum-thema weitere-artikel linkbox related-news related-links suggestions
        recent-posts infinite-scroll columna-derecha sag-sutun
    """,
    Role.SHARE: """
        share sharing share-bar sharebar share-links share-buttons share-tools social socials social-share
        social-links social-media sharedaddy addthis addtoany sharethis redes redes-sociales partage partager paylas
        teilen article-tools tools print-tools font-size follow-us block-share social-icons reactions
    """,
    Role.SUBSCRIPTION: "paywall paywall-overlay premium-overlay subscriber-wall regwall piano-offer",
}
_ROLE_OF = {name: role for role, names in _NAMES.items() for name in names.split()}
_LONGEST_NAME = max(name.count("-") + 1 for name in _ROLE_OF)
# These hold the article or are text of it, whatever they are called; but a comment or a teaser may be an article.
_TEXT_TAG_NAMES = "html body main h1 h2 h3 h4 h5 h6 em strong b i td tr tbody table a"
_TEXT_TAGS = frozenset(_TEXT_TAG_NAMES.split())
_OTHER_ARTICLES = frozenset({Role.COMMENTS, Role.RELATED})
# Text that stands in figures, not under pictures.
_SHOWN = frozenset({"table", "quote", "pullquote", "blockquote", "code"})
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def name_element(tag: str, names: str, identity: str, aria: str) -> Role | None:
    """Return what an element is by its tag, its class, its id and its ARIA role; None where it may hold the article."""
    if aria in _ARIA:
        return _ARIA[aria]
    by_tag = _TAGS.get(tag)
    if tag in _TEXT_TAGS:
        return None
    if tag == "figure" and not _SHOWN.isdisjoint(_split(names)):
        return None
    named = _named(names) or _named(identity)
    if tag == "article":
        return named if named in _OTHER_ARTICLES else None
    # The opening paragraph is a teaser, too.
    if tag == "p" and named is Role.RELATED and "teaser" in names:
        return None
    return named if named is not None and by_tag in {None, Role.RELATED, Role.HEADER, Role.FOOTER} else by_tag


@lru_cache(maxsize=4096)
def _named(names: str) -> Role | None:
    """Return the role that a class or an id names, by whole words of it and by the longest run of them."""
    for name in names.split():
        words = _split(name)
        for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                role = _ROLE_OF.get("-".join(words[start : start + length]))
                if role is not None:
                    return role
    return None


def _split(name: str) -> list[str]:
    """Return the words of a class: `articleBody`, `article__body` and `article-body` are two each."""
    return [word.lower() for word in _WORDS.findall(name)]
