"""Running in turn: every repeat runs ours and each peer once, so that a noisy minute spoils a repeat and no side."""

import gc
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Runner = Callable[[int], Awaitable[float]]  # given the repeat's number (0 = warm-up), hands back its figure


class ProgressListener(Protocol):
    """Is told how far a bench has come."""

    def describe(self, what: str) -> None: ...
    def expect(self, steps: int) -> None: ...
    def advance(self) -> None: ...


class ProgressBar:
    """A progress bar on stderr: stdout is for the figures."""

    def __init__(self, title: str) -> None:
        self._progress = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[doing]}"),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task(title, total=None, doing="")

    def __enter__(self) -> "ProgressBar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def describe(self, what: str) -> None:
        self._progress.update(self._task, doing=what)

    def expect(self, steps: int) -> None:
        self._progress.update(self._task, total=steps)

    def advance(self) -> None:
        self._progress.advance(self._task)


async def interleaved(
    runners: Mapping[str, Runner],
    repeats: int,
    progress: ProgressListener,
    *,
    warm_up: bool = True,
    rotate: bool = True,
) -> dict[str, list[float]]:
    """By runner, one figure a repeat. Whoever begins changes with every repeat; the warm-up counts for nothing."""
    figures: dict[str, list[float]] = {name: [] for name in runners}
    names = list(runners)
    rounds = range(0 if warm_up else 1, repeats + 1)
    progress.expect(len(rounds) * len(names))
    for number in rounds:
        first = number % len(names) if rotate else 0
        for name in names[first:] + names[:first]:
            progress.describe(name if number else f"{name} (预热 warm-up)")
            gc.collect()
            figure = await runners[name](number)
            if number:
                figures[name].append(figure)
            progress.advance()
    return figures


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._begun
