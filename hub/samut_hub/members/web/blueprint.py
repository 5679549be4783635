"""The address under which all pages about members stand."""

from flask import Blueprint

pages = Blueprint("members", "samut_hub.members", template_folder="templates", url_prefix="/members")
