"""Forms of titles and items that follow the shape a library wants, and what administrators fill in about shapes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.core import Field
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, Length

from samut_hub.catalogue.fields.policy import ALWAYS, MAY_REPEAT, OWN, Family, FieldShape, Of, Shown, family_of
from samut_hub.catalogue.fields.service import LONGEST_VALUE, MOST_VALUES, FormShape
from samut_hub.catalogue.forms import ItemForm, TextForm, TitleForm
from samut_hub.catalogue.models import MaterialType
from samut_hub.catalogue.records.marc import Description, split_values
from samut_hub.catalogue.records.materials import MATERIALS
from samut_hub.web.language import language

LABELS: dict[Family, dict[str, LazyString]] = {
    Family.BOOK: {},
    Family.THESIS: {"publisher": _l("University or institution"), "summary": _l("Abstract")},
    Family.SERIAL: {"author": _l("Editor or body"), "year": _l("Year of the first issue")},
    Family.CLIPPING: {
        "title": _l("Headline"),
        "publisher": _l("Newspaper or journal"),
        "extent": _l("Date, issue and page"),
        "summary": _l("Content"),
    },
    Family.SHEET: {"author": _l("Author or maker"), "extent": _l("Number and size")},
    Family.RECORDING: {
        "author": _l("Director, performers, makers"),
        "publisher": _l("Producer or distributor"),
        "extent": _l("Number and playing time"),
    },
    Family.OBJECT: {
        "title": _l("Name and model"),
        "publisher": _l("Maker or brand"),
        "year": _l("Year of the model"),
        "edition": _l("Version"),
        "extent": _l("Number of parts and size"),
        "summary": _l("Description"),
    },
}
"""What fields are called for kinds of material that are no books."""
HINTS: dict[Family, dict[str, LazyString]] = {
    Family.RECORDING: {"extent": _l("For example 1 disc (90 min.) : colour")},
    Family.OBJECT: {
        "title": _l("For example Projector Epson EB-X51"),
        "extent": _l("For example 1 board, 32 pieces ; 40 x 40 cm"),
    },
    Family.CLIPPING: {"extent": _l("For example 12 May 2569, p. 4")},
}


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


class Shaped(TextForm):
    """Mixed into a form, lets it follow a `FormShape`: `class ShapedItemForm(Shaped, ItemForm)`.

    Make one with `following`. A field that is hidden and yet says something is shown with the further ones.
    """

    shape: FormShape

    @classmethod
    def following(cls, shape: FormShape, **filled_in: Any) -> Self:
        """The form with the library's own fields in it; `filled_in` is what stands in it until something is sent."""
        own = {field.name: _own_control(shape, field) for field in shape.fields if field.own_id is not None}
        form = type(cls.__name__, (cls,), own)(**filled_in)
        form.shape = shape
        form.follow()
        return form  # type: ignore[no-any-return]  # a class made by type() has no type

    def follow(self) -> None:
        """Labels, hints and checks as the shape says."""
        family = family_of(self.shape.like)
        for field in self._placed():
            control = self[field.name]
            control.label.text = LABELS[family].get(field.name, control.label.text)
            control.description = HINTS.get(family, {}).get(field.name, control.description)
            control.validators = [*_checks(field), *control.validators]
            control.flags.required = field.required and field.shown != Shown.HIDDEN

    def fill_defaults(self) -> None:
        """Put the library's defaults into what is still empty: for something new."""
        for field in self.shape.fields:
            if field.default and field.name in self and not self[field.name].data:
                with suppress(ValueError):  # a default that the field cannot hold: it stays empty
                    self[field.name].process_formdata([field.default])

    def first(self) -> list[Field]:
        return [self[one.name] for one in self._placed() if one.shown == Shown.FIRST]

    def more(self) -> list[Field]:
        return [
            self[one.name]
            for one in self._placed()
            if one.shown == Shown.MORE
            or (one.shown == Shown.HIDDEN and (self[one.name].data or self[one.name].errors))
        ]

    def own_values(self) -> dict[int, list[str]]:
        """What was filled in; one value in a line where there may be several."""
        return {field.own_id or 0: _lines(self[field.name].data, field) for field in self._own()}

    def _own(self) -> Iterator[FieldShape]:
        return (field for field in self.shape.fields if field.own_id is not None)

    def _placed(self) -> Iterator[FieldShape]:
        return (field for field in self.shape.fields if field.name in self)


class OwnFieldForm(TextForm):
    """The names of a field that a library adds."""

    name_th = StringField(_l("Name in Thai"), [DataRequired(), Length(max=80)])
    name_en = StringField(_l("Name in English"), [Length(max=80)])


class MaterialForm(TextForm):
    """The names of a kind of material."""

    name_th = StringField(_l("Name in Thai"), [DataRequired(), Length(max=80)])
    name_en = StringField(_l("Name in English"), [DataRequired(), Length(max=80)])

    @property
    def names(self) -> tuple[str, str]:
        return self.name_th.data, self.name_en.data


class NewMaterialForm(MaterialForm):
    """A kind of material that is not there yet."""

    like = SelectField(_l("Described like"))

    def offer(self, materials: Sequence[MaterialType]) -> None:
        """Only kinds that every library has can be a pattern."""
        known = {material.code for material in MATERIALS}
        self.like.choices = [SelectChoice(one.code, one.name(language())) for one in materials if one.code in known]


class ShapedTitleForm(Shaped, TitleForm):
    """A title, with the fields that the library wants."""


class ShapedItemForm(Shaped, ItemForm):
    """A copy, with the fields that the library wants. A default price or date is written as a person types it."""


def own_data(said: Mapping[int, Sequence[str]]) -> dict[str, str]:
    """What fields of the library's own say, as it stands in a form."""
    return {f"{OWN}{field_id}": "\n".join(values) for field_id, values in said.items()}


def sent_shape(sent: MultiDict[str, str], shape: FormShape) -> list[FieldShape]:
    """The table of fields as it was sent, in the order that its numbers say."""
    rows = [_row(sent, one, place) for place, one in enumerate(shape.fields, start=1)]
    return [field for _, field in sorted(rows, key=lambda row: row[0])]


def label_of(shape: FormShape, name: str) -> str:
    """What the field is called in forms of this shape."""
    own_id = int(name.removeprefix(OWN)) if name.startswith(OWN) else None
    if own_id is not None:
        return shape.own[own_id].name(language())
    form = TitleForm if shape.of == Of.TITLE else ItemForm
    usual = getattr(form, name).args[0] if hasattr(form, name) else None
    return str(LABELS[family_of(shape.like)].get(name, usual)) if usual else ""


def title_labels(like: str) -> dict[str, str]:
    """What the fields of titles are called for a kind of material like this one, for display."""
    special = LABELS[family_of(like)]
    return {name: str(special.get(name, getattr(TitleForm, name).args[0])) for name in Description.__struct_fields__}


def may_repeat(field: FieldShape) -> bool:
    return field.own_id is not None or field.name in MAY_REPEAT


def is_always_there(shape: FormShape, field: FieldShape) -> bool:
    return field.name in ALWAYS[shape.of]


def _row(sent: MultiDict[str, str], before: FieldShape, place: int) -> tuple[tuple[int, int], FieldShape]:
    """With its place: a field that is given another's number goes before it when it moves up, after it when down."""
    name, number = before.name, sent.get(f"position.{before.name}", place, type=int)
    is_shown, is_first = f"shown.{name}" in sent, f"first.{name}" in sent
    field = FieldShape(
        name,
        (Shown.FIRST if is_first else Shown.MORE) if is_shown else Shown.HIDDEN,
        required=f"required.{name}" in sent,
        repeatable=may_repeat(before) and f"repeatable.{name}" in sent,
        default=sent.get(f"default.{name}", "").replace("\0", "").strip()[:LONGEST_VALUE],
    )
    return (number, (number > place) - (number < place)), field


def _own_control(shape: FormShape, field: FieldShape) -> Field:
    label = shape.own[field.own_id or 0].name(language())
    if field.repeatable:
        most = MOST_VALUES * LONGEST_VALUE
        return TextAreaField(label, [Length(max=most)], description=_("One value in each line."))
    return StringField(label, [Length(max=LONGEST_VALUE)])


def _checks(field: FieldShape) -> Iterator[object]:
    if field.required and field.shown != Shown.HIDDEN:
        yield DataRequired()
    if field.name in MAY_REPEAT and not field.repeatable:
        yield _one_value


def _one_value(form: BaseForm, control: Field) -> None:
    if len(split_values(control.data or "")) > 1:
        raise ValidationError(_("Your library wants one value here, without a semicolon."))


def _lines(text: str, field: FieldShape) -> list[str]:
    lines = text.splitlines() if field.repeatable else [text]
    return list(filter(None, (_CONTROL.sub("", line).strip() for line in lines)))
