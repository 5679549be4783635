"""A notice in words: plain for LINE and e-mail, HTML for e-mail. What comes from people is never markup."""

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader

from samut_hub.notices.facts import Facts, Line
from samut_hub.notices.texts import Words, fill, frame

MOST_LINES = 30
"""In one list of a message; beyond it says how many more there are."""
LONGEST = 5_000
"""Characters of one message of LINE (Messaging API, text message)."""

_pages = Environment(
    loader=PackageLoader("samut_hub.notices", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """`heading` is empty for what the notice is about; `more` says how many are left out."""

    heading: str
    lines: list[Line]
    more: str = ""


Block = Paragraph | Listing


@dataclass(frozen=True, slots=True)
class Message:
    """`text` is plain, `html` a whole page, `blocks` what both are made of."""

    subject: str
    text: str
    html: str
    blocks: list[Block]


def compose(words: Words, facts: Facts, *, most: int = MOST_LINES) -> list[Block]:
    """The paragraphs of the words with what is known, and the lists where they stand; what is empty is left out."""
    return list(_blocks(words.body, facts, most))


def as_message(words: Words, facts: Facts) -> Message:
    """For LINE: only what is said."""
    blocks = compose(words, facts)
    subject = " ".join(fill(words.subject, facts.values).split())
    return Message(subject, plain(blocks)[:LONGEST], "", blocks)


def as_letter_by_mail(words: Words, facts: Facts, *, stop: str = "") -> Message:
    """For e-mail: with a greeting, and below why it came. `stop` is where no more of its kind is asked for."""
    said, blocks = frame(facts.language), compose(words, facts)
    subject = " ".join(fill(words.subject, facts.values).split())
    greeting = fill(said["greeting"], facts.values)
    foot = [facts.values["library"], said["automatic"], *([f"{said['stop']}: {stop}"] if stop else [])]
    text = "\n\n".join((greeting, plain(blocks), "-- \n" + "\n".join(foot)))
    html = _pages.get_template("notices/email.html").render(
        subject=subject, greeting=greeting, blocks=blocks, words=said, facts=facts, stop=stop
    )
    return Message(subject, text + "\n", html, blocks)


def plain(blocks: list[Block]) -> str:
    return "\n\n".join(_plain(block) for block in blocks)


def _blocks(body: str, facts: Facts, most: int) -> Iterator[Block]:
    for part in _parts(body):
        if part == "{items}":
            yield _listing("", facts.lines, facts.language, most)
        elif part == "{also}":
            for heading, lines in facts.also:
                yield _listing(heading, lines, facts.language, most)
        elif text := fill(part, facts.values).strip():
            yield Paragraph(text)


def _parts(body: str) -> Iterator[str]:
    """Paragraphs, and the lists that stand on lines of their own between them."""
    text: list[str] = []
    for line in (*body.splitlines(), ""):
        is_list = line.strip() in ("{items}", "{also}")
        if text and (is_list or not line.strip()):
            yield "\n".join(text)
            text = []
        if is_list:
            yield line.strip()
        elif line.strip():
            text.append(line.rstrip())


def _listing(heading: str, lines: list[Line], language: str, most: int) -> Listing:
    left = len(lines) - most
    more = fill(frame(language)["more"], {"count": str(left)}) if left > 0 else ""
    return Listing(heading, lines[:most], more)


def _plain(block: Block) -> str:
    if isinstance(block, Paragraph):
        return block.text
    lines = [f"• {line.title}" + (f"\n   {line.detail}" if line.detail else "") for line in block.lines]
    heading = f"{block.heading}:" if block.heading else ""
    return "\n".join(part for part in (heading, *lines, block.more) if part)
