"""OAI-PMH 2.0: what is asked, whether it may be asked so, and how answers are written.

Source: The Open Archives Initiative Protocol for Metadata Harvesting, 2.0. Deleted records are kept for ever. A
resumption token holds all that the next page needs, so the hub remembers nothing of a harvester.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.marcxml import NAMESPACE as MARC
from samut_hub.catalogue.serving.harvest import Span, Told
from samut_hub.catalogue.serving.markup import DECLARATION, content, element
from samut_hub.catalogue.serving.schemas import DC, dublin_core, marcxml
from samut_hub.web.parameters import LARGEST_ID

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = f"{OAI}oai_dc/"
_INSTANCE = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_SECOND = timedelta(seconds=1)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Prefix(StrEnum):
    """The formats in which records are served."""

    DC = "oai_dc"
    MARCXML = "marcxml"


SCHEMAS = {
    Prefix.DC: ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", OAI_DC),
    Prefix.MARCXML: ("http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd", MARC),
}
ARGUMENTS: dict[str, tuple[set[str], set[str]]] = {
    "Identify": (set(), set()),
    "ListMetadataFormats": (set(), {"identifier"}),
    "ListSets": (set(), {"resumptionToken"}),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()),
    "ListIdentifiers": ({"metadataPrefix"}, {"from", "until", "set", "resumptionToken"}),
    "ListRecords": ({"metadataPrefix"}, {"from", "until", "set", "resumptionToken"}),
}
"""Each verb with what it must and what it may be given; a resumption token stands alone (section 4)."""


class OaiError(Exception):
    """`code` is one of section 3.6."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


Number = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_ID)]
Code = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00]*\Z")]


class Request(msgspec.Struct, frozen=True):
    """What a list is asked for; as a resumption token, with where it goes on: moment and number of the last told."""

    prefix: Prefix
    since: datetime | None = None
    until: datetime | None = None
    library: Code = ""
    last: tuple[datetime, Number] | None = None
    told: Number = 0

    @property
    def span(self) -> Span:
        return Span(since=self.since, until=self.until, library=self.library)

    def after(self, page: Sequence[Told]) -> "Request":
        last = page[-1]
        return msgspec.structs.replace(self, last=(last.at, last.id), told=self.told + len(page))

    def token(self) -> str:
        return urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")


def check_arguments(given: Mapping[str, Sequence[str]]) -> str:
    """The verb. Raises OaiError where arguments are missing, unknown or repeated."""
    verb = given.get("verb", ())
    if len(verb) != 1 or verb[0] not in ARGUMENTS:
        raise OaiError("badVerb", f"The verb is one of {', '.join(ARGUMENTS)}.")
    needed, allowed = ARGUMENTS[verb[0]]
    names = set(given) - {"verb"}
    if "resumptionToken" in names & allowed:
        needed, allowed = {"resumptionToken"}, set()
    for name in sorted(names - needed - allowed):
        raise OaiError("badArgument", f"{verb[0]} does not take the argument {name}.")
    for name in sorted(needed - names):
        raise OaiError("badArgument", f"{verb[0]} needs the argument {name}.")
    if any(len(values) != 1 for values in given.values()):
        raise OaiError("badArgument", "An argument is given more than once.")
    return verb[0]


def list_request(given: Mapping[str, Sequence[str]]) -> Request:
    """What a list is asked for; raises OaiError."""
    if "resumptionToken" in given:
        return _continued(given["resumptionToken"][0])
    since, until = given.get("from", [""])[0], given.get("until", [""])[0]
    if since and until and len(since) != len(until):
        raise OaiError("badArgument", "from and until are given with different granularity.")
    request = Request(
        prefix_of(given["metadataPrefix"][0]),
        since=_moment(since, "from") if since else None,
        until=_end(until) if until else None,
        library=given.get("set", [""])[0],
    )
    if request.since and request.until and request.since > request.until:
        raise OaiError("badArgument", "from is later than until.")
    return request


def prefix_of(text: str) -> Prefix:
    try:
        return Prefix(text)
    except ValueError:
        raise OaiError("cannotDisseminateFormat", f"Records come as {' or '.join(Prefix)}.") from None


def identifier(host: str, title_id: int) -> str:
    """By the OAI identifier scheme (oai-identifier, 2.0)."""
    return f"oai:{host}:{title_id}"


def title_number(text: str, host: str) -> int:
    """The number of the title with this identifier; raises OaiError."""
    start, _, number = text.rpartition(":")
    if start != f"oai:{host}" or not (number.isascii() and number.isdigit()) or len(number) > 9:
        raise OaiError("idDoesNotExist", "There is no record with this identifier.")
    return int(number)


def host_of(url: str) -> str:
    return urlsplit(url).hostname or "localhost"


def utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def header(one: Told, host: str) -> str:
    parts = [element("identifier", identifier(host, one.id)), element("datestamp", utc(one.at))]
    parts += [element("setSpec", code) for code in one.sets]
    state = ' status="deleted"' if one.title is None else ""
    return f"<header{state}>{''.join(parts)}</header>"


def record(one: Told, host: str, prefix: Prefix) -> str:
    if one.title is None:
        return f"<record>{header(one, host)}</record>"
    return f"<record>{header(one, host)}<metadata>\n{_metadata(one.title, prefix)}\n</metadata></record>"


def resumption(request: Request, page: Sequence[Told], *, goes_on: bool) -> str:
    """The element after a page of a list; an empty one ends a list that was told in parts."""
    if goes_on:
        return element("resumptionToken", request.after(page).token(), cursor=request.told)
    return element("resumptionToken", "", cursor=request.told) if request.last else ""


def answer(url: str, arguments: Mapping[str, str], body: Iterable[str], *, now: datetime) -> str:
    """The whole document. `arguments` are repeated in it, unless they were wrong."""
    return "\n".join(
        (
            f'{DECLARATION}<OAI-PMH xmlns="{OAI}" {_INSTANCE} xsi:schemaLocation="{OAI} {OAI}OAI-PMH.xsd">',
            element("responseDate", utc(now)),
            element("request", url, **arguments),
            *body,
            "</OAI-PMH>\n",
        )
    )


def formats() -> list[str]:
    return [
        f"<metadataFormat>{element('metadataPrefix', prefix)}{element('schema', schema)}"
        f"{element('metadataNamespace', namespace)}</metadataFormat>"
        for prefix, (schema, namespace) in SCHEMAS.items()
    ]


def identity(url: str, name: str, mail: str, first: datetime) -> list[str]:
    """What the repository says of itself (section 4.2)."""
    host = host_of(url)
    scheme = "http://www.openarchives.org/OAI/2.0/oai-identifier"
    parts = {"scheme": "oai", "repositoryIdentifier": host, "delimiter": ":", "sampleIdentifier": identifier(host, 1)}
    described = "".join(element(key, text) for key, text in parts.items())
    return [
        element("repositoryName", name),
        element("baseURL", url),
        element("protocolVersion", "2.0"),
        element("adminEmail", mail),
        element("earliestDatestamp", utc(first)),
        element("deletedRecord", "persistent"),
        element("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        f'<description><oai-identifier xmlns="{scheme}" {_INSTANCE} xsi:schemaLocation="{scheme} {scheme}.xsd">'
        f"{described}</oai-identifier></description>",
    ]


def _metadata(title: Title, prefix: Prefix) -> str:
    if prefix is Prefix.MARCXML:
        return marcxml(title)
    return (
        f'<oai_dc:dc xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}" {_INSTANCE} '
        f'xsi:schemaLocation="{OAI_DC} {content(SCHEMAS[prefix][0])}">\n{dublin_core(title)}\n</oai_dc:dc>'
    )


def _continued(token: str) -> Request:
    try:
        request = msgspec.json.decode(urlsafe_b64decode(token + "=" * (-len(token) % 4)), type=Request)
        for at in (request.since, request.until, request.last and request.last[0]):
            if at is not None:
                utc(at)
    except (ValueError, OverflowError, msgspec.MsgspecError):
        raise OaiError("badResumptionToken", "The list cannot be continued with this token: ask anew.") from None
    return request


def _moment(text: str, name: str) -> datetime:
    pattern = "%Y-%m-%d" if _DAY.fullmatch(text) else "%Y-%m-%dT%H:%M:%SZ" if _MOMENT.fullmatch(text) else "never"
    try:
        return datetime.strptime(text, pattern).replace(tzinfo=UTC)
    except ValueError:
        raise OaiError("badArgument", f"{name} is a date like 2026-11-23 or 2026-11-23T03:00:00Z.") from None


def _end(text: str) -> datetime:
    """The last moment of the day or second: changes are kept to the microsecond."""
    start = _moment(text, "until")
    whole = timedelta(days=1) if _DAY.fullmatch(text) else _SECOND
    try:
        return start + whole - timedelta(microseconds=1)
    except OverflowError:
        return start
