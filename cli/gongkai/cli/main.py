"""`gongkai`: the one command, for operators, auditors and tests alike.

A command's own module is imported when it is called: a service that died must be back within a second.
"""

import asyncio
import math
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command

from gongkai.contracts.errors import UserError

# Commands of this distribution that are in modules of their own.
MODULES = {
    "backup": "gongkai.cli.commands.backup",
    "calendar": "gongkai.cli.commands.deadlines",
    "catch-up": "gongkai.cli.commands.history",
    "clauses": "gongkai.cli.commands.clauses",
    "copy": "gongkai.cli.commands.proofs",
    "deadline": "gongkai.cli.commands.deadlines",
    "doctor": "gongkai.cli.commands.doctor",
    "import": "gongkai.cli.commands.import_events",
    "keys": "gongkai.cli.commands.proofs",
    "prove": "gongkai.cli.commands.proofs",
    "rebuild": "gongkai.cli.commands.history",
    "replay": "gongkai.cli.commands.history",
    "restore": "gongkai.cli.commands.backup",
    "resume": "gongkai.cli.commands.history",
    "rights": "gongkai.cli.commands.rights",
    "rules": "gongkai.cli.commands.rulebooks",
    "schema": "gongkai.cli.commands.schema",
    "units": "gongkai.cli.commands.units",
    "verify": "gongkai.cli.commands.proofs",
    "witness": "gongkai.cli.commands.witness",
}

# Commands of other distributions are declared by them: the name of the command = "module:app", a Typer application.
ENTRY_POINTS = "gongkai.commands"


def elsewhere() -> dict[str, str]:
    """By command, the module of its Typer application. Reads the metadata of what is installed, which takes time."""
    return MODULES | {each.name: each.module for each in entry_points(group=ENTRY_POINTS)}


class Commands(TyperGroup):
    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in MODULES:
            self._load(cmd_name, MODULES[cmd_name])
        elif cmd_name not in self.commands:
            others = elsewhere()
            for name in [cmd_name] if cmd_name in others else others:  # a mistyped one may resemble any
                self._load(name, others[name])
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *(name for name in elsewhere() if name not in self.commands)]

    def _load(self, name: str, module: str) -> None:
        if name not in self.commands:
            group = cast(TyperGroup, get_command(import_module(module).app))
            self.commands[name] = group.commands[name]


app = typer.Typer(
    name="gongkai",
    cls=Commands,
    help="政务公开：从起草到考核，一部不可暗改的历史 / open government on a history nobody can alter unseen",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # they may hold passwords
)


def _folder(data: Path) -> Path:
    if data.exists() and not data.is_dir():
        raise typer.BadParameter(f"{data} 不是目录 / is not a folder")
    return data


def _servers(kafka: str | None) -> str | None:
    """host:port, or several of them with commas between."""
    for server in kafka.split(",") if kafka is not None else ():
        host, _, port = server.strip().rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) < 65536:
            raise typer.BadParameter(f"应为 主机:端口 / must be HOST:PORT: {server}")
    return kafka


def _finite(scale: float | None) -> float | None:
    if scale is not None and not math.isfinite(scale):
        raise typer.BadParameter("应为有限的数 / must be a finite number")
    return scale


Data = Annotated[
    Path,
    typer.Option("--data", envvar="GONGKAI_DATA", help="数据目录 data folder", callback=_folder),
]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="控制台端口，0 为任选 console's port, 0 = any  [8080]")
]
Kafka = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="用外部 Kafka  use this one instead", callback=_servers),
]
Postgres = Annotated[
    str | None, typer.Option(metavar="DSN", help="用外部 PostgreSQL（管理员）use this one, as administrator")
]


@app.command()
def up(
    *,
    data: Data = Path("var"),
    port: Port = None,
    kafka: Kafka = None,
    postgres: Postgres = None,
    host: Annotated[
        str, typer.Option(help="控制台与门户的监听地址 where console and portal listen")
    ] = "127.0.0.1",
) -> None:
    """在本机启动全部服务，直到 Ctrl-C / everything on one machine, until Ctrl-C."""
    from gongkai.operate.processes.up import Options
    from gongkai.operate.processes.up import up as run

    asyncio.run(run(Options(data, host, port, kafka, postgres)))


@app.command()
def demo(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="演完即核对，然后停止 check it all, then stop")
    ] = False,
    scale: Annotated[
        float | None,
        typer.Option(min=0.001, help="规模，1 为两千份文件 1 = 2,000 documents  [1]", callback=_finite),
    ] = None,
    documents: Annotated[
        Path | None, typer.Option(help="目录，其中文本作为文件录入 texts to enter as documents")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="同一种子，同一年 the same seed is the same year  [1]")
    ] = None,
    data: Data = Path("var/demo"),
    port: Port = None,
    kafka: Kafka = None,
    postgres: Postgres = None,
) -> None:
    """启动全部服务并演示一个区的一年 / up, and a district's year."""
    from gongkai.demo.run import DemoOptions
    from gongkai.demo.run import demo as run
    from gongkai.operate.processes.up import Options

    wanted = DemoOptions(
        Options(data, port=port, kafka=kafka, postgres=postgres), seed, scale, documents, check
    )
    if not run(wanted):
        raise typer.Exit(1)


@app.command()
def check(data: Data = Path("var")) -> None:
    """核对运行中的数据：事件、得分、投影 / is every event, score and projection right?"""
    from gongkai.demo.check import check_data_folder

    if not check_data_folder(data):
        raise typer.Exit(1)


@app.command()
def serve(service: Annotated[str, typer.Argument(help="服务名 its name")]) -> None:
    """运行一个服务，配置取自环境变量 / run one service; its settings are in the environment."""
    from gongkai.operate.services import service_named
    from gongkai.runtime.serve import serve as run

    run(service_named(service))


@app.command()
def services() -> None:
    """列出已安装的服务 / the services that are installed, as each declares itself."""
    from gongkai.operate.services import installed, projections

    for name, each in installed().items():
        typer.echo(f"{name}  {each.zh}")
        for zh, en, words in (
            ("端口", "port", [str(each.port)]),
            ("日志", "log", [each.log.name] if each.log else []),
            ("跟随", "follows", each.follows),
            ("期限", "deadlines", each.deadlines),
            ("视图", "views", [projection.name for projection in projections(each)]),
        ):
            typer.echo(f"    {zh} {en}: {', '.join(words) or '–'}")


@app.command()
def migrate(
    postgres: Annotated[
        str, typer.Option(metavar="DSN", envvar="GONGKAI_ADMIN_DSN", help="管理员 administrator")
    ],
    data: Data = Path("var"),
) -> None:
    """在外部 PostgreSQL 上建库、建角色、迁移 / databases, roles and migrations of a PostgreSQL elsewhere."""
    from gongkai.operate.databases.external import prepare

    for done in prepare(data, postgres):
        typer.echo(done)


def main() -> None:
    try:
        app()
    except UserError as problem:
        typer.secho(f"{problem}", fg="red", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
