"""What a bench hands back: the figures of every repeat, and from them the ratios; median and worst, never the best."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from gongkai.bench.environment import cpus


@dataclass(frozen=True, slots=True)
class Goal:
    """What is promised at least, and what is aimed at."""

    at_least: float
    aim: float


@dataclass(frozen=True, slots=True)
class Bench:
    """A bench's name, its unit of measure, and its goals by the name of the figure or the peer."""

    name: str
    unit: str = "events/s"
    better: str = "higher"
    goals: dict[str, Goal] = field(default_factory=dict)


@dataclass(slots=True)
class Result:
    """`figures`: by runner, one number a repeat. Ours comes first; `peers` names the peers, None: all others are."""

    bench: Bench
    events: int
    figures: dict[str, list[float]]
    peers: tuple[str, ...] | None = None
    checked: dict[str, Any] = field(default_factory=dict)
    setting: dict[str, Any] = field(default_factory=dict)

    @property
    def ratios(self) -> dict[str, dict[str, float]]:
        """Ours by the peer's, repeat by repeat."""
        ours, *others = self.figures
        return {
            peer: _summary(
                [mine / theirs for mine, theirs in zip(self.figures[ours], self.figures[peer], strict=True)],
                min,
            )
            for peer in (others if self.peers is None else self.peers)
        }

    def as_json(self) -> dict[str, Any]:
        worst: Callable[[Sequence[float]], float] = min if self.bench.better == "higher" else max
        return {
            "bench": self.bench.name,
            "events": self.events,
            "repeats": max(len(figures) for figures in self.figures.values()),
            "unit": self.bench.unit,
            "ratios": self.ratios,
            "goals": {
                name: {
                    "at_least" if self.bench.better == "higher" else "at_most": goal.at_least,
                    "aim": goal.aim,
                }
                for name, goal in self.bench.goals.items()
            },
            "figures": {
                name: _summary(figures, worst) | {"each": [_round(figure) for figure in figures]}
                for name, figures in self.figures.items()
            },
            "checked": self.checked,
            "setting": self.setting | machine(),
        }


def machine() -> dict[str, Any]:
    return {"cpus": cpus(), "machine": platform.machine(), "python": platform.python_version()}


def _summary(figures: Sequence[float], worst: Callable[[Sequence[float]], float]) -> dict[str, Any]:
    return {"median": _round(median(figures)), "worst": _round(worst(figures))}


def _round(figure: float) -> float:
    """Four digits that count: more would be a claim that no run can hold."""
    return float(f"{figure:.4g}")
