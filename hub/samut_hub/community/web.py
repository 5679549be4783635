"""Pages on which staff write the news of their library."""

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.community import service
from samut_hub.community.forms import NewsForm
from samut_hub.community.paragraphs import beginning, paragraphs
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, library, needs, now, staff

Page = Response | tuple[str, int]
PER_PAGE = 30
LAST_PAGE = 500

pages = Blueprint("community", __name__, template_folder="templates")
pages.add_app_template_filter(paragraphs)
pages.add_app_template_filter(beginning)


@pages.get("/news/written")
@needs(Permission.EDIT_NEWS)
def index() -> str:
    page = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
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


@pages.post("/news/<int:news_id>/remove")
@needs(Permission.EDIT_NEWS)
def remove(news_id: int) -> Response:
    service.remove_news(db(), service.news_by_id(db(), news_id))
    flash(_("The news is removed."), "success")
    return redirect(url_for(".index"))
