"""A search as an address says it, for the pages and the API alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fairboard.filters import QueryResult, from_query
from fairboard.market.catalogue import CategoryRow, PlaceRow
from fairboard.market.queries.plan import PAGE_SIZE, Search, schema_of
from fairboard.market.queries.search import SORTS

LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search as its address says it, with what could not be understood."""

    search: Search
    query: QueryResult
    place: PlaceRow | None
    category: CategoryRow | None


def wanted_from(
    given: Mapping[str, Sequence[str]], place: PlaceRow | None, category: CategoryRow | None, size: int = PAGE_SIZE
) -> Wanted:
    """Read a search from an address; what cannot be understood is kept as text beside its error."""
    params = {name: values for name, values in given.items() if any(values)}

    def one(name: str) -> str:
        return params[name][-1] if name in params else ""

    query = from_query(params, schema_of(category))
    sort, words = one("sort"), one("q").strip()[:LONGEST_WORDS]
    if sort not in SORTS or (sort == "relevance" and not words):
        sort = "newest"
    return Wanted(Search(words, place, category, query.tree, sort, one("cursor"), size), query, place, category)
