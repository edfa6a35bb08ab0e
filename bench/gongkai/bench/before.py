"""A bench against an older tree of this repository: this tree's code and that one's take turns, each in a process of its own.

The older tree runs with the packages that are installed here; of both, the figure of their own code counts, as their
own version of the bench gives it.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from gongkai.bench.measurement import ProgressListener, interleaved
from gongkai.bench.results import Bench, Goal, Result
from gongkai.contracts.errors import UserError

OURS, BEFORE = "gongkai", "before"  # the first is also our figure's name in every bench
GOAL: Final = Goal(0.97, 1)


async def run(name: str, tree: Path, progress: ProgressListener, *, events: int, repeats: int) -> Result:
    """`tree`: the folder of a work tree. No warm-up: each bench has one itself."""
    runners = {
        OURS: partial(_figure, name, events, os.environ),
        BEFORE: partial(_figure, name, events, os.environ | {"PYTHONPATH": _members(tree)}),
    }
    figures = await interleaved(runners, repeats, progress, warm_up=False)
    return Result(
        Bench(name, goals={BEFORE: GOAL}), events, figures, setting={"before": await _described(tree)}
    )


def _members(tree: Path) -> str:
    """The path on which that tree's members are found before the installed ones."""
    found = [
        file.parent for pattern in ("*", "services/*") for file in tree.glob(f"{pattern}/pyproject.toml")
    ]
    if not found:
        raise UserError(f"{tree}: 不是本项目的目录 / no tree of this project")
    return os.pathsep.join(str(each.resolve()) for each in sorted(found))


async def _figure(name: str, events: int, environment: Mapping[str, str], _: int) -> float:
    command = ("-m", "gongkai.cli.main", "bench", name, "--json", "--repeats", "1", "--events", str(events))
    output = await _output(sys.executable, *command, environment=environment)
    return float(json.loads(output)["figures"][OURS]["median"])


async def _described(tree: Path) -> str:
    return (await _output("git", "-C", str(tree), "describe", "--always", "--dirty")).decode().strip()


async def _output(*command: str, environment: Mapping[str, str] | None = None) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        output, errors = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()  # it ends its PostgreSQL and broker
        await process.wait()
        raise
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {errors.decode(errors='replace')[-2000:]}")
    return output
