"""A test message to oneself, by the same ways as all others."""

from uuid import uuid4

from markupsafe import escape

from samut_hub.notices.channels.sending import Outgoing
from samut_hub.notices.rendering import Message, Paragraph
from samut_hub.notices.texts import fill, talk


def trial_of(library: str, address: str, language: str) -> Outgoing:
    values, words = {"library": library}, talk(language)
    text = fill(words["trial"], values)
    html = f'<!doctype html><html lang="{language}"><meta charset="utf-8"><p>{escape(text)}</p></html>'
    message = Message(fill(words["trial_subject"], values), text + "\n", html, [Paragraph(text)])
    return Outgoing(address, "", library, message, str(uuid4()))
