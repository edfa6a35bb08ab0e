"""Verifies a log from its records, and computes the root of its tree at the sizes asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import psycopg

from gongkai.ledger.merkle import Frontier, leaf_hash
from gongkai.ledger.read import LogId
from gongkai.operate.backup.manifest import BackupError

BATCH: Final = 5000


@dataclass(frozen=True, slots=True)
class CountedLog:
    """How many entries there are, and the root at each size that was asked for, the whole size among them."""

    size: int
    roots: dict[int, bytes]

    @property
    def root(self) -> bytes:
        return self.roots[self.size]


def recount(conn: psycopg.Connection[Any], log: LogId, at: Iterable[int] = ()) -> CountedLog:
    """Every record hashed again. Raises BackupError at the first position that is missing or has another hash."""
    tree, wanted = Frontier(), set(at)
    roots = {0: tree.root()} if 0 in wanted else {}
    with conn.transaction(), conn.cursor(f"recount_{log.schema}", binary=True) as rows:
        rows.itersize = BATCH
        rows.execute(
            f"SELECT position, record, leaf FROM {log.schema}.log_entry WHERE log = %s ORDER BY position".encode(),
            (log.name,),
        )
        for position, record, leaf in rows:
            if position != tree.size:
                raise BackupError(
                    f"日志 {log.name} 缺少位置 {tree.size}", f"log {log.name} lacks position {tree.size}"
                )
            if leaf_hash(record) != leaf:
                raise BackupError(
                    f"日志 {log.name} 位置 {position} 的记录与其哈希不符",
                    f"the record at position {position} of log {log.name} hasn't the hash it was stored with",
                )
            tree.append(leaf)
            if tree.size in wanted:
                roots[tree.size] = tree.root()
    found = conn.execute(f"SELECT size FROM {log.schema}.log_head WHERE log = %s".encode(), (log.name,))
    row = found.fetchone()
    if (row[0] if row else 0) != tree.size:
        raise BackupError(
            f"日志 {log.name} 的条数不符", f"log {log.name} hasn't as many entries as its head says"
        )
    return CountedLog(tree.size, roots | {tree.size: tree.root()})


def check_texts(conn: psycopg.Connection[Any]) -> int:
    """Every text has the digest it is stored under. Raises BackupError; returns how many there are."""
    count = 0
    with conn.transaction(), conn.cursor("texts", binary=True) as rows:
        rows.itersize = 50
        rows.execute(
            "SELECT c.digest, coalesce(string_agg(k.bytes, ''::bytea ORDER BY k.n), ''::bytea)"
            " FROM store.content c LEFT JOIN store.chunk k USING (digest) GROUP BY c.digest"
        )
        for digest, content in rows:
            if sha256(content).digest() != digest:
                raise BackupError(f"文本 {digest.hex()} 已损坏", f"the text {digest.hex()} is damaged")
            count += 1
    return count
