"""A mutant put in place of the living function: its code is swapped, so whoever holds the function has the mutant."""

import functools
import gc
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType

from tests.mutants.functions import Mutant


class NotInPlace(Exception):
    """The function isn't there under its name, or holds other variables than before: nothing can be said of it."""


def put_in_place(mutant: Mutant) -> None:
    """For this process, for good. What was computed with the old function and kept (`functools.cache`) is forgotten."""
    before, after = _codes(mutant.before, mutant), _codes(mutant.after, mutant)
    changed = {name for name in before if name in after and before[name] != after[name]}
    gc.unfreeze()
    swapped = 0
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper):
            each.cache_clear()
        elif isinstance(each, FunctionType) and each.__module__ == mutant.module and _name(each) in changed:
            if each.__code__.co_freevars != after[_name(each)].co_freevars:
                raise NotInPlace(mutant.name)
            each.__code__ = after[_name(each)]
            swapped += 1
    if not swapped or mutant.module not in sys.modules:
        raise NotInPlace(mutant.name)


def _name(function: FunctionType) -> tuple[str, int]:
    return function.__code__.co_qualname, function.__code__.co_firstlineno


def _codes(source: str, mutant: Mutant) -> dict[tuple[str, int], CodeType]:
    """By name and first line: a mutant adds and removes none, and moves none but those within what changed."""
    return {
        (code.co_qualname, code.co_firstlineno): code
        for code in _within(compile(source, str(mutant.path), "exec"))
        if "<" not in code.co_qualname
    }


def _within(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _within(constant)
