"""Accounts elsewhere that are a member's."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from samut_hub.members import identities
from samut_hub.members.models import Member, Provider
from samut_hub.members.service import MemberFields, add_member
from tests.hub.conftest import Clock


@pytest.fixture
def manee(north: Session, pupil: int, clock: Clock) -> Member:
    return _member(north, "10001", pupil, clock)


def _member(north: Session, number: str, pupil: int, clock: Clock) -> Member:
    fields = MemberFields(number=number, type_id=pupil, name_th="มานี")
    return add_member(north, fields, now=clock(), joined_on=date(2026, 5, 1))


def test_a_member_is_known_by_the_account_that_was_linked_last(north: Session, manee: Member, clock: Clock) -> None:
    for subject in ("U1", "U2", "U2"):
        identities.link(north, manee, Provider.LINE, subject, now=clock())
    assert identities.member_of(north, Provider.LINE, "U1") is None
    assert identities.member_of(north, Provider.LINE, "U2") is manee
    assert identities.member_of(north, Provider.SCHOOL, "U2") is None


def test_an_account_is_one_members_until_it_is_parted(
    north: Session, manee: Member, pupil: int, clock: Clock
) -> None:
    other = _member(north, "10002", pupil, clock)
    identities.link(north, manee, Provider.LINE, "U1", now=clock())
    with pytest.raises(identities.IdentityTakenError) as refused:
        identities.link(north, other, Provider.LINE, "U1", now=clock())
    assert refused.value.holder is manee
    identities.unlink(north, manee, Provider.LINE)
    identities.link(north, other, Provider.LINE, "U1", now=clock())
    assert identities.subject_of(north, other, Provider.LINE) == "U1"
