"""The first page for everybody, and news."""

from flask import render_template, url_for

from samut_hub.community import service as community
from samut_hub.opac import browsing
from samut_hub.opac.popularity import popular_titles
from samut_hub.opac.web.blueprint import open_site, page_at, pages, site
from samut_hub.web.hub import db, now

NEWS_SHOWN = 4
NEWS_LISTED = 50
TITLES_SHOWN = 12


@pages.get("/lib/")
@pages.get("/lib/<code>/")
def home() -> str:
    return first_page()


def first_page() -> str:
    """Of the site of the request; what visitors see at the root of the hub, too."""
    open_site()
    return render_template(
        "opac/home.html",
        news=community.current_news(db(), site().today(now()), limit=NEWS_SHOWN),
        newest=browsing.newest(db(), count=TITLES_SHOWN).titles,
        popular=popular_titles(db(), limit=TITLES_SHOWN),
        libraries={one.id: one for one in site().libraries},
    )


@page_at("/news")
def news_list() -> str:
    news = community.current_news(db(), site().today(now()), limit=NEWS_LISTED)
    return render_template("opac/news_list.html", news=news, libraries={one.id: one for one in site().libraries})


@page_at("/news/<int:news_id>")
def news(news_id: int) -> str:
    found = community.published(db(), news_id, site().today(now()))
    return render_template("opac/news.html", news=found, canonical=url_for(".news", news_id=news_id, code=None))
