"""Slips and sheets as PDF. Nothing is fetched; fonts are the system's."""

from pathlib import Path

STYLE = Path(__file__).parent / "static" / "money.css"
A5, A4 = "A5", "A4"

_TALL, _FOOT = 3_000, 8
"""Millimetres: the paper of the first try, and what is left below the last line."""
_MM = 96 / 25.4


def pdf_on_roll(page: str, style: Path = STYLE) -> bytes:
    """The page on paper 80 mm wide and just long enough: laid out once, on as many sheets, to learn how long that is.

    The empty element `end` stands below the text. WeasyPrint is imported only now: it takes a second and 60 MB, and
    few processes need it.
    """
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    sheet = CSS(filename=style)
    tall = document.render(stylesheets=[sheet, CSS(string=f"@page {{ size: 80mm {_TALL}mm }}")])
    length = (len(tall.pages) - 1) * _TALL + round(tall.pages[-1].anchors["end"][1] / _MM) + _FOOT
    content: bytes = document.write_pdf(stylesheets=[sheet, CSS(string=f"@page {{ size: 80mm {length}mm }}")])
    return content


def pdf_on_paper(page: str, size: str) -> bytes:
    """The page on sheets of this size."""
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",)))
    margin = "14mm 15mm" if size == A4 else "10mm 12mm"
    own = CSS(string=f"@page {{ size: {size}; margin: {margin} }}")
    content: bytes = document.write_pdf(stylesheets=[CSS(filename=STYLE), own])
    return content
