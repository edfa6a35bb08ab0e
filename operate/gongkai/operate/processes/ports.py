"""Which ports a deployment on one machine uses: the same ones at every start."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from gongkai.contracts.errors import UserError
from gongkai.operate.embedded import free_port, is_free
from gongkai.operate.services import installed

CONSOLE: Final = "console"  # the one whose port people choose
PARTS: Final = ("postgres", "broker", "witness")  # of a deployment, besides the services


class PortBusy(UserError):
    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"端口 {port}（{host}）已被占用，请用 --port 另选一个 / "
            f"port {port} on {host} is in use: choose another with --port"
        )
        self.port = port


def choose(file: Path, host: str, wanted: int | None) -> dict[str, int]:
    """Ports for all services and PARTS, kept in `file`. `wanted`: the console's; 0 = any that is free; None = as before.

    Raises PortBusy if the console's is taken: people know that address, so it does not change unasked.
    """
    kept: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    console = kept.get(CONSOLE, installed()[CONSOLE].port) if wanted is None else wanted or free_port(host)
    if not is_free(host, console):
        raise PortBusy(host, console)
    chosen = {CONSOLE: console}
    for name, service in installed().items():
        if (
            name not in chosen
        ):  # as far from the console's port as declared, so that addresses are easy to remember
            where = host if service.browsers else "127.0.0.1"
            liked = console + service.port - installed()[CONSOLE].port
            chosen[name] = _pick(where, kept.get(name), liked, chosen)
    for part in PARTS:
        chosen[part] = _pick("127.0.0.1", kept.get(part), 0, chosen)
    file.write_text(json.dumps(chosen, indent=1) + "\n")
    return chosen


def _pick(host: str, kept: int | None, liked: int, taken: Mapping[str, int]) -> int:
    for port in (kept or 0, liked):
        if 0 < port < 65536 and port not in taken.values() and is_free(host, port):
            return port
    while (port := free_port(host)) in taken.values():
        pass
    return port
