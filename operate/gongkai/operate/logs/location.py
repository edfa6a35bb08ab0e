"""Which logs a command reads, and from where: this machine's deployment, a database, a server, or a copy."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg

from gongkai.contracts.errors import UserError
from gongkai.ledger.audit import Source
from gongkai.operate.databases.cluster import MONITOR
from gongkai.operate.logs.sources import Copy, Database, Server, Unreachable
from gongkai.operate.processes.deployment import Deployment
from gongkai.operate.services import installed_logs


@dataclass(frozen=True, slots=True)
class LogLocation:
    """At most one of `postgres`, `url`, `copy`; without any, the deployment that runs with the data folder."""

    data: Path = Path("var")
    postgres: str | None = None
    url: str | None = None
    copy: Path | None = None
    token: str | None = field(default=None, repr=False)

    @contextmanager
    def logs(self, wanted: Sequence[str] = ()) -> Iterator[Mapping[str, Source]]:
        """By name; `wanted`: these only. Raises UserError for one that isn't there."""
        if self.copy is not None:
            yield _only(_copies(self.copy), wanted)
        elif self.url is not None:
            headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            with httpx.Client(headers=headers, timeout=60) as http:
                root = f"{self.url.rstrip('/')}/log"
                yield _only({name: Server(http, f"{root}/{name}") for name in _list_logs(http, root)}, wanted)
        else:
            with self._connect() as conn:
                yield _only({name: Database(conn, log) for name, log in installed_logs().items()}, wanted)

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        dsn = self.postgres or Deployment.running(self.data).cluster.dsn(MONITOR)
        try:
            return psycopg.connect(dsn, autocommit=True)
        except psycopg.OperationalError as error:
            raise Unreachable(f"连不上 PostgreSQL / can't connect: {error}") from error


def _only(found: Mapping[str, Source], wanted: Sequence[str]) -> Mapping[str, Source]:
    unknown = [name for name in wanted if name not in found]
    if unknown or not found:
        raise UserError(f"没有日志 / no such log: {', '.join(unknown)}（{', '.join(found)}）")
    return {name: found[name] for name in wanted} if wanted else found


def _copies(folder: Path) -> dict[str, Source]:
    """A folder that is a copy, or one that holds a copy for each log."""
    if (folder / "checkpoint").is_file():
        return {folder.resolve().name: Copy(folder)}
    return {file.parent.name: Copy(file.parent) for file in sorted(folder.glob("*/checkpoint"))}


def _list_logs(http: httpx.Client, root: str) -> list[str]:
    try:
        return [str(each["name"]) for each in http.get(root).raise_for_status().json()["logs"]]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise Unreachable(f"连不上 / can't list the logs at {root}: {error}") from error
