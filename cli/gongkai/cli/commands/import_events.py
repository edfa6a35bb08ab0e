"""`gongkai import FILE`: run by an agency; needs only the two addresses and the system's key."""

import asyncio
import os
from collections import Counter
from pathlib import Path
from typing import Annotated, Final

import httpx
import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gongkai.cli.importing.run import run
from gongkai.client import Problem, System, Unreachable
from gongkai.contracts.errors import UserError
from gongkai.contracts.ingress import ANSWERED, DRAFTED, RECEIVED
from gongkai.tables.event_file import lines

app = typer.Typer(no_args_is_help=True)

KEY: Final = "GONGKAI_SYSTEM_KEY"
SHORT: Final = {"drafted": DRAFTED, "received": RECEIVED, "answered": ANSWERED}


@app.callback()
def _group() -> None:
    """导入 / import."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".jsonl .csv .xlsx")],
    *,
    system: Annotated[str, typer.Option(envvar="GONGKAI_SYSTEM", help="业务系统编号 the system's id")],
    kind: Annotated[
        str | None,
        typer.Option("--type", help="各行的事件类型 of lines that don't say: drafted, received, answered"),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="事件来源 source of lines that don't say  [import/文件名 FILE]")
    ] = None,
    intake: Annotated[
        str, typer.Option(envvar="GONGKAI_INTAKE_URL", help="受理服务地址 intake's address")
    ] = "http://127.0.0.1:8081",
    console: Annotated[
        str, typer.Option(envvar="GONGKAI_CONSOLE_URL", help="控制台地址 console's address")
    ] = "http://127.0.0.1:8080",
    practice: Annotated[
        bool, typer.Option("--practice", help="演练，不写入 in the sandbox: nothing is written")
    ] = False,
) -> None:
    """导入文件中的事件，逐行给出结果，可续传 / hand in a file's events; a result a line, resumable.

    密钥在环境变量 GONGKAI_SYSTEM_KEY 中 / the system's key is in GONGKAI_SYSTEM_KEY. 0：全部接收 all taken in；1：有被拒的
    some refused；2：未完成，可再次运行 not done, run it again.

    结果在 FILE.results.jsonl。首行记明地址、系统、类型、来源、是否演练，以下每行一个结果。

    再次运行：首行相同，即从第一处未完成或改过的行续传；否则旧结果改名为 FILE.results.1.jsonl，从头开始。

    Results are in FILE.results.jsonl: a first line for address, system, type, source and practice, then a result a line.

    Run again: where the first line is the same, it goes on from the first line without a result, or that was changed.
    Otherwise the old results are renamed to FILE.results.1.jsonl, and it starts again from the beginning.
    """
    key = os.environ.get(KEY)
    if not key:
        raise UserError(f"请将业务系统的密钥放入 {KEY} / put the system's key into {KEY}")
    named = source or f"import/{file.name}".replace(" ", "-")
    terminal = Console(stderr=True)
    try:
        outcome = uvloop.run(
            _run(
                file,
                System(intake, console, system, key),
                terminal,
                intake=intake.rstrip("/"),
                system=system,
                kind=SHORT.get(kind or "", kind),
                source=named,
                practice=practice,
            )
        )
    except Unreachable as error:
        terminal.print(f"没有应答，请稍后再次运行 / no answer, run it again later: {error}")
        raise typer.Exit(2) from None
    except httpx.UnsupportedProtocol as error:
        terminal.print(
            f"地址须以 http:// 或 https:// 开头 / an address begins with http:// or https://: {error}"
        )
        raise typer.Exit(2) from None
    except Problem as problem:
        terminal.print(f"{problem}")
        raise typer.Exit(2) from None
    terminal.print(
        f"接收 {outcome['accepted']}，重复 {outcome['duplicate']}，拒收 {outcome['refused']} / "
        f"accepted {outcome['accepted']}, duplicate {outcome['duplicate']}, refused {outcome['refused']}"
    )
    terminal.print(f"逐行结果 results: {file}.results.jsonl")
    raise typer.Exit(1 if outcome["refused"] else 0)


async def _run(
    file: Path,
    sink: System,
    terminal: Console,
    *,
    intake: str,
    system: str,
    kind: str | None,
    source: str,
    practice: bool,
) -> Counter[str]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[how]}"),
    )
    with Progress(*columns, console=terminal) as bar:
        task = bar.add_task(file.name, total=None, how="")

        def on_progress(done: int, outcome: Counter[str]) -> None:
            bar.update(
                task,
                completed=done,
                how=f"收 {outcome['accepted']} 重 {outcome['duplicate']} 拒 {outcome['refused']}",
            )

        def on_other_results(renamed: Path) -> None:
            terminal.print(
                f"已有结果属于另一次导入（地址、系统、类型、来源或演练不同），改名为 {renamed.name}，从头开始 / "
                "the results that were there are another import's (address, system, type, source or practice differ): "
                f"renamed to {renamed.name}, and started anew"
            )

        bar.update(task, total=await asyncio.to_thread(_count, file, source))
        async with sink:
            return await run(
                file,
                sink,
                kind=kind,
                source=source,
                practice=practice,
                on_progress=on_progress,
                intake=intake,
                system=system,
                on_other_results=on_other_results,
            )


def _count(file: Path, source: str) -> int:
    """Number of lines. Cheap for text; a table has to be read as a whole."""
    if file.suffix.lower() == ".jsonl":
        with file.open("rb") as text:
            return sum(1 for line in text if line.strip())
    return sum(1 for _ in lines(file, None, source))
