"""The address under which all about notices stands, and what its templates and those of others ask."""

from flask import Blueprint

from samut_hub.libraries.models import Library
from samut_hub.members.models import Member
from samut_hub.notices.channels.sending import without_addresses
from samut_hub.notices.making import Making
from samut_hub.notices.models import Notice, NoticeSettings
from samut_hub.notices.names import CHANNELS, FAULTS, KINDS, STATES, UNDECIDED
from samut_hub.notices.policy import Channel
from samut_hub.notices.service import may_have_arrived, ways_of
from samut_hub.notices.settings import lacks_of_line, ready_channels, settings_of
from samut_hub.web.hub import db, library, now, the_hub

pages = Blueprint("notices", "samut_hub.notices", template_folder="templates")


def making_of(own: Library) -> Making | None:
    """What notices of this library are made with; None where it never began with notices."""
    settings = settings_of(db(), own.id)
    if settings is None:
        return None
    return Making(db(), own, settings, ready_channels(settings, the_hub().card_secret), now())


def settings_here() -> NoticeSettings:
    """To be shown: those of a library that has none yet are as they would begin."""
    return settings_of(db(), library().id) or NoticeSettings(library_id=library().id)


@pages.app_template_global()
def slip_ways(member: Member) -> list[Channel]:
    """For the desk: over which ways a slip can be sent to this member."""
    making = making_of(library())
    return [] if making is None else ways_of(making, member)


@pages.app_template_global()
def can_link_line() -> bool:
    """For the desk: whether the library has a LINE account that is ready."""
    own = settings_of(db(), library().id)
    return own is not None and not lacks_of_line(own, the_hub().card_secret)


@pages.app_template_filter()
def notice_kind(kind: str) -> str:
    return str(KINDS[kind])


@pages.app_template_filter()
def notice_channel(channel: str) -> str:
    return str(CHANNELS[channel])


@pages.app_template_filter()
def notice_state(notice: Notice) -> str:
    return str(UNDECIDED if may_have_arrived(notice) else STATES[notice.state])


pages.add_app_template_test(may_have_arrived)
pages.add_app_template_filter(without_addresses)


@pages.app_template_filter()
def notice_fault(fault: str) -> str:
    return str(FAULTS[fault]) if fault else ""
