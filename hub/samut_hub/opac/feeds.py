"""What machines read: RSS 2.0 and sitemaps (sitemaps.org 0.9)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.records.marcxml import writable
from samut_hub.catalogue.serving.markup import content
from samut_hub.opac.copies import KEPT, has_items

TITLES_PER_PART = 50_000
"""The most addresses that a sitemap may hold."""
_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news or one title; without `at` where nobody knows when it came."""

    address: str
    title: str
    text: str
    at: datetime | None


def rss(title: str, address: str, about: str, entries: Iterable[Entry]) -> bytes:
    """A feed; texts may hold anything."""
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    for name, text in (("title", title), ("link", address), ("description", about or title)):
        SubElement(channel, name).text = writable(text)
    for entry in entries:
        item = SubElement(channel, "item")
        for name, text in (("title", entry.title), ("link", entry.address), ("description", entry.text)):
            SubElement(item, name).text = writable(text)
        SubElement(item, "guid", isPermaLink="true").text = writable(entry.address)
        if entry.at is not None:
            SubElement(item, "pubDate").text = format_datetime(entry.at)
    feed: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return feed


def added_at(session: Session, title_ids: Sequence[int]) -> dict[int, datetime]:
    """When the first of the site's copies of each of these titles came; those without one are left out."""
    wanted = select(Item.title_id, func.min(Item.added_at).label("at")).where(Item.title_id.in_(title_ids), KEPT)
    return {row.title_id: row.at for row in session.execute(wanted.group_by(Item.title_id))}


def sitemap_parts(session: Session) -> int:
    """Into how many parts the titles are divided, by their ids."""
    last = session.scalar(select(func.max(Title.id))) or 0
    return max(1, -(-last // TITLES_PER_PART))


def titles_of_part(session: Session, part: int) -> list[tuple[int, datetime]]:
    """Titles that a library has, with when they were changed; parts are counted from 1."""
    first = (part - 1) * TITLES_PER_PART
    wanted = select(Title.id, Title.changed_at).where(
        Title.id > first, Title.id <= first + TITLES_PER_PART, Title.merged_into_id.is_(None)
    )
    rows = session.execute(wanted.where(has_items(session, Title.id)).order_by(Title.id))
    return [(row.id, row.changed_at) for row in rows]


def sitemap_index(addresses: Iterable[str]) -> str:
    parts = "".join(f"<sitemap><loc>{content(address)}</loc></sitemap>" for address in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {_SITEMAP}>{parts}</sitemapindex>'


def sitemap(pages: Iterable[tuple[str, datetime | None]]) -> str:
    """Addresses, each with when it last changed where that is known."""
    rows = (
        f"<url><loc>{content(address)}</loc>{f'<lastmod>{at:%Y-%m-%d}</lastmod>' if at else ''}</url>"
        for address, at in pages
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {_SITEMAP}>{"".join(rows)}</urlset>'
