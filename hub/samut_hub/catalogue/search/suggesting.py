"""What may be meant by the letters typed so far."""

from collections.abc import Iterator

from tantivy import Searcher

from samut_hub.catalogue.search import asking
from samut_hub.catalogue.search.answering import names_of
from samut_hub.catalogue.search.criteria import Filters, Kind, Suggestion
from samut_hub.catalogue.search.index_format import whole_title

LONGEST_TYPED = 100
_NAMES = 3
"""How many authors and how many subjects are offered, before titles fill the rest."""
_LOOKED_AT = 40


def suggestions(searcher: Searcher, text: str, filters: Filters, limit: int) -> list[Suggestion]:
    text = text[:LONGEST_TYPED]
    typed = whole_title(text)
    if not typed:
        return []
    names = [
        Suggestion(name, kind)
        for kind in (Kind.AUTHOR, Kind.SUBJECT)
        for name in _names(searcher, kind, text, filters)[:_NAMES]
    ]
    titles = list(_titles(searcher, text, filters, limit))
    return [*titles[: max(1, limit - len(names))], *names][:limit]


def _titles(searcher: Searcher, text: str, filters: Filters, limit: int) -> Iterator[Suggestion]:
    fitting = asking.begun("title", text, filters)
    found = searcher.search(asking.starting_first(fitting, text), 2 * limit, count=False)
    addresses = [address for _, address in found.hits]
    ids = searcher.fast_field_values("id", addresses)
    shown = [searcher.doc(address)["shown"][0].decode() for address in addresses]
    once = dict(zip(reversed(shown), reversed(ids), strict=True))
    for title in dict.fromkeys(shown):
        yield Suggestion(title, Kind.TITLE, int(once[title] or 0))


def _names(searcher: Searcher, kind: Kind, text: str, filters: Filters) -> list[str]:
    """Authors or subjects with the typed text in their names: those that start so first, then the most frequent."""
    typed = whole_title(text)
    found = names_of(searcher, asking.begun(kind, text, filters), kind, most=_LOOKED_AT)
    fit = [(name, whole_title(name)) for name, _ in found]
    return [name for name, whole in sorted(fit, key=lambda one: not one[1].startswith(typed)) if typed in whole]
