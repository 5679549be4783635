"""The address under which all pages about printed cards stand."""

from flask import Blueprint

pages = Blueprint("cards", "samut_hub.cards", template_folder="templates", url_prefix="/cards")
