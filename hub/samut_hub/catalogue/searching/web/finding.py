"""Search for staff: the results, the form with many lines, what is offered while one types, results as a file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Response, render_template, request, url_for
from sqlalchemy import select

from samut_hub.catalogue import service
from samut_hub.catalogue.forms import LANGUAGES
from samut_hub.catalogue.imports.forms import ExportForm
from samut_hub.catalogue.opening import open_among
from samut_hub.catalogue.search import finding
from samut_hub.catalogue.search.criteria import Filters, Sort
from samut_hub.catalogue.searching.asking import FIELDS, Asked, asked_in, rows_to_fill
from samut_hub.catalogue.searching.hits import hits_of
from samut_hub.catalogue.searching.service import copies_here, saved_searches
from samut_hub.catalogue.searching.web.blueprint import pages
from samut_hub.catalogue.searching.web.choices import choices_in, chosen_in
from samut_hub.catalogue.searching.web.naming import FIELD_NAMES, JOINT_NAMES, SORT_NAMES, Names
from samut_hub.catalogue.searching.web.out import out_now
from samut_hub.libraries.models import Library
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, library, needs, staff, the_hub
from samut_hub.web.paging import page_asked

SUGGESTIONS = 8
SAVED_SHOWN = 6
MOST_GIVEN = 10_000
"""Titles in one file or list, which takes no more; who wants all gives out the whole catalogue."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The titles that the library has, or all of the hub: addresses of both, and which is looked through now."""

    ours: str
    all: str
    is_ours: bool


def results() -> str:
    """What was asked for; without a question all titles, the last added first."""
    asked, libraries = _in_order(_asked()), _libraries()
    page = page_asked(finding.LAST_PAGE)
    found = finding.find(
        db(), the_hub().titles, asked.question, filters=_filters(asked), sort=asked.sort, page=page, facets=True
    )
    names = Names(libraries)
    return render_template(
        "searching/results.html",
        asked=asked,
        found=found,
        page=page,
        hits=hits_of(found.titles, asked),
        here=copies_here(db(), [title.id for title in found.titles]),
        online=open_among(db(), [title.id for title in found.titles]),
        facets=choices_in(found.facets, asked, names, without=() if len(libraries) > 1 else ("library",)),
        chosen=chosen_in(_without_own(asked), names),
        names=names,
        scope=_scope(asked),
        is_out_known=not asked.is_available or out_now().is_whole,
        sorts={sort: name for sort, name in SORT_NAMES.items() if sort is not Sort.BEST or _has_words(asked)},
        fields=FIELD_NAMES,
        joints=JOINT_NAMES,
        address=_address,
        saved=saved_searches(db(), staff().id, limit=SAVED_SHOWN) if asked.is_empty else (),
    )


@pages.get("/search/advanced")
@needs()
def advanced() -> str:
    asked = _asked()
    return render_template(
        "searching/advanced.html",
        asked=asked,
        rows=rows_to_fill(asked),
        fields={name: FIELD_NAMES[name] for name in FIELDS},
        joints=JOINT_NAMES,
        sorts=SORT_NAMES,
        materials=service.material_types(db()),
        languages=LANGUAGES,
        categories=service.categories(db()),
        places=service.places(db()),
        libraries=_libraries(),
    )


@pages.get("/search/words")
@needs()
def words() -> Response:
    """A fragment for the box one types in: titles, authors and subjects that contain these letters."""
    typed = request.args.get("q", "")[:100]
    found = the_hub().titles.suggest(typed, limit=SUGGESTIONS) if typed.strip() else []
    answer = Response(render_template("searching/words.html", found=found, page="catalogue.show"))
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


@pages.get("/search/export")
@needs(Permission.EDIT_CATALOGUE)
def give_out() -> str | tuple[str, int]:
    """What was found as records or as a list, as far as `MOST_GIVEN`: which of the two is chosen here."""
    asked, form = _asked(), ExportForm()
    hits = the_hub().titles.search(asked.question, filters=_filters(asked), sort=asked.sort, per_page=MOST_GIVEN)
    form.offer(chosen=bool(hits.ids))
    return show("searching/export.html", form, ids=hits.ids, total=hits.total, asked=asked)


def _asked() -> Asked:
    """Only in the own library staff may ask for what is in: of others' lending they are told nothing."""
    asked = asked_in(request.args.to_dict(flat=False))
    return replace(asked, is_available=asked.is_available and asked.chosen("library") == (str(library().id),))


def _in_order(asked: Asked) -> Asked:
    """Where no words say which is best, the last added come first."""
    return asked if asked.sort is not Sort.BEST or _has_words(asked) else replace(asked, sort=Sort.LAST_ADDED)


def _has_words(asked: Asked) -> bool:
    return bool(asked.words or asked.rows)


def _filters(asked: Asked) -> Filters:
    """Titles that no library has are found too, unless a library was chosen."""
    without = out_now().title_ids if asked.is_available else ()
    return asked.filters([int(value) for value in asked.chosen("library")], without)


def _libraries() -> Sequence[Library]:
    return db().scalars(select(Library).order_by(Library.id)).all()


def _scope(asked: Asked) -> Scope:
    own, everywhere = str(library().id), replace(asked, narrowed=_narrowed_otherwise(asked))
    ours = everywhere.with_one("library", own)
    return Scope(_address(ours.address_words()), _address(everywhere.address_words()), own in asked.chosen("library"))


def _narrowed_otherwise(asked: Asked) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in asked.narrowed if pair[0] != "library")


def _without_own(asked: Asked) -> Asked:
    """Without the own library, which the switch shows."""
    return asked.without_one("library", str(library().id))


def _address(of: str) -> str:
    return f"{url_for('catalogue.index')}?{of}"
