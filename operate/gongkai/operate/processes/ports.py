"""Which ports a deployment on one machine uses: the same ones at every start."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from gongkai.contracts.errors import UserError
from gongkai.operate.embedded import free_port, is_free
from gongkai.runtime.settings import SERVICES

CONSOLE: Final = 8080
# Next to the console's port if they are free, so that addresses are easy to remember.
_OFFSETS: Final = {"intake": 1, "review": 2, "publishing": 3, "scoring": 4, "portal": 10}
PARTS: Final = (*SERVICES, "postgres", "broker", "witness")


class PortBusy(UserError):
    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"端口 {port}（{host}）已被占用，请用 --port 另选一个 / "
            f"port {port} on {host} is in use: choose another with --port"
        )
        self.port = port


def choose(file: Path, host: str, wanted: int | None) -> dict[str, int]:
    """Ports for all PARTS, kept in `file`. `wanted`: the console's; 0 = any that is free; None = as before.

    Raises PortBusy if the console's is taken: people know that address, so it does not change unasked.
    """
    kept: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    console = kept.get("console", CONSOLE) if wanted is None else wanted or free_port(host)
    if not is_free(host, console):
        raise PortBusy(host, console)
    chosen = {"console": console}
    for part in PARTS:
        if part not in chosen:
            where = host if part == "portal" else "127.0.0.1"
            chosen[part] = _pick(where, kept.get(part), console + _OFFSETS.get(part, 0), chosen)
    file.write_text(json.dumps(chosen, indent=1) + "\n")
    return chosen


def _pick(host: str, kept: int | None, liked: int, taken: Mapping[str, int]) -> int:
    for port in (kept or 0, liked):
        if 0 < port < 65536 and port not in taken.values() and is_free(host, port):
            return port
    while (port := free_port(host)) in taken.values():
        pass
    return port
