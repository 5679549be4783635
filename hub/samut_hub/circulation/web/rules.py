"""The matrix of loan rules, and what it would say for one member and one book."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from samut_hub.catalogue.service import categories, item_by_barcode, material_types, place_names
from samut_hub.circulation import rules as matrix
from samut_hub.circulation.forms import NAMES, MatrixForm, RuleForm, WhatIfForm
from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.words import level_names
from samut_hub.errors import RefusedError
from samut_hub.members.groups import member_types
from samut_hub.members.service import member_by_number
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import Form, show
from samut_hub.web.hub import db, library, needs, now
from samut_hub.web.language import language
from samut_rules.matrix import VALUES, About

Page = Response | tuple[str, int]
Choices = dict[str, str]


@pages.get("/rules")
@needs(Permission.CIRCULATE)
def rules() -> Page:
    """`member` and `item` in the address ask what would be decided."""
    form = WhatIfForm(request.args)
    asked = bool(request.args) and form.validate()
    answer = _what_if(form) if asked else None
    page = render_template(
        "circulation/rules.html",
        rules=matrix.rules(db()),
        types=_types(),
        materials=_materials(),
        categories=_categories(),
        places=_places(),
        form=form,
        values=_values(),
        answer=answer,
    )
    return page, 200


@pages.get("/rules/matrix")
@needs(Permission.CIRCULATE)
def rule_matrix() -> Page:
    """`value` in the address is shown for every type of member and every material, for items of a category and in a
    place where these are named; `type` and `material` show all."""
    form, values, types, materials = MatrixForm(request.args), _values(), _types(), _materials()
    form.value.choices = [SelectChoice(name, label) for name, label in values.items()]
    form.category.choices, form.place.choices = _choices(_categories()), _choices(_places())
    form.validate()
    value = form.value.data if form.value.data in values else form.value.default
    on = form.on.data or _today()
    about = About(str(form.category.data or ""), str(form.place.data or ""), on=on)
    terms = matrix.matrix(db(), tuple(types), tuple(materials), about)
    kind, material = request.args.get("type", ""), request.args.get("material", "")
    chosen = terms.get(kind, {}).get(material)
    page = render_template(
        "circulation/matrix.html",
        form=form,
        value=value,
        values=values,
        on=on,
        matrix=terms,
        types=types,
        materials=materials,
        chosen=chosen,
        pair=(kind, material),
        asked={name: request.args.get(name) or None for name in ("category", "place")},
    )
    return page, 200


@pages.route("/rules/new", methods=["GET", "POST"])
@needs(Permission.EDIT_RULES)
def new_rule() -> Page:
    form = _rule_form()
    if form.accepts(_or_say_taken(lambda: matrix.add_rule(db(), form.said()))):
        return redirect(url_for(".rules"))
    return show("circulation/rule.html", form, rule=None)


@pages.route("/rules/<int:rule_id>", methods=["GET", "POST"])
@needs(Permission.EDIT_RULES)
def edit_rule(rule_id: int) -> Page:
    own = matrix.rule(db(), rule_id)
    form = _rule_form(own)
    if form.accepts(_or_say_taken(lambda: matrix.edit_rule(db(), own, form.said()))):
        return redirect(url_for(".rules"))
    if not form.is_submitted():
        form.show_rule(own)
    return show("circulation/rule.html", form, rule=own)


@pages.post("/rules/<int:rule_id>/remove")
@needs(Permission.EDIT_RULES)
def remove_rule(rule_id: int) -> Response:
    matrix.remove_rule(db(), matrix.rule(db(), rule_id))
    return redirect(url_for(".rules"))


@pages.route("/rules/materials", methods=["GET", "POST"])
@needs(Permission.EDIT_RULES)
def larger_materials() -> Page:
    """Which materials belong to a larger one, whose rules hold for them and whose limit sums them up."""
    form, materials = Form(), _materials()
    wanted = {code: request.form[f"of-{code}"] for code in materials if request.form.get(f"of-{code}") in materials}
    if form.accepts(_or_say_circle(lambda: matrix.say_larger(db(), wanted))):
        flash(_("Saved. The devices learn of it within seconds."), "success")
        return redirect(url_for(".rules"))
    said = wanted if form.is_submitted() else matrix.larger_materials(db())
    return show("circulation/larger_materials.html", form, materials=materials, said=said)


def _rule_form(own: LoanRule | None = None) -> RuleForm:
    form = RuleForm()
    form.member_type.choices, form.material.choices = _choices(_types()), _choices(_materials())
    form.category_id.choices, form.place_id.choices = _choices(_categories()), _choices(_places())
    form.minimum_level.choices = _levels(own)
    return form


def _levels(own: LoanRule | None) -> list[SelectChoice]:
    """By name; the one that a rule asks for stays, also where it has no name."""
    named = dict(level_names())
    if own is not None and own.minimum_level is not None:
        named.setdefault(str(own.minimum_level), str(own.minimum_level))
    return [SelectChoice("", _("Not set here")), *(SelectChoice(*one) for one in named.items())]


def _choices(named: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice("", _("Any")), *(SelectChoice(*one) for one in named.items())]


def _or_say_circle(change: Callable[[], object]) -> Callable[[], object]:
    def try_it() -> object:
        try:
            return change()
        except matrix.CircleError as error:
            named = _materials().get(str(error), str(error))
            raise RefusedError(_("“%(name)s” would belong to itself. Change one of the lines.", name=named)) from None

    return try_it


def _or_say_taken(change: Callable[[], object]) -> Callable[[], object]:
    def try_it() -> object:
        try:
            return change()
        except matrix.RuleTakenError:
            raise RefusedError(_("There is a rule for the same members and the same items already.")) from None

    return try_it


def _what_if(form: WhatIfForm) -> matrix.WhatIf | None:
    member, item = member_by_number(db(), form.member.data), item_by_barcode(db(), form.item.data)
    if member is None:
        form.member.errors = [_("No member has this number.")]
    if item is None:
        form.item.errors = [_("No book has this bar code.")]
    if member is None or item is None:
        return None
    return matrix.what_if(db(), member, item, _moment(form.on.data), on_site=form.on_site.data)


def _moment(on: date | None) -> datetime:
    """This time of day on that day, at the library; now where none is given."""
    zone = ZoneInfo(library().zone)
    return now() if on is None else datetime.combine(on, now().astimezone(zone).time(), zone).astimezone(UTC)


def _today() -> date:
    return now().astimezone(ZoneInfo(library().zone)).date()


def _values() -> Mapping[str, str]:
    """What a rule may say, in the words and the order of its form."""
    return {name: str(label) for name, label in NAMES.items() if name in VALUES}


def _types() -> Choices:
    return {kind.code: kind.name(language()) for kind in member_types(db())}


def _materials() -> Choices:
    return {kind.code: kind.name(language()) for kind in material_types(db())}


def _categories() -> Choices:
    return {str(one.id): one.shown(language()) for one in categories(db())}


def _places() -> Choices:
    """By what they lie in, the names of the larger ones before."""
    return {str(place_id): name for place_id, name in place_names(db(), language()).items()}
