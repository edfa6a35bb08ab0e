"""The manifest of a backup: its files, and the state of the logs at that moment."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from gongkai.contracts.errors import UserError

FORMAT: Final = "gongkai.backup.v1"
FILE: Final = "manifest.json"
_CHUNK: Final = 1 << 20


class BackupError(UserError):
    """The backup can't be taken or restored; the message says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")


@dataclass(frozen=True, slots=True)
class LogState:
    """A log as it was: size, root of its tree (hex), the newest checkpoint that was signed of it."""

    log: str
    schema: str
    size: int
    root: str
    checkpoint: str | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files`: path within the folder -> [bytes, SHA-256]. Sorted, so that the same backup is the same text."""

    made_at: str
    program: str
    files: dict[str, tuple[int, str]]
    logs: tuple[LogState, ...] = ()

    def write(self, folder: Path) -> None:
        """Written last: a folder without it is no complete backup."""
        half = folder / f"{FILE}.new"
        half.write_text(json.dumps({"format": FORMAT} | asdict(self), indent=1, sort_keys=True) + "\n")
        half.chmod(0o600)
        half.replace(folder / FILE)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Raises BackupError for what is no backup, incomplete or damaged."""
        file = folder / FILE
        if not file.exists():
            raise BackupError(f"{folder} 中没有完整的备份", f"there is no whole backup in {folder}")
        content: dict[str, Any] = json.loads(file.read_text())
        if content.pop("format", None) != FORMAT:
            raise BackupError(f"{file} 的格式不认识", f"{file} is of a format unknown here")
        logs = tuple(LogState(**log) for log in content.pop("logs"))
        files = {name: (size, digest) for name, (size, digest) in content.pop("files").items()}
        return cls(files=files, logs=logs, **content)

    def check(self, folder: Path) -> None:
        """Raises BackupError, naming the first file that is missing or damaged."""
        present = measured(folder)
        for name, promised in self.files.items():
            if name not in present:
                raise BackupError(f"备份缺少文件 {name}", f"the backup lacks the file {name}")
            if present[name] != promised:
                raise BackupError(
                    f"备份文件 {name} 已损坏：SHA-256 不符", f"the file {name} is damaged: another SHA-256"
                )


def measured(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file in the folder but the manifest."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, _digest(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in (FILE, f"{FILE}.new")
    }


def _digest(path: Path) -> str:
    total = sha256()
    with path.open("rb") as file:
        for chunk in _chunks(file):
            total.update(chunk)
    return total.hexdigest()


def _chunks(file: Any) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
