"""Feeds of news, of what is new and of a search; sitemaps and what robots may read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time

from flask import Response, abort, request
from flask_babel import gettext as _

from samut_hub.catalogue.listed import Listed
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.search.criteria import Sort
from samut_hub.catalogue.searching.asking import asked_in
from samut_hub.community import service as community
from samut_hub.community.paragraphs import beginning
from samut_hub.opac import browsing, feeds
from samut_hub.opac.web.blueprint import page_at, pages, site
from samut_hub.opac.web.finding import find_titles
from samut_hub.web.hub import db, now, the_hub, whole_address
from samut_hub.web.language import language

ENTRIES = 30
BEGINNING = 500
QUARTER_HOUR, HOUR = 900, 3600


@page_at("/news.rss")
def news_feed() -> Response:
    news = community.current_news(db(), site().today(now()), limit=ENTRIES)
    entries = [
        feeds.Entry(
            whole_address(".news", news_id=one.id),
            one.title,
            beginning(one.text, BEGINNING),
            datetime.combine(one.shown_from, time(), UTC),
        )
        for one in news
    ]
    return _rss(_("News"), whole_address(".news_list"), entries)


@page_at("/new.rss")
def newest_feed() -> Response:
    titles = browsing.newest(db(), count=ENTRIES).titles
    return _rss(_("New arrivals"), whole_address(".newest"), _entries(titles))


@page_at("/find.rss")
def search_feed() -> Response:
    """What fits a search, the last catalogued first."""
    asked = replace(asked_in(request.args.to_dict(flat=False)), sort=Sort.LAST_ADDED)
    found = find_titles(asked, 1, facets=False)
    address = f"{whole_address('.find')}?{asked.address_words()}"
    name = _("Search: %(words)s", words=asked.words or "; ".join(row.words for row in asked.rows))
    return _rss(name, address, _entries(found.titles))


@pages.get("/sitemap.xml")
def sitemap() -> Response:
    parts = range(1, feeds.sitemap_parts(db()) + 1)
    addresses = [whole_address(".sitemap_of_sites"), *(whole_address(".sitemap_part", part=part) for part in parts)]
    return _kept(Response(feeds.sitemap_index(addresses), mimetype="application/xml"), HOUR)


@pages.get("/sitemap-sites.xml")
def sitemap_of_sites() -> Response:
    """The first pages of all libraries, and what is walked through from there."""
    codes = [None, *(library.code for library in site().libraries if len(site().libraries) > 1)]
    addresses = [
        (whole_address(name, code=code), None) for code in codes for name in (".home", ".newest", ".news_list")
    ]
    return _kept(Response(feeds.sitemap(addresses), mimetype="application/xml"), HOUR)


@pages.get("/sitemap-<int:part>.xml")
def sitemap_part(part: int) -> Response:
    if not 1 <= part <= feeds.sitemap_parts(db()):
        abort(404)
    start = whole_address(".title", title_id=0).removesuffix("0")
    titles = ((f"{start}{title_id}", at) for title_id, at in feeds.titles_of_part(db(), part))
    return _kept(Response(feeds.sitemap(titles), mimetype="application/xml"), HOUR)


@pages.get("/robots.txt")
def robots() -> Response:
    """Titles and lists may be read; searches without end, lists of visitors and what is for staff may not."""
    closed = ("/find", "/lib/*/find", "/basket", "/lib/*/basket", "/lib/*/title/", "/sign-in")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), "", f"Sitemap: {whole_address('.sitemap')}"]
    return _kept(Response("\n".join(lines) + "\n", mimetype="text/plain"), HOUR)


def _entries(titles: Sequence[Title | Listed]) -> list[feeds.Entry]:
    added = feeds.added_at(db(), [title.id for title in titles])
    return [_entry(title, added.get(title.id)) for title in titles]


def _entry(title: Title | Listed, at: datetime | None) -> feeds.Entry:
    text = " · ".join(filter(None, (title.author, title.publisher, title.call_number)))
    return feeds.Entry(whole_address(".title", title_id=title.id), title.title, text, at)


def _rss(name: str, address: str, entries: list[feeds.Entry]) -> Response:
    own = site().library
    of = _("All libraries") if own is None else own.name(language())
    body = feeds.rss(f"{name} · {of}", address, the_hub().config.url, entries)
    return _kept(Response(body, mimetype="application/rss+xml"), QUARTER_HOUR)


def _kept(answer: Response, seconds: int) -> Response:
    """The same for everybody: browsers and what stands between may keep it."""
    answer.headers["Cache-Control"] = f"public, max-age={seconds}"
    answer.vary.add("Accept-Language")
    return answer
