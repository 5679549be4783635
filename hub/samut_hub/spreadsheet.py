"""A long sheet as an Excel file (ECMA-376, SpreadsheetML), written row by row in memory that stays flat.

Texts are inline strings, which no program takes for formulas, whatever they begin with.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import BinaryIO
from xml.sax.saxutils import escape

Cell = str | int | float | date | None

MOST_ROWS = 1_048_576
"""What a sheet holds, its head among them (Excel specifications and limits)."""
LONGEST = 32_767
"""Characters in a cell."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
}
_HEADING, _DAY, _MONEY = 1, 2, 3
"""Places in the styles below."""
_DAY_FORMATS = {"th": "[$-107041E]d mmm yyyy;@", "en": "d mmm yyyy"}
"""The first shows the Buddhist Era: calendar 7, language 041E (Thai)."""
_FIRST_DAY = date(1899, 12, 30)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile(f"[&<>]|{_UNFIT.pattern}")
_LINES_AT_ONCE = 500


def write_workbook(
    out: BinaryIO, name: str, head: Sequence[tuple[str, int]], rows: Iterable[Sequence[Cell]], *, language: str
) -> None:
    """`head` has the columns' names and widths in characters; `name` is that of the sheet. A float is an amount of
    money. Whole numbers and days become numbers and days."""
    parts = {**_PARTS, "xl/workbook.xml": _workbook(name), "xl/styles.xml": _styles(language)}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as file:
        for path, text in parts.items():
            file.writestr(path, _HEAD + text)
        with file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(_start(head).encode())
            waiting: list[str] = []
            for row in rows:
                waiting.append(f"<row>{''.join(map(_cell, row))}</row>")
                if len(waiting) == _LINES_AT_ONCE:
                    sheet.write("".join(waiting).encode())
                    waiting.clear()
            sheet.write("".join(waiting).encode())
            sheet.write(b"</sheetData></worksheet>")


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        return _text(value) if value else "<c/>"
    if value is None:
        return "<c/>"
    if isinstance(value, date):
        return f'<c s="{_DAY}"><v>{(value - _FIRST_DAY).days}</v></c>'
    return f'<c s="{_MONEY}"><v>{value}</v></c>' if isinstance(value, float) else f"<c><v>{value}</v></c>"


def _text(value: str, style: int = 0) -> str:
    fit = value[:LONGEST]
    if _SPECIAL.search(fit):
        fit = escape(_UNFIT.sub(" ", fit))
    kept = ' xml:space="preserve"' if fit[:1].isspace() or fit[-1:].isspace() or "\n" in fit else ""
    styled = f' s="{style}"' if style else ""
    return f'<c{styled} t="inlineStr"><is><t{kept}>{fit}</t></is></c>'


def _start(head: Sequence[tuple[str, int]]) -> str:
    """The columns' widths, and the first row: bold, and it stays while the others scroll."""
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, (_, width) in enumerate(head, start=1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0" tabSelected="1">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData><row>{''.join(_text(label, _HEADING) for label, _ in head)}</row>"
    )


def _workbook(name: str) -> str:
    fit = escape(re.sub(r"[\[\]:*?/\\']", " ", _UNFIT.sub(" ", name))[:31].strip() or "1", {'"': "&quot;"})
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        f'<sheet name="{fit}" sheetId="1" r:id="r1"/></sheets></workbook>'
    )


def _styles(language: str) -> str:
    day = escape(_DAY_FORMATS.get(language, _DAY_FORMATS["en"]))
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="{day}"/></numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Tahoma"/></font>'
        '<font><b/><sz val="11"/><name val="Tahoma"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
