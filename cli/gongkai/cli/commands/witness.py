"""`gongkai witness`: runs the witness process, as `python -m gongkai.ledger.cosigning` does."""

from pathlib import Path
from typing import Annotated

import typer

from gongkai.ledger.cosigning.server import serve

app = typer.Typer()


@app.callback()
def witnesses() -> None: ...


@app.command()
def witness(
    folder: Annotated[
        Path, typer.Option(help="其密钥、数据库与所见证日志的验证密钥 its key, its database, the logs' keys")
    ],
    name: Annotated[str, typer.Option(help="密钥之名，如 witness.example.org/w1 its key's name")],
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8099,
    host: Annotated[str, typer.Option(help="监听地址 where it listens")] = "127.0.0.1",
    user: Annotated[
        str | None, typer.Option(help="以 root 启动后改用此系统用户 started by root, it becomes this user")
    ] = None,
) -> None:
    """见证人：只为前后一致的检查点联署 / cosigns consistent checkpoints only, until SIGTERM."""
    serve(folder, name, host, port, user)
