"""How a child process is started, whoever supervises it."""

import errno
import importlib.util
import os
import secrets
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import gongkai
from gongkai.contracts.errors import UserError

# The whole environment of a program that is not ours: none of our secrets.
CLEAN_ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
# As a child's PYTHONPATH: the same code as ours.
OUR_CODE: Final = os.pathsep.join(str(Path(part).parent) for part in gongkai.__path__)


class EmbeddedFailed(UserError):
    """A bundled program does not start; the message says in both languages what to do."""


@dataclass(frozen=True, slots=True)
class Command:
    """How a process is to be started."""

    argv: tuple[str, ...]
    env: dict[str, str]
    user: int | None = None  # None: as whom we are
    group: int | None = None

    def options(self) -> dict[str, Any]:
        """For Popen and its like. Its own session: Ctrl-C in the terminal is for the supervisor alone."""
        return {
            "env": self.env,
            "user": self.user,
            "group": self.group,
            "extra_groups": [] if self.user is not None else None,
            "cwd": "/",
            "umask": 0o077,
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
        }

    def start(self, log: Path) -> "subprocess.Popen[bytes]":
        with log.open("ab") as out:
            return subprocess.Popen(  # noqa: S603  # our own command lines
                self.argv, stdout=out, stderr=subprocess.STDOUT, **self.options()
            )

    def run(self) -> "subprocess.CompletedProcess[str]":
        """To its end, with what it said."""
        return subprocess.run(  # noqa: S603
            self.argv, capture_output=True, text=True, check=False, **self.options()
        )


def free_port(host: str = "127.0.0.1") -> int:
    """One that is free now, and likely to stay so.

    Below 32768: what the system hands out by itself, from there on, it also hands to anybody's outgoing
    connection, and a server that was killed might find its port taken.
    """
    while not is_free(host, port := 20000 + secrets.randbelow(12000)):
        pass
    return port


def is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: closed is free
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise EmbeddedFailed(f"无法监听 / can't listen on {host}:{port}: {error.strerror}") from error
        return True


def wait_port(port: int, process: "subprocess.Popen[bytes]", seconds: float = 30) -> None:
    """Until something listens there. Raises EmbeddedFailed when the process dies first."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise EmbeddedFailed(f"端口 {port} 无应答 / nothing answers on port {port} (exit code {process.poll()})")


def wheel(package: str) -> Path:
    """The folder of a package, found without importing it: what its import does is not wanted here."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedFailed(f"缺少 Python 包 / missing Python package: {package} (make setup)")
    return Path(spec.submodule_search_locations[0])
