"""`gongkai backup DIR` and `gongkai restore DIR`."""

from pathlib import Path
from typing import Annotated

import typer

from gongkai.cli.commands.terminal import DataFolder
from gongkai.operate.backup.restore import RestoreOptions
from gongkai.operate.backup.restore import restore as restore_backup
from gongkai.operate.backup.take import KEYS, take
from gongkai.operate.databases.cluster import Cluster
from gongkai.operate.processes.credentials import Credentials
from gongkai.operate.processes.deployment import Deployment

app = typer.Typer(no_args_is_help=True)


@app.command()
def backup(
    into: Annotated[Path, typer.Argument(metavar="DIR", help="备份目录 where to put it")],
    data: DataFolder = Path("var"),
    postgres: Annotated[
        str | None,
        typer.Option(metavar="DSN", help="不由 gongkai up 运行的（管理员）one that up doesn't run"),
    ] = None,
) -> None:
    """在线备份日志、文本、检查点，另存密钥 / logs, texts and checkpoints while all runs; the keys apart."""
    cluster = Cluster(postgres, {}) if postgres else Deployment.running(data.resolve()).cluster
    records, keys = take(cluster, Credentials(data.resolve() / "secrets").folder, into.resolve())
    for log in records.logs:
        typer.echo(f"{log.log}: {log.size} 条 entries, {log.root}")
    total = sum(size for size, _ in (*records.files.values(), *keys.files.values()))
    typer.echo(f"✓ {into}（{total / 1e6:.1f} MB）")
    typer.echo(
        f"请将 {into / KEYS} 移至别处保管：两者在一起，就能读出所有个人信息 / "
        f"keep {into / KEYS} somewhere else: who has both can read all personal data"
    )


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="备份目录 the backup")],
    *,
    data: Annotated[Path, typer.Option("--data", help="新的数据目录，须为空 a new data folder, empty")],
    keys: Annotated[Path | None, typer.Option(help="密钥备份所在  [DIR/keys] where the keys lie")] = None,
    postgres: Annotated[
        str | None,
        typer.Option(metavar="DSN", help="恢复到此 PostgreSQL（管理员）into this one, as administrator"),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE|URL", help="他处保存的检查点或见证人地址 a checkpoint kept elsewhere, or a witness"
        ),
    ] = None,
    accept_loss: Annotated[
        bool,
        typer.Option(
            "--accept-loss", help="备份之后的记录确已丢失，以新名称继续 go on without what was lost"
        ),
    ] = False,
) -> None:
    """恢复到空目录，逐条核对后才可启用 / into an empty place; every record is looked at before it opens."""
    options = RestoreOptions(
        source.resolve(),
        data.resolve(),
        None if keys is None else keys.resolve(),
        postgres,
        tuple(witness or ()),
        accept_loss,
    )
    restored = restore_backup(options)
    for lost in restored.lost:
        typer.secho(str(lost), fg="yellow")
    for log, size in restored.sizes.items():
        typer.echo(f"{log}: {size} 条，哈希全部相符 entries, every hash is right")
    typer.echo(f"文本 texts: {restored.texts}")
    if not witness:
        typer.secho(
            "没有给出见证人的检查点，备份之后丢失了什么无从得知 / without a witness's checkpoint nobody knows what was "
            f"lost after {restored.made_at}",
            fg="yellow",
        )
    typer.echo(f"✓ gongkai up --data {data}")
