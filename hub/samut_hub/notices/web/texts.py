"""The words of notices: changed by the library, looked at with the data of a member, put back to those of Samut."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.errors import RefusedError
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_number
from samut_hub.notices import texts
from samut_hub.notices.examples import Look, look_at
from samut_hub.notices.forms import WordsForm
from samut_hub.notices.letters import Press
from samut_hub.notices.names import CHANNELS, FIELDS, KINDS, say_words_fault
from samut_hub.notices.policy import Channel, Kind
from samut_hub.notices.texts import LANGUAGES, WordsError
from samut_hub.notices.web.blueprint import pages, settings_here
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, library, needs, now, only_looks, the_hub

Page = str | Response | tuple[str, int]
Key = tuple[Kind, Channel, str]


@pages.get("/settings/notices/texts")
@needs(Permission.EDIT_NOTICES)
def text_list() -> str:
    own = texts.texts_of(db())
    kinds = {kind: texts.channels_of(kind) for kind in Kind}
    shown = {"kinds": kinds, "languages": LANGUAGES, "own": own, "names": KINDS, "ways": CHANNELS}
    return render_template("notices/texts.html", **shown)


@pages.route("/settings/notices/texts/<notice_kind>/<channel>/<language>", methods=["GET", "POST"])
@needs(Permission.EDIT_NOTICES)
def text(notice_kind: str, channel: str, language: str) -> Page:
    key = _key(notice_kind, channel, language)
    words = texts.words_for(texts.texts_of(db()), *key)
    form = WordsForm(data={"subject": words.subject, "body": words.body})
    if not form.accepts(lambda: _save(key, form)):
        return _page(key, form)
    flash(_("Saved."), "success")
    return redirect(url_for(".text", notice_kind=notice_kind, channel=channel, language=language))


@pages.post("/settings/notices/texts/<notice_kind>/<channel>/<language>/look")
@only_looks
@needs(Permission.EDIT_NOTICES)
def look_at_text(notice_kind: str, channel: str, language: str) -> Page:
    """As it would be sent; nothing is saved."""
    key, form = _key(notice_kind, channel, language), WordsForm()
    seen = None
    if form.validate_on_submit():
        try:
            texts.check(key[0], form.words())
            seen = look_at(_press(), key, form.words(), _member(form))
        except WordsError as error:
            form.body.errors = [*form.body.errors, say_words_fault(error)]
        except RefusedError as error:
            form.member.errors = [*form.member.errors, str(error)]
    return _page(key, form, seen)


@pages.post("/settings/notices/texts/<notice_kind>/<channel>/<language>/reset")
@needs(Permission.EDIT_NOTICES)
def reset_text(notice_kind: str, channel: str, language: str) -> Response:
    texts.reset(db(), *_key(notice_kind, channel, language))
    flash(_("The words that come with Samut are used again."), "success")
    return redirect(url_for(".text", notice_kind=notice_kind, channel=channel, language=language))


def _key(kind: str, channel: str, language: str) -> Key:
    if kind not in tuple(Kind) or language not in LANGUAGES or channel not in texts.channels_of(Kind(kind)):
        abort(404)
    return Kind(kind), Channel(channel), language


def _save(key: Key, form: WordsForm) -> None:
    try:
        texts.save(db(), library().id, key, form.words(), now=now())
    except WordsError as error:
        raise RefusedError(say_words_fault(error)) from None


def _member(form: WordsForm) -> Member | None:
    if not form.member.data:
        return None
    found = member_by_number(db(), form.member.data)
    if found is None:
        raise RefusedError(_("There is no member with this number."))
    return found


def _press() -> Press:
    return Press(db(), library(), settings_here(), now(), the_hub().config.url)


def _page(key: Key, form: WordsForm, seen: Look | None = None) -> Page:
    kind, channel, language = key
    is_own = (kind, channel, language) in texts.texts_of(db())
    return show(
        "notices/text.html",
        form,
        kind=kind,
        channel=channel,
        text_language=language,
        is_own=is_own,
        fields={name: FIELDS[name] for name in texts.fields_of(kind)},
        seen=seen,
    )
