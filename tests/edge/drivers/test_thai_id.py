"""A Thai national ID card is put into the chip card reader of a desk."""

import asyncio
from datetime import date

import pytest

from samut_edge.devices.chip_card import UnreadableCardError
from samut_edge.devices.part import Part
from samut_edge.devices.thai_identity import ThaiIdentity, read_identity
from samut_edge.drivers import create_part
from samut_edge.drivers.thai_id import ThaiIdReader
from samut_edge.events import CardKind, CardTapped
from samut_edge.virtual.chip_cards import Holder, NfcCard, ThaiIdCard
from tests.edge.drivers.heard import Heard, ready, story, until
from tests.edge.drivers.test_pcsc import CITIZEN, card_readers, slot

PHOTO = b"\xff\xd8" + bytes(range(256)) * 19 + b"\xff\xd9"
MANEE = Holder(
    name_th="น.ส.#มานี##ใจดี",
    name_en="Miss#Manee##Jaidee",
    born="25580500",
    sex="2",
    address="1/2#หมู่ที่ 3####ตำบลท่าหิน#อำเภอเมืองลพบุรี#จังหวัดลพบุรี",
    issued="25670517",
    expires="99999999",
    photo=PHOTO,
)


def told_by(card: ThaiIdCard, *, photo: bool = False) -> ThaiIdentity:
    return read_identity(card.answer, photo=photo)


def reader(part: Part) -> ThaiIdReader:
    assert isinstance(part, ThaiIdReader)
    return part


@pytest.mark.parametrize("fetch_p2", [0, 1])
def test_all_that_the_card_tells(fetch_p2: int) -> None:
    card = ThaiIdCard(CITIZEN, fetch_p2, MANEE)
    assert told_by(card, photo=True) == ThaiIdentity(
        number=CITIZEN,
        name_th="น.ส. มานี ใจดี",
        name_en="Miss Manee Jaidee",
        born="2015-05",
        sex="f",
        address="1/2 หมู่ที่ 3 ตำบลท่าหิน อำเภอเมืองลพบุรี จังหวัดลพบุรี",
        issued_on=date(2024, 5, 17),
        expires_on=None,
        photo=PHOTO,
    )


def test_the_photo_is_left_in_the_card_unless_it_is_wanted() -> None:
    card = ThaiIdCard(CITIZEN, holder=MANEE)
    assert told_by(card).photo == b""
    assert not [at for at in card.asked_for if 0x17B <= at < 0x1579]


@pytest.mark.parametrize(
    ("written", "born"),
    [
        ("25580517", "2015-05-17"),
        ("25580500", "2015-05"),
        ("25580000", "2015"),
        ("2558    ", "2015"),
        ("25580231", "2015"),
        ("00000000", ""),
        ("        ", ""),
    ],
)
def test_a_birth_date_is_as_precise_as_the_card(written: str, born: str) -> None:
    assert told_by(ThaiIdCard(CITIZEN, holder=Holder(born=written))).born == born


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("นาย#สมชาย##ใจดี", "นายสมชาย ใจดี"),
        ("เด็กหญิง#ชูใจ#กลาง#รักไทย", "เด็กหญิงชูใจ กลาง รักไทย"),
        ("ด.ช.#ปิติ##พิทักษ์ไทย", "ด.ช. ปิติ พิทักษ์ไทย"),
        ("#มานะ##", "มานะ"),
        ("", ""),
    ],
)
def test_a_name_is_written_as_thais_write_it(written: str, name: str) -> None:
    assert told_by(ThaiIdCard(CITIZEN, holder=Holder(name_th=written))).name_th == name


def test_no_word_of_the_holder_is_in_what_is_printed_of_it() -> None:
    identity = told_by(ThaiIdCard(CITIZEN, holder=MANEE), photo=True)
    for secret in (CITIZEN, "มานี", "Manee", "2015", "ลพบุรี"):
        assert secret not in repr(identity)


def test_a_card_of_another_kind_is_refused() -> None:
    with pytest.raises(UnreadableCardError):
        read_identity(lambda _: b"\x6a\x82", photo=False)


@story
async def test_without_a_wish_only_the_number_is_read_and_with_one_all_is() -> None:
    heard, card = Heard(), ThaiIdCard(CITIZEN, holder=MANEE)
    async with card_readers("Samut id") as daemon, create_part("id", "thai_id", {}, heard) as part:
        await ready(part)
        await slot(daemon, "Samut id").tap(card)
        tapped = await heard.next(CardTapped)
        assert (tapped.kind, tapped.value) == (CardKind.NATIONAL_ID, CITIZEN)
        assert card.asked_for == [0x04]
        wish = asyncio.create_task(reader(part).read_identity(photo=True))
        await asyncio.sleep(0)
        await slot(daemon, "Samut id").tap(ThaiIdCard(CITIZEN, holder=MANEE))
        assert (await wish).photo == PHOTO
        assert heard.news == []
        await slot(daemon, "Samut id").tap(ThaiIdCard(CITIZEN))
        await heard.next(CardTapped)


@story
async def test_a_card_that_lies_in_the_reader_already_is_read_at_once() -> None:
    heard, card = Heard(), ThaiIdCard(CITIZEN, holder=MANEE)
    card.stays = 3.0
    async with card_readers("Samut id") as daemon, create_part("id", "thai_id", {}, heard) as part:
        await ready(part)
        holding = asyncio.create_task(slot(daemon, "Samut id").tap(card))
        await heard.next(CardTapped)
        identity = await asyncio.wait_for(reader(part).read_identity(photo=False), 2)
        assert (identity.name_th, identity.born) == ("น.ส. มานี ใจดี", "2015-05")
        holding.cancel()


@story
async def test_a_student_card_put_in_by_mistake_is_named_and_the_wish_waits_on() -> None:
    heard = Heard()
    async with card_readers("Samut id") as daemon, create_part("id", "thai_id", {}, heard) as part:
        await ready(part)
        wish = asyncio.create_task(reader(part).read_identity(photo=False))
        await asyncio.sleep(0)
        wrong = asyncio.create_task(slot(daemon, "Samut id").tap(NfcCard("04A1B2C3")))
        await until(lambda: "not known" in part.status.detail)
        wrong.cancel()
        await asyncio.sleep(1)
        assert not wish.done()
        await slot(daemon, "Samut id").tap(ThaiIdCard(CITIZEN, holder=MANEE))
        assert (await wish).number == CITIZEN
