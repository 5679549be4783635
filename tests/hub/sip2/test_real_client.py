"""The client of the package Sip2 from PyPI, as it is."""

from pathlib import Path

import pytest
from Sip2.wrapper import Sip2Wrapper

from tests.hub.circulation.conftest import BOOKS, MANEE, School
from tests.hub.conftest import PASSWORD
from tests.hub.sip2.conftest import LOGIN, AddAccount, Running


@pytest.fixture
def client(running: Running, school: School, account: AddAccount, tmp_path: Path) -> Sip2Wrapper:
    account()
    running.refresh()
    chosen = {
        "hostName": "127.0.0.1",
        "hostPort": running.server.port,
        "socketTimeout": 30,
        "tlsEnable": False,
        "institutionId": "north",
        "scLocation": "hall",
        "language": "001",
        "logfile_path": str(tmp_path),
        "loglevel": "WARNING",
    }
    return Sip2Wrapper(chosen)


def test_a_pupil_at_another_maker_s_machine(client: Sip2Wrapper, school: School) -> None:
    """Sign-in and self-test of the machine, then a member who looks, borrows, renews, reserves and brings back.

    The wrapper refuses checkouts of members who may borrow (it reads the flag the wrong way round): from there on its
    lower half is used.
    """
    assert client.login_device(LOGIN, PASSWORD)
    assert client.login_patron(MANEE)
    sip = client.return_sip2()
    lent = sip.sip_checkout_response(sip.get_response(sip.sip_checkout_request(BOOKS[0])))
    assert (lent["fixed"]["Ok"], lent["variable"]["AB"]) == ("1", [BOOKS[0]])
    assert client.get_patron_chargedItems() == [BOOKS[0]]
    assert client.get_patron_finesTotal() == 0
    assert client.sip_item_information(BOOKS[0])["fixed"]["CirculationStatus"] == "04"
    renewed = sip.sip_renew_response(sip.get_response(sip.sip_renew_request(BOOKS[0])))
    assert renewed["fixed"]["Ok"] == "0"  # just lent: nothing would be gained
    back = sip.sip_checkin_response(sip.get_response(sip.sip_checkin_request(BOOKS[0])))
    assert back["fixed"]["Ok"] == "1"
    assert school.loans() == []
    client.sip_patron_session_end()
    client.disconnect()
