"""What somebody asks of the catalogue, as the address of a results page says it.

`q` are the words of the one box; `f`, `w` and `j` repeat: field, words and how they are joined to what stands before
them. The other names narrow: each may repeat.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote_plus, urlencode

from samut_hub.catalogue.records.years import BUDDHIST, year_of
from samut_hub.catalogue.search.criteria import Filters, Sort
from samut_hub.catalogue.search.query import And, Node, Not, Or, parse

FIELDS = ("", "title", "author", "subject", "publisher", "series", "call_number", "isbn", "accession")
JOINTS = ("and", "or", "not")
NARROWING = ("material", "language", "category", "place", "library", "subject", "author", "decade")
OF_ONE_LIBRARY = ("category", "place")
"""Their ids mean nothing beside those of other libraries."""
MOST_ROWS, MOST_VALUES, LONGEST = 8, 20, 300
ROWS_SHOWN = 4
DECADE = 10

Arguments = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the advanced search."""

    field: str
    words: str
    joint: str = "and"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with all that narrows and sorts it. `narrowed` holds texts as in the address, by `NARROWING`."""

    words: str = ""
    rows: tuple[Row, ...] = ()
    narrowed: tuple[tuple[str, str], ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    is_available: bool = False
    sort: Sort = Sort.BEST

    @property
    def question(self) -> str | Node | None:
        """For the search engine; None asks for all titles."""
        return self.words if not self.rows else self._tree()

    @property
    def is_narrowed(self) -> bool:
        return bool(self.narrowed or self.year_from or self.year_to or self.is_available)

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.rows or self.is_narrowed)

    def chosen(self, name: str) -> tuple[str, ...]:
        return tuple(value for narrows, value in self.narrowed if narrows == name)

    def in_controls(self, offered: Mapping[str, Collection[str]]) -> dict[str, str]:
        """For each control, by what it narrows, the value that it shows: the first chosen of those it offers."""
        shown = {name: next((one for one in self.chosen(name) if one in offered[name]), "") for name in offered}
        return {name: value for name, value in shown.items() if value}

    def beside_controls(self, offered: Mapping[str, Collection[str]]) -> tuple[tuple[str, str], ...]:
        """What narrows and no control shows: further values, and all by which only results are narrowed."""
        shown = set(self.in_controls(offered).items())
        return tuple(pair for pair in self.narrowed if pair not in shown)

    def filters(self, libraries: Sequence[int], without: Sequence[int]) -> Filters:
        """`libraries` are those of the site, of which one may have chosen some."""
        chosen = tuple(library for library in libraries if str(library) in self.chosen("library"))
        years = self._years()
        return Filters(
            materials=self.chosen("material"),
            languages=self.chosen("language"),
            categories=self._ids("category"),
            places=self._ids("place"),
            subjects=self.chosen("subject"),
            authors=self.chosen("author"),
            libraries=chosen or tuple(libraries),
            year_from=years[0],
            year_to=years[1],
            without=tuple(without),
        )

    def address_words(self, page: int = 1) -> str:
        """The part of an address after the question mark."""
        turned = [("page", str(page))] if page > 1 else []
        return urlencode([*self._sought(), *self.narrowed, *self._limited(), *turned])

    def narrower(self) -> Callable[[str, str], str]:
        """The same address with one value more that narrows, made quickly for each of many."""
        before, after = urlencode([*self._sought(), *self.narrowed]), urlencode(self._limited())

        def with_value(name: str, value: str) -> str:
            return "&".join(filter(None, (before, f"{name}={quote_plus(value)}", after)))

        return with_value

    def with_one(self, name: str, value: str) -> "Asked":
        return replace(self, narrowed=(*self.narrowed, (name, value)))

    def without_one(self, name: str, value: str) -> "Asked":
        return replace(self, narrowed=tuple(pair for pair in self.narrowed if pair != (name, value)))

    def _sought(self) -> list[tuple[str, str]]:
        pairs = [("q", self.words)] if self.words else []
        for row in self.rows:
            pairs += [("j", row.joint), ("f", row.field), ("w", row.words)]
        return pairs

    def _limited(self) -> list[tuple[str, str]]:
        pairs = [(name, str(year)) for name, year in (("from", self.year_from), ("to", self.year_to)) if year]
        pairs += [("available", "1")] if self.is_available else []
        return pairs + ([("sort", self.sort.value)] if self.sort != Sort.BEST else [])

    def _ids(self, name: str) -> tuple[int, ...]:
        return tuple(int(value) for value in self.chosen(name))

    def _years(self) -> tuple[int | None, int | None]:
        """The range that was typed, narrowed to the decades that were chosen."""
        decades = [int(value) for value in self.chosen("decade")]
        first = [year for year in (self.year_from, min(decades, default=None)) if year is not None]
        last = [year for year in (self.year_to, max(decades) + DECADE - 1 if decades else None) if year is not None]
        return max(first, default=None), min(last, default=None)

    def _tree(self) -> Node | None:
        """Line by line: what stands above is joined with the next line."""
        tree = parse(self.words)
        for row in self.rows:
            node = parse(row.words, row.field)
            if node is not None:
                tree = _joined(tree, node, row.joint)
        return tree


def asked_in(arguments: Arguments) -> Asked:
    """What the address asks; what makes no sense in it is left out."""
    words = _first(arguments, "q")
    return Asked(
        words=words,
        rows=tuple(_rows(arguments)[: MOST_ROWS - bool(words)]),
        narrowed=tuple(_narrowed(arguments)),
        year_from=year_of(_first(arguments, "from")),
        year_to=year_of(_first(arguments, "to")),
        is_available=_first(arguments, "available") == "1",
        sort=_sort(_first(arguments, "sort")),
    )


def rows_to_fill(asked: Asked) -> list[Row]:
    """What is asked already, for the form of the advanced search, and an empty line where one more may be asked."""
    rows = [*([Row("", asked.words)] if asked.words else []), *asked.rows]
    return (rows + [Row("", "")] * max(1, ROWS_SHOWN - len(rows)))[:MOST_ROWS]


def decade_name(decade: str, language: str) -> str:
    """Ten years in the era of the language: `2563` and after in Thai begins the decade of 2020."""
    era = BUDDHIST if language == "th" else 0
    return f"{int(decade) + era}–{int(decade) + era + DECADE - 1}"


def _joined(tree: Node | None, node: Node, joint: str) -> Node:
    if joint == "not":
        return Not(node) if tree is None else And((tree, Not(node)))
    if tree is None:
        return node
    return Or((tree, node)) if joint == "or" else And((tree, node))


def _first(arguments: Arguments, name: str) -> str:
    return _clean(next(iter(arguments.get(name, ())), ""))


def _clean(text: str) -> str:
    return text.replace("\0", "").strip()[:LONGEST]


def _rows(arguments: Arguments) -> list[Row]:
    fields, words, joints = (list(arguments.get(name, ())) for name in ("f", "w", "j"))
    joints = joints[-len(words) :] if len(joints) >= len(words) else ["and", *joints]
    rows = [
        Row(field if field in FIELDS else "", _clean(text), joint if joint in JOINTS else "and")
        for field, text, joint in zip(fields, words, joints, strict=False)
    ]
    return [row for row in rows if row.words]


def _narrowed(arguments: Arguments) -> list[tuple[str, str]]:
    pairs = [
        (name, value)
        for name in NARROWING
        for value in dict.fromkeys(map(_clean, arguments.get(name, ())))
        if value and (name not in ("category", "place", "library", "decade") or _is_number(value))
    ]
    return pairs[:MOST_VALUES]


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 10


def _sort(value: str) -> Sort:
    return Sort(value) if value in set(Sort) else Sort.BEST
