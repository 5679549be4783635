"""Which members are changed at once, and how."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import Optional

from samut_hub.members.editing import Chosen, Edit, Wanted
from samut_hub.members.models import Group, MemberType
from samut_hub.web.forms import DayField, Form
from samut_hub.web.language import language


class EditManyForm(Form):
    """The first three fields choose members; `change` names the fields behind it that are set, also to nothing."""

    in_group = SelectField(_l("Class or department"), coerce=int, default=0)
    of_type = SelectField(_l("Type of member"), coerce=int, default=0)
    expires_by = DayField(_l("Membership ends by"), [Optional()])
    change = SelectMultipleField(
        _l("Change"), choices=[SelectChoice(name, name) for name in ("group_id", "type_id", "expires_on")]
    )
    group_id = SelectField(_l("Class or department"), coerce=int, default=0)
    type_id = SelectField(_l("Type of member"), coerce=int, default=0)
    expires_on = DayField(_l("Member until"), [Optional()], description=_l("Empty: without end."))

    def offer(self, groups: Iterable[Group], types: Iterable[MemberType]) -> None:
        classes = [SelectChoice(one.id, one.name) for one in groups]
        kinds = [SelectChoice(one.id, one.name(language())) for one in types]
        self.in_group.choices = [SelectChoice(0, _l("All classes")), *classes]
        self.of_type.choices = [SelectChoice(0, _l("All types")), *kinds]
        self.group_id.choices = [SelectChoice(0, "–"), *classes]
        self.type_id.choices = [SelectChoice(0, "–"), *kinds]

    def edit(self) -> Edit:
        """What was filled in."""
        chosen = Chosen(
            group_id=self.in_group.data or None, type_id=self.of_type.data or None, expires_by=self.expires_by.data
        )
        ticked = tuple(self.change.data or ())
        wanted = Wanted(
            change=ticked,
            group_id=self.group_id.data or None if "group_id" in ticked else None,
            type_id=self.type_id.data or None if "type_id" in ticked else None,
            expires_on=self.expires_on.data if "expires_on" in ticked else None,
        )
        return Edit(chosen, wanted)

    def is_complete(self) -> bool:
        """Whether somebody is chosen and something is changed; what is missing is said at the head of the form."""
        edit = self.edit()
        if edit.chosen.is_everybody:
            self.form_errors.append(_l("Choose members: by class, type or end of membership."))
        if not edit.wanted.change:
            self.form_errors.append(_l("Tick what is to be changed."))
        if "type_id" in edit.wanted.change and edit.wanted.type_id is None:
            self.type_id.errors = [*self.type_id.errors, _l("Every member is of some type.")]
        return not self.errors
