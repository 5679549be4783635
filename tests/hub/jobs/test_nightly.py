"""What is worked out once a day: at night, or soon after a hub that sleeps at night was switched on."""

from datetime import timedelta

import pytest
from flask import Flask

from samut_hub.jobs.nightly import is_due, note_done
from tests.hub.conftest import Clock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_it_comes_once_a_night(hub_app: Flask, clock: Clock) -> None:
    config = hub_app.extensions["samut"].config
    assert is_due(config, clock())
    note_done(config, clock())
    times = [clock() + timedelta(hours=hours) for hours in range(1, 25)]
    due = [time for time in times if is_due(config, time)]
    assert {time.hour + 7 - 24 for time in due} == {1, 2, 3, 4}
    note_done(config, due[0])
    assert not is_due(config, due[1])


def test_a_hub_that_sleeps_at_night_does_it_by_day(hub_app: Flask, clock: Clock) -> None:
    config = hub_app.extensions["samut"].config
    note_done(config, clock())
    assert not is_due(config, clock() + timedelta(hours=24))
    assert is_due(config, clock() + timedelta(hours=27))
