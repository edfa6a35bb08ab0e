"""Clause ids of the regulations, and the mark that ties code to them.

An id is one of `requirements.yaml` (`SC-3.3`, `GT-answer`). The mark records only: it adds nothing to a call.
"""

from collections.abc import Callable
from typing import Any, TypeVar

ClauseId = str

F = TypeVar("F", bound=Callable[..., Any] | type)

_MARKED: dict[ClauseId, set[str]] = {}


def clause(*ids: ClauseId) -> Callable[[F], F]:
    """Mark a function or class as what carries out the clauses named."""

    def mark(target: F) -> F:
        for id_ in ids:
            _MARKED.setdefault(id_, set()).add(f"{target.__module__}.{target.__qualname__}")
        return target

    return mark


def marked() -> dict[ClauseId, frozenset[str]]:
    """Clause id -> dotted names of the code marked with it, for all modules imported so far."""
    return {id_: frozenset(names) for id_, names in _MARKED.items()}
