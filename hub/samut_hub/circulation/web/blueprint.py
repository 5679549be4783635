"""The address under which the desk and all that belongs to it stand."""

from flask import Blueprint

pages = Blueprint(
    "circulation",
    "samut_hub.circulation",
    template_folder="templates",
    static_folder="static",
    url_prefix="/desk",
)
