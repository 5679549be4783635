"""What is answered while the hub cannot: no, in the shape that belongs to the request, and to try again."""

from collections.abc import Mapping
from datetime import datetime

from samut_hub.sip2 import dates, policy, words
from samut_hub.sip2.asked import Client
from samut_hub.sip2.codec import Answer, Kind, Request

_HEADS: Mapping[Kind, str] = {
    Kind.BLOCK_PATRON: "24{nobody}{language}{stamp}",
    Kind.CHECKIN: "100NUN{stamp}",
    Kind.CHECKOUT: "120NUN{stamp}",
    Kind.HOLD: "160N{stamp}",
    Kind.ITEM_INFORMATION: "18010001{stamp}",
    Kind.ITEM_STATUS_UPDATE: "200{stamp}",
    Kind.PATRON_STATUS: "24{nobody}{language}{stamp}",
    Kind.PATRON_ENABLE: "26{nobody}{language}{stamp}",
    Kind.RENEW: "300NUN{stamp}",
    Kind.END_SESSION: "36N{stamp}",
    Kind.FEE_PAID: "38N{stamp}",
    Kind.PATRON_INFORMATION: "64{nobody}{language}{stamp}" + "0000" * 6,
    Kind.RENEW_ALL: "66000000000{stamp}",
}
_OF_MEMBER = {Kind.BLOCK_PATRON, Kind.PATRON_STATUS, Kind.PATRON_ENABLE, Kind.PATRON_INFORMATION}
_OF_ITEM = {Kind.CHECKIN, Kind.CHECKOUT, Kind.ITEM_INFORMATION, Kind.ITEM_STATUS_UPDATE, Kind.RENEW}


def not_now(client: Client, request: Request, now: datetime) -> Answer:
    """Nothing was done; the request may be sent again."""
    head = _HEADS[request.kind].format(
        nobody=policy.NOBODY,
        language=request.fixed.get("language", "000"),
        stamp=dates.written(now, client.library.zone),
    )
    about = [("AO", client.account.institution or request.get("AO"))]
    about += [(name, request.get(name)) for name in ("AA", "AB") if name in request.fields]
    if request.kind in _OF_ITEM:
        about.append(("AJ", ""))
    if request.kind in (Kind.CHECKOUT, Kind.RENEW):
        about.append(("AH", ""))
    if request.kind is Kind.CHECKIN:
        about.append(("AQ", ""))
    if request.kind in _OF_MEMBER:
        about += [("AE", ""), ("BL", "N")]
    sentence = words.said(words.Say.NOT_NOW, client.language or client.account.language)
    return Answer(head, (*about, ("AF", sentence)))
