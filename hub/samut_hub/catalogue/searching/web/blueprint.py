"""Under which address the staff's search stands, and what templates of results may use."""

from flask import Blueprint, url_for

from samut_hub.catalogue.listed import Listed
from samut_hub.catalogue.models import Title

pages = Blueprint("searching", "samut_hub.catalogue.searching", template_folder="templates", url_prefix="/catalogue")


@pages.app_template_global()
def cover_of(title: Title | Listed, size: str = "small") -> str:
    """The address of the cover's picture, empty where there is none."""
    return url_for("images.cover", name=title.cover, size=size) if title.cover else ""
