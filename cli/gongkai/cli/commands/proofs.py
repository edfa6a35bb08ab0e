"""`gongkai keys`, `prove`, `verify`, `copy`: what an auditor or a citizen does with the logs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from gongkai.contracts.errors import UserError
from gongkai.ledger import keyfile
from gongkai.ledger.audit import Broken
from gongkai.ledger.proof import BadBundle
from gongkai.operate.embedded.witness_process import WITNESS, watch
from gongkai.operate.logs import copying, verifying
from gongkai.operate.logs.location import Where
from gongkai.operate.logs.trusted_keys import trusted
from gongkai.operate.processes.credentials import Credentials, write_secret

app = typer.Typer()

Data = Annotated[Path, typer.Option("--data", envvar="GONGKAI_DATA", help="数据目录 data folder")]
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
def _told() -> Iterator[None]:
    """A promise that isn't kept ends the command with exit code 1 and the sentence that says which."""
    try:
        yield
    except* (Broken, BadBundle) as broken:
        for each in broken.exceptions:
            typer.secho(f"不成立 broken: {each}", fg="red", err=True)
        raise typer.Exit(1) from None


def _say(said: tuple[str, str]) -> None:
    typer.echo(f"{said[0]} / {said[1]}")


@app.command()
def keys(
    data: Data = Path("var"),
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
        _change(here, data, rotate, keyfile.rotated)
    if retire is not None:
        _change(here, data, retire, keyfile.retired)
    for log, vkeys in here.log_vkeys().items():
        for number, vkey in enumerate(vkeys):
            typer.echo(f"# {log}" + ("" if number == 0 else "（先前的 earlier）"))
            typer.echo(vkey)
    witness = here.witness_vkey()
    if witness is not None:
        typer.echo(f"# 见证人 witness\n{witness}")


def _change(here: Credentials, data: Path, log: str, change: Callable[[str], str]) -> None:
    """The service reads its key file at the next checkpoint; the witness is told first."""
    files = {file.stem: file for file in (here.folder / "logs").glob("*/*.key")}
    if log not in files:
        raise UserError(f"没有日志 / no such log: {log}（{', '.join(sorted(files))}）")
    changed = change(files[log].read_text())
    pointer = data / f"{WITNESS}.location"
    folder = Path(pointer.read_text().strip()) if pointer.exists() else data / WITNESS
    if folder.is_dir():
        others = [vkey for name, vkeys in here.log_vkeys().items() if name != log for vkey in vkeys]
        watch(folder, [*others, *keyfile.vkeys_in(changed)])
    write_secret(files[log], changed)


@app.command()
def prove(
    event_id: Annotated[UUID, typer.Argument(help="事件号 the event's id")],
    output: Annotated[Path, typer.Option("-o", "--output", help="证明文件 the bundle's file")],
    data: Data = Path("var"),
    postgres: Postgres = None,
    vkey: Vkeys = None,
) -> None:
    """为一条记录出具证明，可离线核验 / a bundle that proves one record, to be verified offline."""
    with _told():
        bundle = verifying.proved(Where(data, postgres), event_id, trusted(vkey or [], data))
    output.write_bytes(bundle.to_json().encode())
    _say(
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
    data: Data = Path("var"),
    vkey: Vkeys = None,
) -> None:
    """核验证明文件或整部日志；不成立则退出码为 1 / a bundle, or whole logs; exits 1 if a promise is broken."""
    trust = trusted(vkey or [], data)
    with _told():
        if bundle is not None:
            _say(verifying.verified_bundle(bundle, trust))
            return
        earlier = [_read(file) for file in since or []]
        with Where(data, postgres, url, copy, token).logs(log or []) as found:
            strangers = set(earlier)
            broken = []
            for name, source in found.items():
                theirs = verifying.of_origin(source, earlier, alone=len(found) == 1)
                strangers -= set(theirs)
                try:
                    _say(verifying.verified_log(name, source, trust, theirs))
                except Broken as error:
                    broken.append(error)
        for raw in sorted(strangers):
            origin = verifying.origin_in(raw)
            broken.append(Broken("same log", f"没有日志 {origin}", f"no log is {origin}"))
        if broken:
            raise ExceptionGroup("broken", broken)


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode(errors="replace")
    except OSError as error:
        raise UserError(f"读不了 / can't read {file}: {error.strerror}") from error


@app.command()
def copy(
    folder: Annotated[Path, typer.Argument(help="副本目录 where the copies are kept")],
    *,
    log: Logs = None,
    url: Url = None,
    token: Token = None,
    postgres: Postgres = None,
    data: Data = Path("var"),
    vkey: Vkeys = None,
) -> None:
    """把日志抄成文件，供日后核验；再次运行即续抄 / logs as files, to be verified later; run again to go on."""
    trust = trusted(vkey or [], data)
    with _told(), Where(data, postgres, url, None, token).logs(log or []) as found:
        for name, source in found.items():
            tree = copying.copy(source, folder / name, trust.keys)
            _say((f"{name}：{tree.size} 条已抄至 {folder / name}", f"{name}: {tree.size} entries copied"))
