"""The text of a record as it is edited, and what is said about its faults."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, TextAreaField

from samut_hub.catalogue.editor.checking import LENGTH_006, LENGTH_008, Fault, Finding
from samut_hub.catalogue.editor.guide import Position, leader_positions, positions_of_008
from samut_hub.catalogue.editor.lines import LEADER_LENGTH, LEADER_TAG
from samut_hub.web.forms import Form

FAULTS = {
    Fault.UNREADABLE: _l("A line begins with a tag of three characters and a blank, for example 245 10 $aTitle."),
    Fault.NO_LEADER: _l("The line of the leader is missing: it begins with LDR."),
    Fault.LEADER_LENGTH: _l(
        "The leader has %(about)s characters instead of %(leader)s, or some that are no plain letters and digits."
    ),
    Fault.TAG: _l("“%(tag)s” is no tag: three letters or digits are."),
    Fault.NO_TITLE: _l("There is no title: a field 245 with $a is needed."),
    Fault.NO_SUBFIELDS: _l("%(tag)s has no subfields: put $a before the text."),
    Fault.SUBFIELD_CODE: _l(
        "%(tag)s: “%(about)s” after $ is no code: one letter or digit is. A dollar sign is written {dollar}."
    ),
    Fault.INDICATOR_LENGTH: _l("%(tag)s: “%(about)s” is not two indicators."),
    Fault.CONTROL_CHARACTER: _l("%(tag)s holds a character that cannot be seen. Take out what stands in braces."),
    Fault.LENGTH_008: _l("008 has %(about)s characters instead of %(eight)s."),
    Fault.LENGTH_006: _l("006 has %(about)s characters instead of %(six)s."),
    Fault.ONLY_ONCE: _l("%(tag)s may stand in a record only once."),
    Fault.TOO_MANY: _l("A record has at most %(about)s fields."),
    Fault.UNKNOWN_TAG: _l("%(tag)s is not known."),
    Fault.WRONG_INDICATOR: _l("%(tag)s: indicator %(about)s is not foreseen."),
    Fault.UNKNOWN_SUBFIELD: _l("%(tag)s: subfield $%(about)s is not foreseen."),
    Fault.EMPTY_SUBFIELD: _l("%(tag)s: subfield $%(about)s is empty."),
    Fault.REPEATED_FIELD: _l("%(tag)s usually stands in a record only once."),
    Fault.REPEATED_SUBFIELD: _l("%(tag)s: subfield $%(about)s usually stands there only once."),
    Fault.BAD_ISBN: _l("“%(about)s” is not a right ISBN. Wrong ones stand in $z."),
    Fault.BAD_ISSN: _l("“%(about)s” is not a right ISSN. Wrong ones stand in $y."),
    Fault.UNKNOWN_CODE: _l("%(tag)s, position %(about)s is not foreseen."),
    Fault.NO_008: _l("There is no field 008."),
    Fault.TOO_LONG: _l("%(tag)s is longer than other systems can read."),
}
_NUMBERS = {"leader": LEADER_LENGTH, "eight": LENGTH_008, "six": LENGTH_006}


class RecordForm(Form):
    """A whole record as lines. Blanks at their ends count, so the text is taken as it is."""

    text = TextAreaField(_l("Record"))
    version = HiddenField()

    def known_version(self) -> int:
        return int(self.version.data) if (self.version.data or "").isdecimal() else 0


def say(finding: Finding) -> str:
    """The sentence for a finding, with its line."""
    sentence = str(FAULTS[finding.fault]) % {"tag": finding.tag, "about": finding.about, **_NUMBERS}
    return _("Line %(line)s: %(sentence)s", line=finding.line, sentence=sentence) if finding.line else sentence


def positions(leader: str) -> list[tuple[str, Position]]:
    """What can be chosen of the leader and of 008 in a record with this leader."""
    return [
        *((LEADER_TAG, position) for position in leader_positions()),
        *(("008", position) for position in positions_of_008(leader)),
    ]


def chosen(sent: MultiDict[str, str]) -> dict[tuple[str, int, int], str]:
    """Positions that were chosen otherwise than they were: tag, place and length with the new text.

    Those left alone say nothing, so what was typed into the text itself stays.
    """
    found = {}
    for name, value in sent.items():
        kind, _dot, where = name.partition(".")
        if kind == "fixed" and value != sent.get(f"was.{where}"):
            tag, at, length = where.split(".") if where.count(".") == 2 else ("", "", "")
            if (
                tag in (LEADER_TAG, "008")
                and at.isdecimal()
                and length.isdecimal()
                and int(at) + int(length) <= LENGTH_008
            ):
                found[tag, int(at), int(length)] = value
    return found
