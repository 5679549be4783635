"""A member's LINE account: linked by a code that is shown to the member and sent to the library's official account.

Who sends the code holds the LINE account. Staff may have seen it as well, so an account linked by it takes notices
and lets nobody in; nor does it take the place of one that does.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

import segno
from sqlalchemy import update
from sqlalchemy.orm import Session

from samut_hub.auditing import Actor, acts
from samut_hub.libraries.models import Library
from samut_hub.members import identities
from samut_hub.members.models import Member, Provider
from samut_hub.notices.facts import my_address
from samut_hub.notices.models import LineCode, NoticeSettings
from samut_hub.notices.settings import DEFAULT_LANGUAGE, choices_of, lacks_of_line
from samut_hub.notices.texts import LANGUAGES, fill, talk

LASTS = timedelta(minutes=30)
LASTS_AT_KIOSK = timedelta(minutes=5)
"""Others see that screen too, and it is for a phone that is at hand."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""None that is taken for another."""
_CODE = re.compile(rf"SAMUT[\s-]*([{_LETTERS}]{{4}})[\s-]*([{_LETTERS}]{{4}})", re.IGNORECASE)
_STOP = frozenset({"ยกเลิก", "stop"})
_CARD = frozenset({"บัตร", "บัตรสมาชิก", "card"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the library's LINE account says to a person, with the token that LINE gave for it.

    `linked` is who hears there from now on; that is told by the ways of before, as by the account of `former`.
    """

    token: str
    text: str
    linked: Member | None = None
    former: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a person did in LINE: `kind` is follow, unfollow or message."""

    kind: str
    user: str
    text: str = ""
    token: str = ""


def make_code(
    session: Session, member: Member, now: datetime, *, staff_id: int | None = None, lasts: timedelta = LASTS
) -> str:
    """A new code for this member, “SAMUT-7KQ2-M9XW”; those made before stay good until they end."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    code = f"SAMUT-{letters[:4]}-{letters[4:]}"
    of = {"library_id": member.library_id, "member_id": member.id, "staff_id": staff_id}
    session.add(LineCode(**of, code_hash=_hash(code), expires_at=now + lasts))
    session.flush()
    return code


def chat_address(account: str, code: str) -> str:
    """Opens the chat with the account, the code ready to be sent (LINE URL scheme “oaMessage”)."""
    return f"https://line.me/R/oaMessage/{quote(account, safe='')}/?{quote(code)}"


def drawing_of(account: str, code: str) -> str:
    """That address as a QR code, as an address that carries its own picture."""
    return segno.make(chat_address(account, code), error="m", micro=False).svg_data_uri(scale=5, border=3)


def squares_of(account: str, code: str) -> tuple[str, ...]:
    """That address as a QR code (ISO/IEC 18004) in rows of “1” for dark and “0” for light, without its border."""
    drawn = segno.make(chat_address(account, code), error="m", micro=False)
    return tuple("".join("1" if square else "0" for square in row) for row in drawn.matrix)


def may_join(session: Session, own: NoticeSettings | None, member: Member, secret: bytes) -> bool:
    """Whether the library's LINE account is ready and this member has linked none yet."""
    return not lacks_of_line(own, secret) and identities.subject_of(session, member, Provider.LINE) is None


def hear(session: Session, library: Library, heard: Heard, now: datetime, home: str) -> Answer | None:
    """What is answered, if anything. Other messages are for people to answer."""
    if heard.kind == "unfollow":
        _part(session, heard.user)
        return None
    if heard.kind == "follow":
        return _say(library, heard, "welcome", home=home)
    code = _CODE.search(heard.text)
    if code is not None:
        return _link(session, library, heard, f"SAMUT-{code[1]}-{code[2]}".upper(), now, home)
    said = heard.text.strip().lower()
    if said in _STOP and _part(session, heard.user):
        return _say(library, heard, "parted", home=home)
    member = identities.member_of(session, Provider.LINE, heard.user) if said in _CARD else None
    if member is not None:
        return _say(library, heard, "card", member=member, home=home, language=_language(session, member))
    return None


def _link(session: Session, library: Library, heard: Heard, code: str, now: datetime, home: str) -> Answer:
    """A message that LINE delivers twice is answered twice in the same way. Who made the code has linked the two."""
    row = session.get(LineCode, _hash(code))
    if row is None or row.expires_at < now or row.used_by not in ("", heard.user):
        return _say(library, heard, "wrong_code", home=home)
    member = session.get_one(Member, row.member_id)
    holder = identities.member_of(session, Provider.LINE, heard.user)
    if holder is not member and any(
        identities.signs_in(session, one, Provider.LINE) for one in (member, holder) if one
    ):
        return _say(library, heard, "signs_in", home=home)
    taken = update(LineCode).where(LineCode.code_hash == row.code_hash, LineCode.used_by.in_(("", heard.user)))
    if session.execute(taken.values(used_by=heard.user).returning(LineCode.code_hash)).first() is None:
        return _say(library, heard, "wrong_code", home=home)
    if row.staff is not None:
        acts(session, Actor(row.staff.id, row.staff.username))
    former = identities.subject_of(session, member, Provider.LINE)
    if holder is not None and holder.id != member.id:
        identities.unlink(session, holder, Provider.LINE)
    identities.link(session, member, Provider.LINE, heard.user, now=now)
    said = _say(library, heard, "linked", member=member, home=home, language=_language(session, member))
    return said if former == heard.user else replace(said, linked=member, former=former)


def said_elsewhere(library: Library, member: Member, language: str) -> dict[str, str]:
    """What a member is told by the ways of before when a LINE account was linked."""
    values = {"library": library.name(language), "name": member.name(language)}
    return {part: fill(talk(language)[f"linked_elsewhere_{part}"], values) for part in ("title", "text")}


def _language(session: Session, member: Member) -> str:
    chosen = choices_of(session, member.id)
    return chosen.language if chosen else DEFAULT_LANGUAGE


def _part(session: Session, user: str) -> bool:
    member = identities.member_of(session, Provider.LINE, user)
    if member is not None:
        identities.unlink(session, member, Provider.LINE)
    return member is not None


def _say(
    library: Library, heard: Heard, what: str, *, home: str, member: Member | None = None, language: str = ""
) -> Answer:
    """In the member's language; to one who is not known in both."""
    languages = (language,) if language else LANGUAGES
    said = []
    for one in languages:
        name = "" if member is None else member.name(one)
        values = {"library": library.name(one), "name": name, "link": my_address(library, home)}
        values["card"] = f"{values['link']}/card"
        said.append(fill(talk(one)[what], values))
    return Answer(heard.token, "\n\n".join(said))


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
