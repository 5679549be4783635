"""A library's own designs: begin with a ready one, move and change its parts, see the card at once."""

from base64 import b64encode
from dataclasses import dataclass

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.cards import designs, filling
from samut_hub.cards.design import MOST_PARTS, Design, Kind, Part
from samut_hub.cards.forms import DesignForm, new_part, say_design
from samut_hub.cards.models import CardDesign
from samut_hub.cards.sample import sample_content
from samut_hub.cards.web.blueprint import pages
from samut_hub.cards.web.printing import today
from samut_hub.errors import RefusedError
from samut_hub.members import own_fields
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, now, only_looks, wants_fragment

Answer = str | Redirect | tuple[str, int]


@dataclass(frozen=True)
class Shown:
    """Both sides; `picture` is an address that carries its own content."""

    picture: str
    design: Design
    width: float
    height: float

    @property
    def back_at(self) -> tuple[float, float]:
        """Where the back begins: beside an upright front, below a lying one."""
        design = self.design
        return (design.width + filling.BETWEEN, 0) if design.is_upright else (0, design.height + filling.BETWEEN)

    @property
    def numbered(self) -> list[tuple[int, Part]]:
        """The parts with their places in the form."""
        return list(enumerate(self.design.parts))


@pages.get("/designs")
@needs(Permission.EDIT_MEMBERS)
def design_list() -> str:
    return render_template("cards/designs.html", choices=designs.design_choices(db()))


@pages.get("/designs/<design_key>.png")
@needs(Permission.EDIT_MEMBERS)
def design_picture(design_key: str) -> Response:
    """Both sides, filled with somebody invented."""
    png, _size = _drawn(designs.design_for(db(), design_key).design)
    answer = make_response(png)
    answer.mimetype = "image/png"
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


@pages.route("/designs/new", methods=["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def new_design() -> Answer:
    """`like` is the key of the design that it starts from."""
    if request.method == "GET":
        like = designs.design_for(db(), request.args.get("like", ""))
        return _page(DesignForm.following(_("Copy of %(design)s", design=say_design(like.name)), like.design), None)
    return _save(CardDesign())


@pages.route("/designs/<int:design_id>", methods=["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def edit_design(design_id: int) -> Answer:
    row = designs.design_by_id(db(), design_id)
    if request.method == "GET":
        return _page(DesignForm.following(row.name, designs.drawn(row)), row)
    return _save(row)


@pages.post("/designs/look")
@needs(Permission.EDIT_MEMBERS)
@only_looks
def look_design() -> Answer:
    """The design as it would be, nothing is kept: a part added or removed, or only shown; as a fragment the card."""
    form = _sent()
    is_right = form.validate()
    if wants_fragment():
        seen = _shown(form.design(), with_long_name=form.with_long_name.data) if is_right else None
        return render_template("cards/drawn.html", shown=seen, form=form)
    own = request.form.get("own", type=int)
    row = designs.design_by_id(db(), own) if own else None
    return _page(_changed(form) if is_right else form, row)


@pages.post("/designs/<int:design_id>/remove")
@needs(Permission.EDIT_MEMBERS)
def remove_design(design_id: int) -> Redirect:
    designs.remove_design(db(), design_id)
    flash(_("The design is removed."), "success")
    return redirect(url_for(".design_list"))


def _save(row: CardDesign) -> Answer:
    form = _sent()
    if not form.accepts(lambda: _keep(form, row)):
        return _page(form, row if row.id else None)
    flash(_("The design is saved."), "success")
    return redirect(url_for(".design_list"))


def _keep(form: DesignForm, row: CardDesign) -> None:
    try:
        designs.keep_design(db(), row, form.title.data, form.design(), now=now())
    except designs.NameTakenError:
        sentence = _("There is a design named “%(name)s” already. Give this one another name.", name=form.title.data)
        raise RefusedError(sentence) from None


def _sent() -> DesignForm:
    form = DesignForm()
    form.offer(own_fields.own_fields(db()), dict(designs.pictures_of(db()).names))
    return form


def _changed(form: DesignForm) -> DesignForm:
    """With the part added or removed that was asked for."""
    parts, do = list(form.design().parts), request.form.get("do", "")
    if do == "add" and len(parts) < MOST_PARTS:
        parts.append(new_part(Kind(form.add.data)))
    elif do.startswith("remove-") and do.removeprefix("remove-") in map(str, range(len(parts))):
        del parts[int(do.removeprefix("remove-"))]
    design = Design(is_upright=form.is_upright.data, parts=tuple(parts))
    changed = DesignForm.following(form.title.data, design)
    changed.with_long_name.data = form.with_long_name.data
    return changed


def _page(form: DesignForm, row: CardDesign | None) -> tuple[str, int]:
    form.offer(own_fields.own_fields(db()), dict(designs.pictures_of(db()).names))
    seen = None if form.errors else _shown(form.design(), with_long_name=form.with_long_name.data)
    return show("cards/design.html", form, row=row, shown=seen)


def _shown(design: Design, *, with_long_name: bool = False) -> Shown:
    png, size = _drawn(design, with_long_name=with_long_name, below=not design.is_upright)
    return Shown(f"data:image/png;base64,{b64encode(png).decode()}", design, *size)


def _drawn(design: Design, *, with_long_name: bool = False, below: bool = False) -> tuple[bytes, tuple[float, float]]:
    known = filling.known_of(db(), design)
    content = sample_content(known.library, known.fields, today(), with_long_name=with_long_name)
    return filling.picture_of_card(content, design, known, below=below)
