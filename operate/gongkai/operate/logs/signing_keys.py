"""Rotating and retiring the keys that sign the logs' checkpoints (`gongkai keys`)."""

from collections.abc import Callable
from pathlib import Path

from gongkai.contracts.errors import UserError
from gongkai.ledger import keyfile
from gongkai.operate.embedded.witness_process import WITNESS, watch
from gongkai.operate.processes.credentials import Credentials, write_secret


def change_key(credentials: Credentials, data: Path, log: str, change: Callable[[str], str]) -> None:
    """Apply `change` to the key file of a log; its service reads it at the next checkpoint.

    The witness gets the new verifier keys first: it refuses checkpoints that are signed by a key unknown to it.
    Raises UserError for an unknown log.
    """
    files = {file.stem: file for file in (credentials.folder / "logs").glob("*/*.key")}
    if log not in files:
        raise UserError(f"没有日志 / no such log: {log}（{', '.join(sorted(files))}）")
    changed = change(files[log].read_text())
    pointer = data / f"{WITNESS}.location"
    folder = Path(pointer.read_text().strip()) if pointer.exists() else data / WITNESS
    if folder.is_dir():
        others = [vkey for name, vkeys in credentials.log_vkeys().items() if name != log for vkey in vkeys]
        watch(folder, [*others, *keyfile.vkeys_in(changed)])
    write_secret(files[log], changed)
