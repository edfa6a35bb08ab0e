"""`gongkai keys`, `prove`, `verify`, `copy`: for auditors and citizens."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from gongkai.cli.commands.terminal import DataFolder
from gongkai.contracts.errors import UserError
from gongkai.ledger import keyfile
from gongkai.ledger.audit import VerificationFailed
from gongkai.ledger.proof import BadProofBundle
from gongkai.operate.logs import copying, verifying
from gongkai.operate.logs.location import LogLocation
from gongkai.operate.logs.signing_keys import change_key
from gongkai.operate.logs.trusted_keys import trusted_keys
from gongkai.operate.processes.credentials import Credentials

app = typer.Typer()

Postgres = Annotated[str | None, typer.Option(metavar="DSN", help="从该库读 read from this database instead")]
Url = Annotated[str | None, typer.Option(metavar="URL", help="从该控制台读 read from this console instead")]
Token = Annotated[str | None, typer.Option(envvar="GONGKAI_TOKEN", help="审计人员的令牌 an auditor's token")]
Logs = Annotated[list[str] | None, typer.Option("--log", help="只此日志，可重复 these only  [全部 all]")]
Vkeys = Annotated[
    list[str] | None,
    typer.Option("--vkey", metavar="KEY|FILE", help="所信的验证密钥，可重复 keys that you trust  [本机的 this machine's]"),
]  # fmt: skip


@app.callback()
def proofs() -> None: ...


@contextmanager
def _exit_1_if_broken() -> Iterator[None]:
    """What can't be verified ends the command with exit code 1 and a sentence that says why."""
    broken: list[Exception] = []
    try:
        yield
    except* (VerificationFailed, BadProofBundle) as group:
        broken += group.exceptions
    for each in broken:
        typer.secho(f"不成立 broken: {each}", fg="red", err=True)
    if broken:  # not in the `except*`: Python 3.11.2 wraps what is raised there
        raise typer.Exit(1)


def _print(bilingual: tuple[str, str]) -> None:
    typer.echo(" / ".join(bilingual))


@app.command()
def keys(
    data: DataFolder = Path("var"),
    rotate: Annotated[
        str | None, typer.Option(metavar="LOG", help="加一把新钥，新旧并签 a new key, both sign")
    ] = None,
    retire: Annotated[
        str | None, typer.Option(metavar="LOG", help="旧钥不再签 older keys sign no more")
    ] = None,
) -> None:
    """日志与见证人的验证密钥，须另行送达 / verifier keys of logs and witness, to be handed over out of band."""
    here = Credentials(data / "secrets")
    if not (here.folder / "origin").exists():
        raise UserError(f"{data} 还没有密钥，请先 gongkai up / no keys there yet: run gongkai up first")
    if rotate is not None:
        change_key(here, data, rotate, keyfile.rotated)
    if retire is not None:
        change_key(here, data, retire, keyfile.retired)
    for log, vkeys in here.log_vkeys().items():
        for number, vkey in enumerate(vkeys):
            typer.echo(f"# {log}" + ("" if number == 0 else "（先前的 earlier）"))
            typer.echo(vkey)
    witness = here.witness_vkey()
    if witness is not None:
        typer.echo(f"# 见证人 witness\n{witness}")


@app.command()
def prove(
    event_id: Annotated[UUID, typer.Argument(help="事件号 the event's id")],
    output: Annotated[Path, typer.Option("-o", "--output", help="证明文件 the bundle's file")],
    data: DataFolder = Path("var"),
    postgres: Postgres = None,
    vkey: Vkeys = None,
) -> None:
    """为一条记录出具证明，可离线核验 / a bundle that proves one record, to be verified offline."""
    with _exit_1_if_broken():
        bundle = verifying.prove(LogLocation(data, postgres), event_id, trusted_keys(vkey or [], data))
    output.write_bytes(bundle.to_json().encode())
    _print(
        (
            f"{bundle.log} 第 {bundle.position} 位的证明已存于 {output}",
            f"position {bundle.position} of {bundle.log}: the proof is in {output}",
        )
    )


@app.command()
def verify(
    bundle: Annotated[
        Path | None, typer.Argument(help="证明文件；不给则核验日志 a bundle; else whole logs")
    ] = None,
    *,
    log: Logs = None,
    since: Annotated[
        list[Path] | None, typer.Option(help="以前存下的检查点，可重复 checkpoints kept from earlier")
    ] = None,
    copy: Annotated[Path | None, typer.Option(help="核验本地副本 a local copy")] = None,
    url: Url = None,
    token: Token = None,
    postgres: Postgres = None,
    data: DataFolder = Path("var"),
    vkey: Vkeys = None,
) -> None:
    """核验证明文件或整部日志；不成立则退出码为 1 / a bundle, or whole logs; exits 1 if a promise is broken."""
    trust = trusted_keys(vkey or [], data)
    with _exit_1_if_broken():
        if bundle is not None:
            _print(verifying.verify_bundle(bundle, trust))
            return
        kept = [verifying.read_checkpoint(file) for file in since or []]
        with LogLocation(data, postgres, url, copy, token).logs(log or []) as found:
            broken = []
            for result in verifying.verify_logs(found, trust, kept):
                if isinstance(result, VerificationFailed):
                    broken.append(result)
                else:
                    _print(result)
        if broken:
            raise ExceptionGroup("broken", broken)


@app.command()
def copy(
    folder: Annotated[Path, typer.Argument(help="副本目录 where the copies are kept")],
    *,
    log: Logs = None,
    url: Url = None,
    token: Token = None,
    postgres: Postgres = None,
    data: DataFolder = Path("var"),
    vkey: Vkeys = None,
) -> None:
    """把日志抄成文件，供日后核验；再次运行即续抄 / logs as files, to be verified later; run again to go on."""
    trust = trusted_keys(vkey or [], data)
    with _exit_1_if_broken(), LogLocation(data, postgres, url, None, token).logs(log or []) as found:
        for name, source in found.items():
            tree = copying.copy(source, folder / name, trust.keys)
            _print((f"{name}：{tree.size} 条已抄至 {folder / name}", f"{name}: {tree.size} entries copied"))
