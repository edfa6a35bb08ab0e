"""The filters of a list of documents, and the SQL that they become.

Candidates come from the index of character pairs alone, without reading texts; they are rechecked one
after the other until there are enough, and a bounded number of them is ranked.
"""

from dataclasses import dataclass
from typing import Any, Literal

from gongkai.portal.catalogue.search import Question, question_of

COUNTED = 1000  # a list with more hits is shown as "more than" this
CANDIDATES = (
    200  # newest with the terms in title, number or index, and as many with them anywhere: these are ranked
)

Sort = Literal["relevant", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class DocumentFilters:
    """The filters of a list, as in the query of the address."""

    q: str = ""
    unit: str = ""
    year: int | None = None
    category: str = ""
    sort: Sort = "newest"
    title_like: tuple[str, ...] = ()  # regular expressions that the title must match

    @property
    def question(self) -> Question:
        return question_of(self.q)


_SCORE = r"""(
    SELECT coalesce(sum(
        20 * (strpos(d.head, t) > 0)::int
      + 30 * (split_part(d.head, E'\n', 2) = t OR split_part(d.head, E'\n', 3) = t)::int
      + least(5, (length(d.searched) - length(replace(d.searched, t, ''))) / length(t))
    ), 0)::int FROM unnest($1::text[]) t
) + 40 * (split_part(d.head, E'\n', 1) = array_to_string($1::text[], ''))::int"""


@dataclass(slots=True)
class ListQuery:
    """The parts of an SQL query and its parameters; $1 are the search terms, $2 is the first of them."""

    values: list[Any]
    where: list[str]
    recheck: str = "true"
    tsquery: str = ""

    def placeholder(self, value: Any) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def by_time(self, after_cursor: str, order: str, limit: int) -> str:
        """SQL of the next documents after a cursor, in that order."""
        if not self.tsquery:
            return f"SELECT *, 0 AS score FROM document WHERE {self._all()} AND {after_cursor} ORDER BY {order} LIMIT {limit}"
        return (
            f"WITH hit AS MATERIALIZED ({self._hits('grams')}), near AS ({self._rechecked('hit', after_cursor, order, limit)}) "
            f"SELECT d.*, 0 AS score FROM near JOIN document d USING (document)"
        )

    def by_relevance(self) -> str:
        """SQL of the newest documents with the terms in title, number or index and the newest with them anywhere, scored."""
        newest = "published_at DESC, document DESC"
        return (
            f"WITH titled AS MATERIALIZED ({self._hits('head_grams')}), "
            f"hit AS MATERIALIZED ({self._hits('grams')}), "
            f"candidate AS (({self._rechecked('titled', 'true', newest, CANDIDATES)}) UNION "
            f"({self._rechecked('hit', 'true', newest, CANDIDATES)})) "
            f"SELECT d.*, {_SCORE} AS score FROM candidate JOIN document d USING (document)"
        )

    def _rechecked(self, hits: str, after_cursor: str, order: str, limit: int) -> str:
        """SQL of the hits that pass the recheck. OFFSET 0 makes PostgreSQL check one after the other until there are enough."""
        return (
            f"SELECT document FROM (SELECT * FROM {hits} WHERE {after_cursor} ORDER BY {order}) h CROSS JOIN LATERAL "
            f"(SELECT FROM document d WHERE d.document = h.document AND {self.recheck} OFFSET 0) fits "
            f"ORDER BY {order} LIMIT {limit}"
        )

    def counting(self) -> str:
        """SQL of two counts, each of COUNTED + 1 candidates at most: all of them, and those that pass the recheck."""
        hits = self._hits("grams") if self.tsquery else f"SELECT document FROM document d WHERE {self._all()}"
        return (
            f"WITH hit AS MATERIALIZED (SELECT document FROM ({hits}) h LIMIT {COUNTED + 1}) "
            "SELECT (SELECT count(*) FROM hit) AS candidates, "
            f"(SELECT count(*) FROM hit JOIN document d USING (document) WHERE {self.recheck}) AS checked"
        )

    def _hits(self, column: str) -> str:
        return (
            f"SELECT document, published_at FROM document WHERE {column} @@ {self.tsquery} AND {self._all()}"
        )

    def _all(self) -> str:
        return " AND ".join(self.where)


def list_query(filters: DocumentFilters) -> ListQuery:
    question = filters.question
    # PostgreSQL wants every parameter used.
    query = ListQuery(
        [list(question.terms), question.terms[0] if question else ""],
        ["$1::text[] IS NOT NULL", "$2::text IS NOT NULL"],
    )
    if question:
        query.tsquery = f"{query.placeholder(question.tsquery)}::tsquery"
        if question.likes:
            query.recheck = f"d.searched LIKE ALL ({query.placeholder(list(question.likes))}::text[])"
    if filters.unit:
        query.where.append(f"unit = {query.placeholder(filters.unit)}")
    if filters.year is not None:
        query.where.append(f"year = {query.placeholder(filters.year)}")
    if filters.category:
        query.where.append(f"category = {query.placeholder(filters.category)}")
    query.where += [f"title ~ {query.placeholder(pattern)}" for pattern in filters.title_like]
    return query
