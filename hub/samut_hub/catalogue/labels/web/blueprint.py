"""The address under which all pages about labels stand."""

from flask import Blueprint

pages = Blueprint("labels", "samut_hub.catalogue.labels", template_folder="templates", url_prefix="/catalogue/labels")
