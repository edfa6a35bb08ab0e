"""What a list of documents is narrowed to, and how that is asked of PostgreSQL.

Candidates come from the index of pairs alone, which opens no text; they are rechecked one
after the other until there are enough, and a bounded number is ranked.
"""

from dataclasses import dataclass
from typing import Any, Literal

from gongkai.portal.catalogue.search import Question, asked

COUNTED = 1000  # more than so many are "more than"
CANDIDATES = 200  # newest with the words in the head, and as many with the words anywhere: these are ranked

Sort = Literal["relevant", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to. All of it stands in the address."""

    q: str = ""
    unit: str = ""
    year: int | None = None
    category: str = ""
    sort: Sort = "newest"
    title_like: tuple[str, ...] = ()  # regular expressions that the title must match: columns made of titles

    @property
    def question(self) -> Question:
        return asked(self.q)


_SCORE = r"""(
    SELECT coalesce(sum(
        20 * (strpos(d.head, t) > 0)::int
      + 30 * (split_part(d.head, E'\n', 2) = t OR split_part(d.head, E'\n', 3) = t)::int
      + least(5, (length(d.searched) - length(replace(d.searched, t, ''))) / length(t))
    ), 0)::int FROM unnest($1::text[]) t
) + 40 * (split_part(d.head, E'\n', 1) = array_to_string($1::text[], ''))::int"""


@dataclass(slots=True)
class Asks:
    """The parts of a query, and its values; $1 are the terms, $2 is the first of them."""

    values: list[Any]
    where: list[str]
    recheck: str = "true"
    tsquery: str = ""

    def mark(self, value: Any) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def plain(self, beyond: str, order: str, limit: int) -> str:
        """The next documents beyond a cursor, in that order."""
        if not self.tsquery:
            return f"SELECT *, 0 AS score FROM document WHERE {self._all()} AND {beyond} ORDER BY {order} LIMIT {limit}"
        return (
            f"WITH hit AS MATERIALIZED ({self._hits('grams')}), near AS ({self._fitting('hit', beyond, order, limit)}) "
            f"SELECT d.*, 0 AS score FROM near JOIN document d USING (document)"
        )

    def ranked(self) -> str:
        """The newest with the words in their head and the newest with the words anywhere, scored."""
        newest = "published_at DESC, document DESC"
        return (
            f"WITH titled AS MATERIALIZED ({self._hits('head_grams')}), "
            f"hit AS MATERIALIZED ({self._hits('grams')}), "
            f"candidate AS (({self._fitting('titled', 'true', newest, CANDIDATES)}) UNION "
            f"({self._fitting('hit', 'true', newest, CANDIDATES)})) "
            f"SELECT d.*, {_SCORE} AS score FROM candidate JOIN document d USING (document)"
        )

    def _fitting(self, hits: str, beyond: str, order: str, limit: int) -> str:
        """Those that pass the recheck. One after the other (OFFSET 0), until there are enough of them."""
        return (
            f"SELECT document FROM (SELECT * FROM {hits} WHERE {beyond} ORDER BY {order}) h CROSS JOIN LATERAL "
            f"(SELECT FROM document d WHERE d.document = h.document AND {self.recheck} OFFSET 0) fits "
            f"ORDER BY {order} LIMIT {limit}"
        )

    def counted(self) -> str:
        """How many candidates there are, as far as they are counted, and how many of those are found to fit."""
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


def asks_of(wanted: Wanted) -> Asks:
    question = wanted.question
    # PostgreSQL wants every parameter used.
    asks = Asks(
        [list(question.terms), question.terms[0] if question else ""],
        ["$1::text[] IS NOT NULL", "$2::text IS NOT NULL"],
    )
    if question:
        asks.tsquery = f"{asks.mark(question.tsquery)}::tsquery"
        if question.likes:
            asks.recheck = f"d.searched LIKE ALL ({asks.mark(list(question.likes))}::text[])"
    if wanted.unit:
        asks.where.append(f"unit = {asks.mark(wanted.unit)}")
    if wanted.year is not None:
        asks.where.append(f"year = {asks.mark(wanted.year)}")
    if wanted.category:
        asks.where.append(f"category = {asks.mark(wanted.category)}")
    asks.where += [f"title ~ {asks.mark(pattern)}" for pattern in wanted.title_like]
    return asks
