"""`gongkai bench NAME`: how fast, against whom, on this very machine (docs/benchmarks.md)."""

import asyncio
import json
import signal
import sys
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console
from rich.table import Table

from gongkai.bench import before
from gongkai.bench.environment import bench_environment
from gongkai.bench.measurement import ProgressBar
from gongkai.bench.results import Result
from gongkai.runtime import telemetry

app = typer.Typer(no_args_is_help=True)

REPEATS = 5


class Name(StrEnum):
    APPEND = "append"
    APPEND_BULK = "append-bulk"
    RELAY = "relay"
    PROJECT = "project"
    REBUILD = "rebuild"
    VERIFY = "verify"
    LATENCY = "latency"
    RESTART = "restart"


@app.callback()
def _group() -> None:
    """量一量 / measure."""


@app.command()
def bench(
    name: Annotated[Name, typer.Argument(help="测什么 what to measure")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 · as JSON")] = False,
    repeats: Annotated[int, typer.Option(min=1, help="重复次数 how often, in turn with the peers")] = REPEATS,
    events: Annotated[
        int | None, typer.Option(min=32, help="每次的事件数 events a repeat  [视测项而定 by bench]")
    ] = None,
    kafka: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="用外部 Kafka  use this one instead")
    ] = None,
    tree: Annotated[
        Path | None,
        typer.Option("--before", metavar="DIR", help="与另一版本的目录对照  against an older tree instead"),
    ] = None,
) -> None:
    """与对照交替测量，取中位与最差 / against its peers in turn; median and worst."""
    signal.signal(signal.SIGTERM, _ended)
    telemetry.configure("bench", "error")
    if tree is None:
        result = measure(name, events=events, repeats=repeats, kafka=kafka)
    else:
        result = measure_before(name, tree, events=events, repeats=repeats)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        _print(result)


def measure(name: str, *, events: int | None, repeats: int, kafka: str | None = None) -> dict[str, Any]:
    """Run one bench in an environment of its own; its figures as they go into the JSON."""
    module = import_module(f"gongkai.bench.{name.replace('-', '_')}")
    with ProgressBar(name) as bar:
        bar.describe("PostgreSQL")
        with getattr(module, "bench_environment", bench_environment)() as there:
            more = {"kafka": kafka} if getattr(module, "NEEDS_BROKER", False) else {}
            running = module.run(there, bar, events=events or module.EVENTS, repeats=repeats, **more)
            result: Result = getattr(module, "RUN_LOOP", uvloop.run)(running)
            result.setting |= there.durable
            return result.as_json()


def measure_before(name: str, tree: Path, *, events: int | None, repeats: int) -> dict[str, Any]:
    """Run one bench in turn with that of an older tree; the figures as they go into the JSON."""
    module = import_module(f"gongkai.bench.{name.replace('-', '_')}")
    with ProgressBar(name) as bar:
        running = before.run(name, tree, bar, events=events or module.EVENTS, repeats=repeats)
        return asyncio.run(running).as_json()


def _print(result: dict[str, Any]) -> None:
    table = Table(title=f"{result['bench']} · {result['events']} × {result['repeats']}")
    for column in ("", result["unit"], "最差 worst", "倍数 ratio", "最差 worst", "目标 goal"):
        table.add_column(column, justify="right" if column else "left")
    for name, figure in result["figures"].items():
        ratio = result["ratios"].get(name, {})
        goal = result["goals"].get(name, {})
        table.add_row(
            name,
            f"{figure['median']:,}",
            f"{figure['worst']:,}",
            f"{ratio.get('median', '')}",
            f"{ratio.get('worst', '')}",
            " · ".join(f"{word} {value:g}" for word, value in goal.items()),
        )
    Console().print(table)


def _ended(_: int, __: FrameType | None) -> None:
    """Asked to end: everything that was started ends first."""
    sys.exit(128 + signal.SIGTERM)
