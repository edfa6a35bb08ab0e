"""Exact search in Chinese text (条例第二十四条): every pair of neighbouring characters is a word of the index.

Pairs find all documents with the characters of the question; terms longer than a pair are compared with the text
itself afterwards. Text and question are normalised in the same way first.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_TERMS = 8
MAX_TERM = 64  # characters
MAX_VECTOR = 1_000_000  # bytes: PostgreSQL takes a tsvector of less than 1 MiB

_RUN = re.compile(r"[^\W_]+")
_SPACE = re.compile(r"\s+")


def normalised(text: str) -> str:
    """The form in which text is compared: NFKC (full and half width alike), case folded, without white space."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text).casefold())


def pairs(text: str) -> Iterator[str]:
    """Neighbouring letters or digits of normalised text, and the last one of each run alone (`公开法` → 公开, 开法, 法)."""
    for run in _RUN.findall(text):
        for at in range(len(run)):
            yield run[at : at + 2]


def lexemes(fields: Iterable[str]) -> list[str]:
    """The distinct pairs of all fields, sorted, as far as one tsvector can hold them."""
    found: dict[str, None] = {}
    room = MAX_VECTOR
    for field in fields:
        for pair in pairs(field):
            if pair not in found:
                room -= len(pair.encode()) + 8
                if room < 0:
                    return sorted(found)
                found[pair] = None
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Question:
    """A search. A document must have every term; `tsquery` finds candidates, `likes` rechecks them."""

    terms: tuple[str, ...]

    @property
    def tsquery(self) -> str:
        """In PostgreSQL's own notation, to be cast: no text parser touches the pairs."""
        lexemes_wanted = {_lexeme(part): None for term in self.terms for part in _required_pairs(term)}
        return " & ".join(lexemes_wanted)

    @property
    def likes(self) -> tuple[str, ...]:
        """LIKE patterns for the terms that pairs alone don't decide."""
        return tuple(f"%{_escaped(term)}%" for term in self.terms if not _decided_by_pairs(term))

    def __bool__(self) -> bool:
        return bool(self.terms)


def question_of(text: str) -> Question:
    """The terms in what was typed, separated by white space. Terms without a letter or digit are left out."""
    words = (normalised(word)[:MAX_TERM] for word in text.split())
    terms = dict.fromkeys(word for word in words if _RUN.search(word))
    return Question(tuple(terms)[:MAX_TERMS])


def _required_pairs(term: str) -> Iterator[str]:
    """Pairs that a text with the term must have; a single character asks for pairs that begin with it."""
    for run in _RUN.findall(term):
        if len(run) == 1:
            yield f"{run}*"
        else:
            yield from (run[at : at + 2] for at in range(len(run) - 1))


def _decided_by_pairs(term: str) -> bool:
    return len(term) <= 2 and _RUN.fullmatch(term) is not None


def _lexeme(part: str) -> str:
    return f"'{part[0]}':*" if part.endswith("*") else f"'{part}'"


def _escaped(term: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", term)


def marked(text: str, question: Question) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a hit: for `<mark>`. Compares case by case, not across widths."""
    patterns = "|".join(re.escape(term) for term in sorted(question.terms, key=len, reverse=True))
    if not patterns:
        return [(text, False)]
    pieces = re.split(f"({patterns})", text, flags=re.IGNORECASE)
    return [(piece, n % 2 == 1) for n, piece in enumerate(pieces) if piece]
