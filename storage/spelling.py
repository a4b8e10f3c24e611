"""An article as search sees it: its titles, then its text, spelled plainly."""

from collections.abc import Collection

from sqlalchemy import Connection, and_, delete, func, insert, select

from storage.folding import spell
from storage.tables import article, extraction, spelling

# Parts titles and text, so that no phrase runs from one into the other; nobody can type it, since it is no letter.
BETWEEN = "¶"


def spell_article(text: str, *titles: str | None) -> str:
    """Return the words of an article, its titles first."""
    return f" {BETWEEN} ".join([*(spell(title) for title in titles if title), spell(text)])


def respell(connection: Connection, desk_id: int, article_ids: Collection[int]) -> None:
    """Bring the words of these articles up to date: call it wherever a title or an extent is changed."""
    text = func.substr(extraction.c.text, article.c.start + 1, article.c.end - article.c.start).label("text")
    holds = and_(extraction.c.desk_id == article.c.desk_id, extraction.c.extraction_id == article.c.extraction_id)
    these = (
        select(article.c.article_id, article.c.title, article.c.republished_title, text)
        .select_from(article.join(extraction, holds))
        .where(article.c.desk_id == desk_id, article.c.article_id.in_(article_ids))
    )
    for row in connection.execute(these).all():
        words = spell_article(row.text, row.title, row.republished_title)
        this = and_(spelling.c.desk_id == desk_id, spelling.c.article_id == row.article_id)
        # No upsert: SQLite would put its conflict clause in place of the triggers' own.
        connection.execute(delete(spelling).where(this))
        connection.execute(insert(spelling), {"desk_id": desk_id, "article_id": row.article_id, "words": words})
