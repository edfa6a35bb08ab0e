"""Whether the logs are consistent in themselves, and every projection has a row for every event that it should."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gongkai.ledger.read import Connection
from gongkai.operate.services import installed_logs

# How many rows of a view there must be: one for each event, or one for each stream with such an event.
ROWS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "console.document": ("stream", ("DocumentDrafted",)),
    "console.publication": ("stream", ("DocumentPublished",)),
    "console.consultation": ("stream", ("ConsultationRequested",)),
    "console.application": ("stream", ("ApplicationReceived",)),
    "console.proposal": ("stream", ("AnswerProposed",)),
    "console.sign_off": ("stream", ("SignOffOpened",)),
    "console.score_item": ("event", ("ScoreChanged",)),
    "intake.receipt": ("stream", ("ApplicationReceived",)),
    "portal.document": ("stream", ("DocumentPublished",)),
    "portal.publication": ("event", ("DocumentPublished",)),
    "publishing.docket": (
        "event",
        (
            "DocumentDrafted",
            "SecrecyReviewed",
            "ConsultationRequested",
            "ConsultationAnswered",
            "ConsultationLapsed",
        ),
    ),
}


@dataclass(slots=True)
class LogContents:
    """The logs' raw records, and what is wrong with the logs themselves."""

    raws: list[bytes] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    events: Counter[str] = field(default_factory=Counter)
    streams: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    reviewed: set[tuple[str, str]] = field(default_factory=set)  # document and digest
    released: set[str] = field(default_factory=set)  # digests that went out
    wrong: list[str] = field(default_factory=list)

    @classmethod
    async def read(cls, conn: Connection) -> "LogContents":
        logs = cls()
        for log in installed_logs().values():
            rows = await conn.fetch(
                f"SELECT position, stream, version, leaf, record FROM {log.schema}.log_entry"
                " WHERE log = $1 ORDER BY position",
                log.name,
            )
            size = await conn.fetchval(f"SELECT size FROM {log.schema}.log_head WHERE log = $1", log.name)
            logs._add(log.name, rows)
            if len(rows) != (size or 0):
                logs.wrong.append(f"log {log.name}: {len(rows)} entries, its head says {size}")
        return logs

    def _add(self, log: str, rows: list[Any]) -> None:
        versions: Counter[str] = Counter()
        for expected, row in enumerate(rows):
            record, raw = json.loads(row["record"]), row["record"]
            versions[row["stream"]] += 1
            recorded = (record["subject"], record["streamversion"])
            where = f"log {log}, position {row['position']}"
            if row["position"] != expected:
                self.wrong.append(f"{where}: {expected} should come here")
            if row["version"] != versions[row["stream"]] or recorded != (row["stream"], row["version"]):
                self.wrong.append(f"{where}: stream or version out of order")
            if row["leaf"] != hashlib.sha256(b"\0" + raw).digest():
                self.wrong.append(f"{where}: leaf hash is not that of the record")
            name, data = record["type"].split(".")[1], record["data"]
            self.raws.append(raw)
            self.ids.add(record["id"])
            self.events[name] += 1
            self.streams[name].add(row["stream"])
            if name.startswith("SecrecyReview"):
                self.reviewed.add((data["document"], data["digest"]))
            if name == "DocumentPublished":
                self.released.add(data["digest"])


async def inconsistencies(conn: Connection, logs: LogContents) -> list[str]:
    """One sentence for each."""
    found = [*logs.wrong, *await _behind(conn), *await _rows(conn, logs)]
    shown = {str(row["event_id"]) for row in await conn.fetch("SELECT event_id FROM console.event")}
    if missing := len(logs.ids - shown):
        found.append(f"console.event: {missing} events of the logs are missing")
    if unknown := len(shown - logs.ids):
        found.append(f"console.event: {unknown} rows of no event")
    out = {row["digest"].hex() for row in await conn.fetch("SELECT digest FROM store.released_content")}
    if out != logs.released:
        found.append(
            f"store.released: {len(out ^ logs.released)} texts are out unpublished, or published and not out"
        )
    return found


async def _rows(conn: Connection, logs: LogContents) -> list[str]:
    expected = {"console.review": len(logs.reviewed)}
    for view, (per, names) in ROWS.items():
        expected[view] = sum(logs.events[n] if per == "event" else len(logs.streams[n]) for n in names)
    found = []
    for view, count in sorted(expected.items()):
        rows = await conn.fetchval(f"SELECT count(*) FROM {view}")
        if rows != count:
            found.append(f"{view}: {rows} rows, the logs have {count}")
    return found


async def _behind(conn: Connection) -> list[str]:
    """Checkpoints at the heads of their partitions, none stopped."""
    found = []
    for log in installed_logs().values():
        rows = await conn.fetch(
            "SELECT subscription, c.partition, c.position, stopped, coalesce(head, -1) AS head"
            " FROM ledger.checkpoint c LEFT JOIN (SELECT partition, max(position) AS head"
            f" FROM {log.schema}.log_entry WHERE log = $1 GROUP BY partition) h USING (partition)"
            " WHERE c.log = $1 ORDER BY 1, 2",
            log.name,
        )
        for row in rows:
            where = f"{row['subscription']} on {log.name}/{row['partition']}"
            if row["stopped"] is not None:
                found.append(f"{where}: stopped at {row['stopped']}")
            elif row["position"] != row["head"]:
                found.append(f"{where}: at {row['position']}, the log is at {row['head']}")
    return found
