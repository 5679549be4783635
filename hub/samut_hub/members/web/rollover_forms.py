"""Where each class goes at a new school year."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectChoice, SelectField
from wtforms.fields.core import Field
from wtforms.validators import DataRequired, NumberRange, Optional

from samut_hub.era import BUDDHIST_ERA, FIRST_BUDDHIST
from samut_hub.members.models import Group
from samut_hub.members.rolling import Plan, Step, ends_school
from samut_hub.web.forms import DayField, Form
from samut_hub.web.language import language

STAYS, LEAVES = "stays", "leaves"


class YearField(IntegerField):  # type: ignore[misc]  # WTForms has no types
    """A school year in either era; its data are of the Common Era, in which it begins."""

    data: Any

    def _value(self) -> str:
        if self.data is None or self.errors:
            return self.raw_data[0] if self.raw_data else ""
        return str(self.data + BUDDHIST_ERA * (language() == "th"))

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and self.data >= FIRST_BUDDHIST:
            self.data -= BUDDHIST_ERA


class RollOverForm(Form):
    """The school year that begins, and what becomes of who leaves. Make one with `following`."""

    year = YearField(_l("School year that begins"), [DataRequired(), NumberRange(1900, 2300)])
    leaver_type = SelectField(_l("Those who leave become"), coerce=int, default=0)
    leaver_until = DayField(
        _l("Their membership ends on"),
        [Optional()],
        description=_l("Empty: 31 March, when the school year is over. Loans stay as they are."),
    )

    @classmethod
    def following(cls, groups: Sequence[Group], goes: Mapping[int, int | None]) -> Self:
        """With a field for each class, in which stands what is proposed."""
        choices = [SelectChoice(STAYS, _l("nobody moves")), *(SelectChoice(str(one.id), one.name) for one in groups)]
        choices.append(SelectChoice(LEAVES, _l("leaves the school")))
        controls = {
            f"to-{one.id}": SelectField(one.name, choices=choices, default=_where(one.id, goes)) for one in groups
        }
        controls |= {
            f"type-{one.id}": SelectField(one.name, coerce=int, default=0) for one in groups if ends_school(one)
        }
        form: Self = type(cls.__name__, (cls,), controls)()
        return form

    def classes(self) -> list[Field]:
        return [control for control in self if control.name.startswith("to-")]

    def types(self) -> list[Field]:
        """Of which type those become who come from the last class of a school to another one."""
        return [control for control in self if control.name.startswith("type-")]

    def plan(self) -> Plan:
        """What was filled in. A class that goes to itself stays."""
        chosen = {int(one.name.removeprefix("to-")): one.data for one in self.classes() if one.data != STAYS}
        types = {int(one.name.removeprefix("type-")): one.data or None for one in self.types()}
        steps = (Step(one, None if to == LEAVES else int(to), types.get(one)) for one, to in chosen.items())
        return Plan(
            year=self.year.data,
            steps=tuple(step for step in steps if step.to != step.group_id),
            leaver_type=self.leaver_type.data or None,
            leaver_until=self.leaver_until.data,
        )


def _where(group_id: int, goes: Mapping[int, int | None]) -> str:
    return STAYS if group_id not in goes else LEAVES if (to := goes[group_id]) is None else str(to)
