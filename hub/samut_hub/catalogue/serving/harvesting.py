"""The OAI-PMH door: verbs are answered here, by the rules of `oai`.

A change has its moment before it is committed, and one that is committed late must not be missed by harvesters who
go on from the last answer: the door answers as of a minute ago, and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from samut_hub.catalogue.serving import oai
from samut_hub.catalogue.serving.harvest import PAGE, Told, all_sets, earliest, one_title, page_after
from samut_hub.catalogue.serving.markup import MIMETYPE, element
from samut_hub.catalogue.serving.oai import OaiError, Prefix
from samut_hub.web.hub import now, the_hub

Given = Mapping[str, Sequence[str]]
SETTLED = timedelta(minutes=1)
"""Longer than a transaction that changes titles takes."""


def answer_harvester() -> Response:
    """The answer to one request, which is always a document with status 200 (section 3.1.2)."""
    given, url = _given(), _url()
    arguments = {name: values[0] for name, values in given.items()}
    try:
        verb = oai.check_arguments(given)
        with the_hub().database.session(None, writes=False) as session:
            body = _answer(session, verb, given)
    except OaiError as error:
        if error.code in ("badVerb", "badArgument"):
            arguments = {}
        body = [element("error", error, code=error.code)]
    return Response(oai.answer(url, arguments, body, now=_as_of()), mimetype=MIMETYPE)


def _given() -> Given:
    """Arguments of the address, or of a form: harvesters may send either."""
    return dict((request.form if request.method == "POST" else request.args).lists())


def _as_of() -> datetime:
    return now() - SETTLED


def _url() -> str:
    return the_hub().config.url + url_for(".oai")


def _answer(session: Session, verb: str, given: Given) -> list[str]:
    match verb:
        case "Identify":
            return [_wrapped(verb, _identity(session))]
        case "ListMetadataFormats":
            if "identifier" in given:
                _one(session, given["identifier"][0])
            return [_wrapped(verb, oai.formats())]
        case "ListSets":
            return [_wrapped(verb, _sets(session, given))]
        case "GetRecord":
            prefix, told = oai.prefix_of(given["metadataPrefix"][0]), _one(session, given["identifier"][0])
            return [_wrapped(verb, [oai.record(told, _host(), prefix)])]
    return [_wrapped(verb, _list(session, verb, oai.list_request(given)))]


def _wrapped(verb: str, lines: Sequence[str]) -> str:
    return "\n".join((f"<{verb}>", *lines, f"</{verb}>"))


def _host() -> str:
    return oai.host_of(the_hub().config.url)


def _identity(session: Session) -> list[str]:
    name = ", ".join(library.name_en or library.name_th for library in all_sets(session))
    first: datetime = earliest(session) or now()
    return oai.identity(_url(), name or "Samut", f"postmaster@{_host()}", first)


def _sets(session: Session, given: Given) -> list[str]:
    if "resumptionToken" in given:
        raise OaiError("badResumptionToken", "The sets come in one list.")
    return [
        f"<set>{element('setSpec', library.code)}{element('setName', library.name_th)}</set>"
        for library in all_sets(session)
    ]


def _one(session: Session, identifier: str) -> Told:
    told = one_title(session, oai.title_number(identifier, _host()))
    if told is None:
        raise OaiError("idDoesNotExist", "There is no record with this identifier.")
    return told


def _list(session: Session, verb: str, asked: oai.Request) -> list[str]:
    is_whole = verb == "ListRecords" and asked.prefix is Prefix.MARCXML
    until = min(filter(None, (asked.until, _as_of())))
    found = page_after(session, replace(asked.span, until=until), asked.last, whole=is_whole)
    page, goes_on = found[:PAGE], len(found) > PAGE
    if not page:
        raise OaiError("noRecordsMatch", "Nothing changed in that time, or there is no such set.")
    write = oai.header if verb == "ListIdentifiers" else lambda one, host: oai.record(one, host, asked.prefix)
    return [*(write(one, _host()) for one in page), oai.resumption(asked, page, goes_on=goes_on)]
