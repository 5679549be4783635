"""SRU 1.1 and 1.2: what is asked and how answers are written. Source: SRU 1.2 specifications, Library of Congress."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.marcxml import NAMESPACE as MARC
from samut_hub.catalogue.serving.asking import CONTEXTS, INDEXES
from samut_hub.catalogue.serving.cql import MESSAGES, Diagnostic, SruError
from samut_hub.catalogue.serving.markup import DECLARATION, content, element
from samut_hub.catalogue.serving.schemas import DC, dublin_core, marcxml

SRW = "http://www.loc.gov/zing/srw/"
DIAGNOSTICS = "http://www.loc.gov/zing/srw/diagnostic/"
EXPLAIN = "http://explain.z3950.org/dtd/2.0/"
SRW_DC = "info:srw/schema/1/dc-schema"
USUAL_RECORDS, MOST_RECORDS = 20, 100
VERSIONS = ("1.1", "1.2")
_EXPLAIN_PARAMETERS = {"operation", "version", "recordPacking", "stylesheet"}
_SEARCH_PARAMETERS = {
    *_EXPLAIN_PARAMETERS,
    "query",
    "startRecord",
    "maximumRecords",
    "recordSchema",
    "resultSetTTL",
    "sortKeys",
}


class Schema(StrEnum):
    """The formats in which records are served, by their full names."""

    DC = "info:srw/schema/1/dc-v1.1"
    MARCXML = "info:srw/schema/1/marcxml-v1.1"


SCHEMA_NAMES = {"": Schema.MARCXML, "dc": Schema.DC, "marcxml": Schema.MARCXML, MARC: Schema.MARCXML}


@dataclass(frozen=True, slots=True)
class Search:
    """One searchRetrieve. Records count from 1; `is_text` wants them escaped (record packing "string")."""

    query: str
    start: int = 1
    count: int = USUAL_RECORDS
    schema: Schema = Schema.MARCXML
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Titles found, and how many there are in all."""

    titles: list[Title]
    total: int


def is_explain(given: Mapping[str, str]) -> bool:
    """Whether the server is asked to tell of itself, which a request without parameters means; raises SruError."""
    operation = given.get("operation", "explain" if "query" not in given else "")
    if operation not in ("explain", "searchRetrieve"):
        diagnostic = Diagnostic.UNSUPPORTED_OPERATION if operation else Diagnostic.MISSING_PARAMETER
        raise SruError(diagnostic, operation or "operation")
    if given.get("version", "1.2") not in VERSIONS:
        raise SruError(Diagnostic.UNSUPPORTED_VERSION, "1.2")
    known = _EXPLAIN_PARAMETERS if operation == "explain" else _SEARCH_PARAMETERS
    for name in sorted(set(given) - known):
        if not name.startswith("x-"):
            raise SruError(Diagnostic.UNSUPPORTED_PARAMETER, name)
    return operation == "explain"


def search_of(given: Mapping[str, str]) -> Search:
    """What a searchRetrieve asks for; raises SruError."""
    for name in ("version", "query"):
        if not given.get(name, "").strip():
            raise SruError(Diagnostic.MISSING_PARAMETER, name)
    if given.get("sortKeys", "").strip():
        raise SruError(Diagnostic.SORT)
    packing = given.get("recordPacking", "xml")
    if packing not in ("xml", "string"):
        raise SruError(Diagnostic.UNSUPPORTED_PACKING, packing)
    return Search(
        given["query"],
        _whole(given, "startRecord", 1, least=1),
        min(_whole(given, "maximumRecords", USUAL_RECORDS, least=0), MOST_RECORDS),
        _schema(given.get("recordSchema", "")),
        packing == "string",
    )


def found_answer(search: Search, page: Page) -> str:
    """The document with a page of records."""
    records = [_record(title, position, search) for position, title in enumerate(page.titles, search.start)]
    following = search.start + len(page.titles)
    parts = [element("numberOfRecords", page.total)]
    parts += ["<records>", *records, "</records>"] if records else []
    parts += [element("nextRecordPosition", following)] if records and following <= page.total else []
    return _response("searchRetrieveResponse", parts)


def refused_answer(error: SruError, *, is_search: bool) -> str:
    """The document that says why there is no other answer."""
    told = (
        element("uri", f"info:srw/diagnostic/1/{error.diagnostic.value}"),
        element("details", error.details) if error.details else "",
        element("message", MESSAGES[error.diagnostic]),
    )
    diagnostics = f'<diagnostics><diagnostic xmlns="{DIAGNOSTICS}">{"".join(told)}</diagnostic></diagnostics>'
    if is_search:
        return _response("searchRetrieveResponse", [element("numberOfRecords", 0), diagnostics])
    return _response("explainResponse", [diagnostics])


def explain_answer(*, host: str, port: int, database: str, name: str) -> str:
    """What the server is and what it can be asked (ZeeRex)."""
    contexts = "".join(f'<set name="{short}" identifier="{uri}"/>' for short, uri in CONTEXTS.items())
    indexes = "".join(_index(index) for index in INDEXES)
    schemas = "".join(
        f'<schema name="{short}" identifier="{schema}">{element("title", title)}</schema>'
        for short, schema, title in (("marcxml", Schema.MARCXML, "MARCXML"), ("dc", Schema.DC, "Dublin Core"))
    )
    about = element("host", host) + element("port", port) + element("database", database)
    told = (
        f'<explain xmlns="{EXPLAIN}"><serverInfo protocol="SRU" version="1.2" transport="http" method="GET">{about}'
        f"</serverInfo><databaseInfo>{element('title', name)}</databaseInfo>"
        f"<indexInfo>{contexts}{indexes}</indexInfo><schemaInfo>{schemas}</schemaInfo><configInfo>"
        f"{element('default', USUAL_RECORDS, type='numberOfRecords')}"
        f"{element('setting', MOST_RECORDS, type='maximumRecords')}</configInfo></explain>"
    )
    record = (
        f"<record>{element('recordSchema', EXPLAIN)}<recordPacking>xml</recordPacking>"
        f"<recordData>{told}</recordData></record>"
    )
    return _response("explainResponse", [record])


def _response(name: str, parts: Iterable[str]) -> str:
    body = "\n".join(filter(None, parts))
    return f'{DECLARATION}<{name} xmlns="{SRW}">\n<version>1.2</version>\n{body}\n</{name}>\n'


def _record(title: Title, position: int, search: Search) -> str:
    """A record of `dc` stands in the wrapper that SRU's own schema for it names."""
    if search.schema is Schema.MARCXML:
        written = marcxml(title)
    else:
        written = f'<srw_dc:dc xmlns:srw_dc="{SRW_DC}" xmlns:dc="{DC}">\n{dublin_core(title)}\n</srw_dc:dc>'
    return (
        f"<record>{element('recordSchema', search.schema)}"
        f"{element('recordPacking', 'string' if search.is_text else 'xml')}"
        f"<recordData>{content(written) if search.is_text else written}</recordData>"
        f"{element('recordPosition', position)}</record>"
    )


def _index(name: str) -> str:
    context, _, short = name.partition(".")
    title = short.capitalize()
    return f'<index search="true">{element("title", title)}<map><name set="{context}">{short}</name></map></index>'


def _schema(name: str) -> Schema:
    found = SCHEMA_NAMES.get(name) or next((schema for schema in Schema if schema == name), None)
    if found is None:
        raise SruError(Diagnostic.UNKNOWN_SCHEMA, name)
    return found


def _whole(given: Mapping[str, str], name: str, usual: int, *, least: int) -> int:
    text = given.get(name, "").strip() or str(usual)
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) < least:
        raise SruError(Diagnostic.UNSUPPORTED_VALUE, name)
    return int(text)
