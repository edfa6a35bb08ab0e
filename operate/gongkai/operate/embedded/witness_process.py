"""The witness of one machine: its folder, its command, and the keys that it and the logs know each other by.

Under root it is a system user of its own that owns its folder; no other process of the deployment can read its key.
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gongkai.ledger.cosigning.server import LOGS, VKEY
from gongkai.ledger.note import Verifier
from gongkai.operate.embedded.command import CLEAN_ENVIRONMENT, OUR_CODE, Command
from gongkai.operate.embedded.state_folder import StateFolder

WITNESS: Final = "witness"
WITNESS_USER: Final = "gongkai-witness"


class WitnessProcess:
    """`folder` is known after `prepare`."""

    def __init__(self, data: Path, *, name: str, port: int) -> None:
        self._state = StateFolder(data, WITNESS, WITNESS_USER)
        self._name = name
        self._port = port
        self.folder = Path()

    def prepare(self, logs: Iterable[str]) -> None:
        """Its folder, with the verifier keys of the logs that it is to watch."""
        self.folder = self._state.folder()
        watch(self.folder, logs)

    @property
    def command(self) -> Command:
        """It starts as we are and becomes its own user by itself: that one may not be able to read the code."""
        argv = [sys.executable, "-P", "-m", "gongkai.ledger.cosigning", "--folder", str(self.folder)]
        argv += ["--name", self._name, "--port", str(self._port)]
        if self._state.user is not None:
            argv += ["--user", self._state.user.pw_name]
        return Command(tuple(argv), CLEAN_ENVIRONMENT | {"PYTHONPATH": OUR_CODE, "PYTHONUNBUFFERED": "1"})

    def vkey(self) -> Verifier:
        """Its verifier key, once it has been started."""
        return Verifier.parse((self.folder / VKEY).read_text())


def watch(folder: Path, logs: Iterable[str]) -> None:
    """Write the verifier keys of the logs that the witness in that folder is to watch, atomically.

    The folder is the witness's own, and we may be root: a link in it is not followed.
    """
    half = folder / f".{LOGS}.new"
    half.unlink(missing_ok=True)
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW), "w") as out:
        os.fchmod(out.fileno(), 0o644)
        out.writelines(f"{vkey}\n" for vkey in logs)
    half.replace(folder / LOGS)
