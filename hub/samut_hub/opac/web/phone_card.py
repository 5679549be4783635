"""The member card in the telephone: the same codes as on the printed one, also while there is no connection."""

from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from flask import Response, g, jsonify, make_response, render_template, session, url_for
from flask_babel import gettext as _

from samut_hub.catalogue.labels.codes import QR_QUIET, QUIET, Symbology, bars_of, dark_runs, qr_of
from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of
from samut_hub.members.models import Member
from samut_hub.members.photos import read_photo
from samut_hub.opac.web.blueprint import page_at, site
from samut_hub.opac.web.member import for_member
from samut_hub.web.hub import db, now
from samut_hub.web.language import language

WORKER = Path(__file__).parent.parent / "phone_card_worker.js"
GREEN = "#0b6b63"


@dataclass(frozen=True)
class Drawn:
    """A code as an SVG path, and how many of its thinnest bars it is wide with its white."""

    path: str
    width: float


@page_at("/my/card")
@for_member
def my_card(member: Member) -> str:
    """Only on the member's own device the card is kept there; a lost one shows no code."""
    own: Library = g.library
    today = calendar_of(db(), own).local_day(now())
    return render_template(
        "opac/my_card.html",
        member=member,
        library=own,
        qr=qr_drawing(member.number),
        bars=bars_drawing(member.number),
        has_ended=member.expires_on is not None and member.expires_on < today,
        is_own_device=session.permanent,
    )


@page_at("/my/card/photo")
@for_member
def my_card_photo(member: Member) -> Response:
    kind = read_photo(member.photo or b"")
    if kind is None:
        raise NotFoundError(f"Member {member.id} has no photo.")
    answer = make_response(member.photo)
    answer.mimetype = kind.media_type
    return answer


@page_at("/my/card.webmanifest")
def card_manifest() -> Response:
    """What a telephone asks when the card is put on its home screen (W3C Web App Manifest); it names nobody."""
    own = site().library
    name = _("Library card") if own is None else own.name(language())
    icons = [
        {"src": url_for("static", filename=f"card-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    answer = jsonify(
        name=name,
        short_name=_("Library card"),
        start_url=url_for(".my_card"),
        scope=url_for(".my"),
        display="standalone",
        background_color="#ffffff",
        theme_color=GREEN,
        icons=icons,
        lang=language(),
    )
    answer.mimetype = "application/manifest+json"
    return answer


@page_at("/my/card-worker.js")
def card_worker() -> Response:
    """The script that keeps the card for when there is no connection."""
    answer = make_response(WORKER.read_bytes())
    answer.mimetype = "text/javascript"
    return answer


def qr_drawing(number: str) -> Drawn:
    """As on the printed card, with the white around it."""
    rows = qr_of(number)
    squares = (
        f"M{QR_QUIET + at} {QR_QUIET + row}h{count}v1h-{count}z"
        for row, line in enumerate(rows)
        for at, count in dark_runs(line)
    )
    return Drawn("".join(squares), len(rows) + 2 * QR_QUIET)


def bars_drawing(number: str) -> Drawn | None:
    """As on the printed card; nothing where a bar code cannot hold the number."""
    bars = bars_of(number, Symbology.CODE_128)
    if bars is None:
        return None
    ends = list(accumulate(bars.widths, initial=float(QUIET)))
    boxes = (f"M{at:g} 0h{width:g}v1h-{width:g}z" for at, width in zip(ends[::2], bars.widths[::2], strict=False))
    return Drawn("".join(boxes), bars.length + 2 * QUIET)
