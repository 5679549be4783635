"""The matrix of loan rules, and what it would say for one member and one book."""

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.service import item_by_barcode, material_types
from samut_hub.circulation import rules as matrix
from samut_hub.circulation.forms import RuleForm, WhatIfForm
from samut_hub.circulation.web.blueprint import pages
from samut_hub.errors import RefusedError
from samut_hub.members.groups import member_types
from samut_hub.members.service import member_by_number
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, now
from samut_hub.web.language import language

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
        answer=answer,
    )
    return page, 200


@pages.route("/rules/new", methods=["GET", "POST"])
@needs(Permission.EDIT_RULES)
def new_rule() -> Page:
    form = _rule_form()
    if form.accepts(_or_say_taken(lambda: matrix.add_rule(db(), form.fields()))):
        return redirect(url_for(".rules"))
    return show("circulation/rule.html", form, rule=None)


@pages.route("/rules/<int:rule_id>", methods=["GET", "POST"])
@needs(Permission.EDIT_RULES)
def edit_rule(rule_id: int) -> Page:
    own, form = matrix.rule(db(), rule_id), _rule_form()
    if form.accepts(_or_say_taken(lambda: matrix.edit_rule(db(), own, form.fields()))):
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
    form.member_type.choices = [("", _("Any")), *_types().items()]
    form.material.choices = [("", _("Any")), *_materials().items()]
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
    return None if member is None or item is None else matrix.what_if(db(), member, item, now())


def _types() -> Choices:
    return {kind.code: kind.name(language()) for kind in member_types(db())}


def _materials() -> Choices:
    return {kind.code: kind.name(language()) for kind in material_types(db())}
