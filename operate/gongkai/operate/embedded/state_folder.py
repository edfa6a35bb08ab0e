"""The folder that a child process keeps its files in, and the system user that it runs as when we are root.

Nothing outside the data folder changes its permissions for that. Where the process's own user can't reach the data
folder (a parent folder is closed to others, as /root is), its files live under /var/lib/gongkai, and the data
folder keeps a pointer: `DATA/<name>.location`.
"""

import os
import pwd
import secrets
import subprocess
from pathlib import Path
from typing import Final

from gongkai.operate.embedded.command import Command, EmbeddedFailed

SYSTEM_STATE: Final = Path("/var/lib/gongkai")  # used by root only, and only when needed


class StateFolder:
    """One process's. `user`: the system user that root has it run as; None: as whom we are."""

    def __init__(self, data: Path, name: str, system_user: str) -> None:
        self.data = data
        self.name = name
        self.user = _system_user(system_user) if os.geteuid() == 0 else None

    @property
    def ids(self) -> tuple[int | None, int | None]:
        """User and group of the process."""
        return (self.user.pw_uid, self.user.pw_gid) if self.user else (None, None)

    def folder(self) -> Path:
        """Found or made; the process's user can write there."""
        pointer = self.data / f"{self.name}.location"
        if pointer.exists():
            folder = Path(pointer.read_text().strip())
            if not folder.is_dir():
                raise EmbeddedFailed(
                    f"{pointer} 指向的 {folder} 不存在 / the folder that it names is gone: "
                    "恢复它，或另选数据目录 / bring it back, or choose another data folder"
                )
            return folder
        folder = self.data / self.name
        fresh = not folder.exists()
        folder.mkdir(mode=0o700, exist_ok=True)
        self.own(folder)
        if self.can("-w", folder):
            return folder
        if not fresh:
            name = self.user.pw_name if self.user else ""
            raise EmbeddedFailed(
                f"用户 {name} 无法进入 {folder} / user {name} can't reach {folder}: "
                "其上级目录已被关闭 / a folder above it has been closed"
            )
        folder.rmdir()
        open_folder(SYSTEM_STATE)
        folder = SYSTEM_STATE / secrets.token_hex(6)
        folder.mkdir(mode=0o700)
        self.own(folder)
        pointer.write_text(f"{folder}\n")
        return folder

    def own(self, path: Path) -> None:
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def can(self, test: str, path: Path) -> bool:
        """Whether the process's user can, parents and access lists included: tested as that user."""
        return Command(("/usr/bin/test", test, str(path)), {}, *self.ids).run().returncode == 0


def open_folder(folder: Path) -> None:
    """A folder of root's that others may pass through; ours, so its permissions are ours to set."""
    folder.mkdir(mode=0o755, exist_ok=True)
    folder.chmod(0o755)


def _system_user(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        pass
    command = ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_STATE))
    try:
        subprocess.run(  # noqa: S603
            (*command, "--shell", "/usr/sbin/nologin", name),
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        detail = getattr(error, "stderr", "") or error
        raise EmbeddedFailed(
            f"以 root 运行时需要系统用户 {name}，但无法建立 / run by root, this needs the system user {name},"
            f" which can't be made: {detail}"
        ) from error
    return pwd.getpwnam(name)
