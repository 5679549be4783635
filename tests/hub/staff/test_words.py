"""Nothing that somebody may do is without a sentence, and no long work without a right."""

from samut_hub.jobs.work import KINDS
from samut_hub.staff.policy import ALL
from samut_hub.staff.words import RIGHT_GROUPS
from samut_hub.web.tasks import RIGHTS


def test_each_right_is_said_in_one_sentence_of_one_group() -> None:
    said = [right for group in RIGHT_GROUPS for right in group.sentences]
    assert sorted(said) == sorted(ALL)


def test_each_kind_of_long_work_has_a_right() -> None:
    assert set(RIGHTS) == set(KINDS)
