"""Letters to guardians for window envelopes, and lists for class teachers: as PDF, by typst in a child process."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from samut_hub.confined import call
from samut_hub.libraries.models import Library
from samut_hub.members.models import Group, Member
from samut_hub.notices.facts import Facts, Telling, facts_of
from samut_hub.notices.models import Notice, NoticeSettings
from samut_hub.notices.policy import Channel, Fault, State
from samut_hub.notices.rendering import Listing, compose
from samut_hub.notices.texts import Texts, fill, frame, texts_of, words_for
from samut_hub.spoken import say_day_in_full
from samut_hub.typesetting import FONTS

TEMPLATE = Path(__file__).parent / "letters.typ"
SECONDS, MEGABYTES = 60, 3_000
AT_ONCE = 300
"""Letters in one file: more than anybody folds at one time."""
MOST_LINES = 200
NO_CLASS = 0
"""In place of a group's id."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The letters that wait for the members of one class."""

    group_id: int
    name: str
    letters: int


@dataclass(frozen=True, slots=True)
class Press:
    """With what letters are written. `home` is the address of the hub."""

    session: Session
    library: Library
    settings: NoticeSettings
    now: datetime
    home: str


def batches(session: Session) -> list[Batch]:
    """Classes for which letters wait, by name; those without a class come last."""
    of = (Notice.state == State.TO_PRINT, Notice.channel == Channel.PRINT)
    counted = select(Member.group_id, Group.name, func.count(Notice.id)).select_from(Notice).join(Notice.member)
    rows = session.execute(counted.outerjoin(Member.group).where(*of).group_by(Member.group_id, Group.name))
    found = [Batch(group_id or NO_CLASS, name or "", letters) for group_id, name, letters in rows]
    return sorted(found, key=lambda batch: (not batch.name, batch.name))


def waiting_letters(session: Session, group_id: int | None) -> Sequence[Notice]:
    """Of one class or of all, by class and name; as many as go into one file."""
    wanted = select(Notice).join(Notice.member).outerjoin(Member.group)
    wanted = wanted.where(Notice.state == State.TO_PRINT, Notice.channel == Channel.PRINT)
    if group_id is not None:
        wanted = wanted.where(Member.group_id.is_(None) if group_id == NO_CLASS else Member.group_id == group_id)
    in_order = wanted.order_by(Group.name, Member.sort_name, Notice.id).limit(AT_ONCE)
    return session.scalars(in_order.options(joinedload(Notice.member))).unique().all()


def letters_pdf(press: Press, notices: Sequence[Notice]) -> bytes:
    """One page or more for each notice that still holds. Raises ConfinedError."""
    texts = texts_of(press.session)
    pages = [_letter(press, facts, texts) for facts in _facts(press, notices) if not facts.is_past]
    return _typeset(pages)


def class_lists_pdf(press: Press, notices: Sequence[Notice], language: str) -> bytes:
    """What the letters say, as one table for each class. Raises ConfinedError."""
    good = [facts for facts in _facts(press, notices) if not facts.is_past]
    classes = groupby(good, lambda facts: facts.member.group.name if facts.member.group else "")
    return _typeset([_class_list(press, name, members, language) for name, members in classes])


def mark_printed(session: Session, notice_ids: Iterable[int], now: datetime) -> int:
    """How many of them had not been marked before."""
    of = (Notice.id.in_(set(notice_ids)), Notice.state == State.TO_PRINT)
    done = session.execute(
        update(Notice).where(*of).values(state=State.PRINTED.value, ended_at=now).returning(Notice.id)
    )
    return len(done.all())


def drop_past(press: Press, notices: Sequence[Notice]) -> list[Notice]:
    """Letters about what has come back meanwhile are cancelled; the others."""
    left = []
    for notice, facts in zip(notices, _facts(press, notices), strict=True):
        if facts.is_past:
            notice.state, notice.ended_at, notice.fault = State.CANCELLED.value, press.now, Fault.PAST.value
        else:
            left.append(notice)
    press.session.flush()
    return left


def typeset(*, stdin: bytes) -> bytes:
    """Typst's answer to a document as JSON; run in a process of its own."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(FONTS))
    compiler = typst.Compiler(TEMPLATE, font_paths=fonts, sys_inputs={"document": stdin.decode()})
    made = compiler.compile(format="pdf", pdf_tags=False)
    return made if isinstance(made, bytes) else b""


def _facts(press: Press, notices: Sequence[Notice]) -> list[Facts]:
    told = [Telling.of(notice) for notice in notices]
    return facts_of(press.session, press.library, told, press.now, press.home)


def _typeset(pages: list[dict[str, Any]]) -> bytes:
    said = json.dumps({"pages": pages}, ensure_ascii=False).encode()
    return call(typeset, stdin=said, seconds=SECONDS, megabytes=MEGABYTES)


def _columns(language: str, *names: str) -> list[str]:
    words = frame(language)
    return [words[f"column_{name}"] for name in names]


def _letter(press: Press, facts: Facts, texts: Texts) -> dict[str, Any]:
    words, said = words_for(texts, facts.kind, Channel.PRINT, facts.language), frame(facts.language)
    own = press.settings
    return {
        "columns": _columns(facts.language, "title", "number", "due", "late"),
        "library": facts.values["library"],
        "letterhead": own.letterhead.splitlines(),
        "sender": " · ".join((facts.values["library"], *own.letterhead.splitlines()[:1])),
        "address": address_of(facts.member, facts.language),
        "day": say_day_in_full(press.now.astimezone(ZoneInfo(press.library.zone)).date(), facts.language),
        "indents": facts.language == "th",
        "about": said["about"],
        "subject": fill(words.subject, facts.values),
        "dear": said["dear"],
        "greeting": _receiver(facts.member, facts.language),
        "blocks": [_block(block) for block in compose(words, facts, most=MOST_LINES)],
        "closing": said["closing"],
        "signer": own.signer or said["librarian"],
    }


def _block(block: Any) -> dict[str, Any]:
    if isinstance(block, Listing):
        return {"heading": block.heading, "lines": [asdict(line) for line in block.lines]}
    return {"text": block.text}


def address_of(member: Member, language: str) -> list[str]:
    """What shows in the window: who, and where; without an address the class teacher hands it over."""
    lines = [_receiver(member, language), *member.address.splitlines()]
    if not member.address.strip() and member.group is not None:
        lines.append(fill(frame(language)["through_teacher"], {"class": member.group.name}))
    return lines


def _receiver(member: Member, language: str) -> str:
    """The guardian of a member who goes to school."""
    words, name = frame(language), member.name(language)
    if member.guardian_name:
        return fill(words["guardian"], {"guardian": member.guardian_name, "name": name})
    return fill(words["to_member" if member.education is None else "to_guardian"], {"name": name})


def _class_list(press: Press, name: str, members: Iterable[Facts], language: str) -> dict[str, Any]:
    words = frame(language)
    values: Mapping[str, str] = {"class": name or words["no_class"]}
    lines, day = [], ""
    for facts in members:
        day, who = facts.values["day"], (facts.member.number, facts.member.name(language))
        listed = [*facts.lines, *(line for _, also in facts.also for line in also)]
        lines += [
            [*(who if place == 0 else ("", "")), line.title, line.due, line.days] for place, line in enumerate(listed)
        ]
    return {
        "heading": fill(words["class_heading"], values),
        "intro": fill(words["class_intro"], values),
        "library": press.library.name(language),
        "day": day,
        "columns": _columns(language, "member", "name", "title", "due", "late"),
        "lines": lines,
    }
