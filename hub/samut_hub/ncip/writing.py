"""Answers as they go out: elements in the order that the schema of version 2.02 wants them, and their schemes.

`elementFormDefault` and `attributeFormDefault` of the schema are “qualified”: attributes have the namespace too.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from xml.etree.ElementTree import Element, register_namespace, tostring

from samut_hub.ncip.reading import NAMESPACE

VERSION = "http://www.niso.org/schemas/ncip/v2_02/ncip_v2_02.xsd"
MIMETYPE = "application/xml; charset=utf-8"
_SCHEMES = "http://www.niso.org/ncip/v1_0/imp1/schemes"
_IN = f"{{{NAMESPACE}}}"

register_namespace("ncip", NAMESPACE)

Parts = Iterable["Element | None"]


class Scheme(StrEnum):
    """Lists of values, by their addresses."""

    AGENCY_PRIVILEGE = "agencyuserprivilegetype/agencyuserprivilegetype.scm"
    BLOCK = "blockortraptype/blockortraptype.scm"
    CIRCULATION = "circulationstatus/circulationstatus.scm"
    CURRENCY = "currencycode/currencycode.scm"
    FISCAL_ACTION = "fiscalactiontype/fiscalactiontype.scm"
    FISCAL_KIND = "fiscaltransactiontype/fiscaltransactiontype.scm"
    ITEM_ID = "visibleitemidentifiertype/visibleitemidentifiertype.scm"
    LOCATION = "locationtype/locationtype.scm"
    PRIVILEGE_STATUS = "userprivilegestatustype/userprivilegestatustype.scm"
    REQUEST = "requesttype/requesttype.scm"
    REQUEST_SCOPE = "requestscopetype/requestscopetype.scm"
    REQUEST_STATUS = "requeststatustype/requeststatustype.scm"

    @property
    def address(self) -> str:
        return f"{_SCHEMES}/{self.value}"


def holder(name: str, *parts: Element | None) -> Element:
    """An element with these in it; None is left out."""
    made = Element(f"{_IN}{name}")
    made.extend(part for part in parts if part is not None)
    return made


def leaf(name: str, value: object, scheme: str = "") -> Element:
    made = Element(f"{_IN}{name}", {f"{_IN}Scheme": scheme} if scheme else {})
    made.text = fit(str(value))
    return made


def listed(name: str, value: str, scheme: Scheme) -> Element:
    """A value of a list."""
    return leaf(name, value, scheme.address)


def if_any(name: str, value: object) -> Element | None:
    """The element, unless there is nothing to say."""
    return leaf(name, value) if value else None


def moment(name: str, value: datetime | None) -> Element | None:
    """In UTC, as xs:dateTime."""
    return None if value is None else leaf(name, f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")


def money(name: str, satang: int, currency: str) -> Element:
    """`MonetaryValue` counts the currency's smallest unit (section 5.2, Amount)."""
    return holder(name, listed("CurrencyCode", currency, Scheme.CURRENCY), leaf("MonetaryValue", satang))


def message(body: Element) -> bytes:
    root = Element(f"{_IN}NCIPMessage", {f"{_IN}version": VERSION})
    root.append(body)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def fit(text: str) -> str:
    """Without what XML 1.0 cannot hold (section 2.2)."""
    return "".join(one if one in "\t\n\r" or (one >= " " and one not in "\ufffe\uffff") else " " for one in text)
