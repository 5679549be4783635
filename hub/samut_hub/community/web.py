"""Pages on which staff write the news of their library."""

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.community import service
from samut_hub.community.forms import NewsForm, TellForm
from samut_hub.community.models import News
from samut_hub.community.paragraphs import beginning, paragraphs
from samut_hub.errors import RefusedError
from samut_hub.members.groups import groups, member_types
from samut_hub.notices.news import receivers, tell_news
from samut_hub.notices.web.blueprint import making_of
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, library, needs, now, staff
from samut_hub.web.language import language
from samut_hub.web.paging import page_asked

Page = Response | tuple[str, int]
PER_PAGE = 30
LAST_PAGE = 500

pages = Blueprint("community", __name__, template_folder="templates")
pages.add_app_template_filter(paragraphs)
pages.add_app_template_filter(beginning)


@pages.get("/news/written")
@needs(Permission.EDIT_NEWS)
def index() -> str:
    page = page_asked(LAST_PAGE)
    news, more = service.all_news(db(), page=page, per_page=PER_PAGE)
    today = now().astimezone(ZoneInfo(library().zone)).date()
    return render_template("community/index.html", news=news, page=page, more=more, today=today)


@pages.route("/news/new", methods=["GET", "POST"])
@needs(Permission.EDIT_NEWS)
def new() -> Page:
    form = NewsForm(shown_from=now().astimezone(ZoneInfo(library().zone)).date())
    if not form.accepts(lambda: service.write_news(db(), form.fields(), staff_id=staff().id, now=now())):
        return show("community/edit.html", form, news=None)
    flash(_("The news is saved."), "success")
    return redirect(url_for(".index"))


@pages.route("/news/<int:news_id>/edit", methods=["GET", "POST"])
@needs(Permission.EDIT_NEWS)
def edit(news_id: int) -> Page:
    news, form = service.news_by_id(db(), news_id), NewsForm()
    if not form.is_submitted():
        form.show_news(news)
    elif form.accepts(lambda: service.change_news(db(), news, form.fields(), now=now())):
        flash(_("The news is saved."), "success")
        return redirect(url_for(".index"))
    return show("community/edit.html", form, news=news)


@pages.route("/news/<int:news_id>/tell", methods=["GET", "POST"])
@needs(Permission.EDIT_NEWS)
def tell(news_id: int) -> Page:
    """Send the news to the members of chosen classes and types; to nobody twice."""
    news, form = service.news_by_id(db(), news_id), TellForm.offering(groups(db()), member_types(db()), language())
    told: list[int] = []
    if form.accepts(lambda: told.append(_tell(news, form))):
        flash(_("Messages that go out now: %(count)s", count=told[-1]), "success")
        return redirect(url_for(".index"))
    return show("community/tell.html", form, news=news)


@pages.post("/news/<int:news_id>/remove")
@needs(Permission.EDIT_NEWS)
def remove(news_id: int) -> Response:
    service.remove_news(db(), service.news_by_id(db(), news_id))
    flash(_("The news is removed."), "success")
    return redirect(url_for(".index"))


def _tell(news: News, form: TellForm) -> int:
    making = making_of(library())
    if making is None or not making.ready:
        raise RefusedError(_("Neither LINE nor e-mail is set up yet. Administrators do that in the settings."))
    if making.settings.paused:
        raise RefusedError(_("Notices are paused. Administrators let them go on in the settings."))
    to = receivers(db(), form.group_ids.data, form.type_ids.data)
    return tell_news(making, news.id, {"title": news.title, "text": news.text}, to)
