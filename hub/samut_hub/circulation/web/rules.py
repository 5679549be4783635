"""The matrix of loan rules, and what it would say for one member and one book."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from samut_hub.catalogue.service import item_by_barcode, material_types
from samut_hub.circulation import rules as matrix
from samut_hub.circulation.forms import NAMES, MatrixForm, RuleForm, WhatIfForm
from samut_hub.circulation.web.blueprint import pages
from samut_hub.errors import RefusedError
from samut_hub.members.groups import member_types
from samut_hub.members.service import member_by_number
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, library, needs, now
from samut_hub.web.language import language
from samut_rules.matrix import VALUES

Page = Response | tuple[str, int]
Choices = dict[str, str]


@pages.get("/rules")
@needs(Permission.EDIT_RULES)
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
        form=form,
        values=_values(),
        answer=answer,
    )
    return page, 200


@pages.get("/rules/matrix")
@needs(Permission.EDIT_RULES)
def rule_matrix() -> Page:
    """`value` in the address is shown for every type of member and every material; `type` and `material` show all."""
    form, values, types, materials = MatrixForm(request.args), _values(), _types(), _materials()
    form.value.choices = [SelectChoice(name, label) for name, label in values.items()]
    form.validate()
    value = form.value.data if form.value.data in values else form.value.default
    on = form.on.data or _today()
    terms = matrix.matrix(db(), tuple(types), tuple(materials), on)
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
    own, form = matrix.rule(db(), rule_id), _rule_form()
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


def _rule_form() -> RuleForm:
    form = RuleForm()
    form.member_type.choices = [SelectChoice("", _("Any")), *(SelectChoice(*one) for one in _types().items())]
    form.material.choices = [SelectChoice("", _("Any")), *(SelectChoice(*one) for one in _materials().items())]
    return form


def _or_say_taken(change: Callable[[], object]) -> Callable[[], object]:
    def try_it() -> object:
        try:
            return change()
        except matrix.RuleTakenError:
            raise RefusedError(_("There is a rule for this type of member and this material already.")) from None

    return try_it


def _what_if(form: WhatIfForm) -> matrix.WhatIf | None:
    member, item = member_by_number(db(), form.member.data), item_by_barcode(db(), form.item.data)
    if member is None:
        form.member.errors = [_("No member has this number.")]
    if item is None:
        form.item.errors = [_("No book has this bar code.")]
    return None if member is None or item is None else matrix.what_if(db(), member, item, _moment(form.on.data))


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
