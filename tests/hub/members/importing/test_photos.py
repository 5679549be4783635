"""Photographs in an archive, named by their members' numbers."""

import io
import zipfile

import pytest
from PIL import Image

from samut_hub.members.importing import pictures
from samut_hub.members.photos import read_photo
from tests.hub.members.importing.conftest import Office, csv

HEAD = ("เลขประจำตัว", "ชื่อ", "เลขบัตรประชาชน")


def picture(side: int = 60, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "navy").save(out, kind)
    return out.getvalue()


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in files.items():
            parts.writestr(name, content)
    return out.getvalue()


def test_photos_find_their_members_and_what_is_none_is_told_by_name(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "AT_ONCE", 4)
    office.bring_in(csv(HEAD, ("20101", "มะลิ", "1101700230708"), ("20102", "ปอโล", ""), ("20103", "นับดาว", "")))
    content = archive(
        **{
            "ป.1/20101.jpg": picture(2_000),
            "20102.PNG": picture(kind="PNG"),
            "20103.jpg": b"no picture",
            "99999.jpg": picture(),
            "1101700230708.jpg": picture(),
            "bomb.jpg": b"\0" * (pictures.LARGEST_PICTURE + 1),
            "__MACOSX/._20101.jpg": b"left behind",
            "Thumbs.db": b"left behind",
        }
    )
    run = office.bring_in(content, photos=True)
    assert (run.updated, run.refused) == (2, 4)
    assert {(name, why) for _, why, name in office.refused(run)} == {
        ("20103.jpg", "not_a_picture"),
        ("99999.jpg", "not_a_member"),
        ("1101700230708.jpg", "repeated"),
        ("bomb.jpg", "too_large"),
    }
    with office.database.session(office.library) as session:
        shown = read_photo(session.merge(office.member("20101")).photo or b"")
    assert shown is not None
    assert (shown.width, shown.height) == (pictures.SIDE, pictures.SIDE)
    assert office.bring_in(content, photos=True).unchanged == 2
    office.undo(run)
    assert not office.member("20101").has_photo
