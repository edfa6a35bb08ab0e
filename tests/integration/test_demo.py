"""`gongkai demo` and its check, on a tiny district: everything is real, two years are played side by side."""

import asyncio
import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import psycopg
import pytest

from gongkai.demo.check import Findings, check
from gongkai.demo.http_client import HttpClient, HttpResponse
from gongkai.operate.databases.cluster import writer
from gongkai.operate.processes.deployment import Deployment

CODE = Path(__file__).parents[2]
PATIENCE = 240.0  # seconds for a year, on a busy machine
REGULATION = "\ufeff示例区人民政府信息公开工作制度\r\n2024年3月1日\r\n第一条 为了公开。  \r\n"

# Every table of every projection: what marks a row, and the column that somebody tampers with.
TAMPERED = (
    ("intake.receipt", "receipt", "code_digest = reverse(code_digest)"),
    ("intake.applicant", "application", "person = person || '0'"),
    ("publishing.docket", "event_id", "record = record || '\\x20'"),
    ("console.document", "document", "title = title || '（改）'"),
    ("console.review", "requested_event", "reason = coalesce(reason, '') || '改'"),
    ("console.publication", "document", "index_no = index_no || '1'"),
    ("console.consultation", "consultation", "matters = coalesce(matters, '') || '改'"),
    ("console.application", "application", "received_on = received_on - 1"),
    ("console.proposal", "application", "proposed_by = proposed_by || '0'"),
    ("console.sign_off", "case_of", "proposed_by = proposed_by || '0'"),
    ("console.score_item", "event_id", "points = points + 100"),
    ("console.event", "event_id", "zh = zh || '改'"),
    ("portal.document", "document", "body = replace(body, '的', '地')"),
    ("portal.publication", "event_id", "published_at = published_at - interval '1 day'"),
)

EMPTY = {"intake.erased"}  # nobody asks for it in this year
# A person's id is drawn, so that it says nothing about who it is. A signature is of the digest of a sealed letter, which no
# two runs seal alike: the ids of the events that follow from it differ.
BY_LOT = {"intake.applicant", "console.application", "console.event"}


def gongkai(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "gongkai.cli.main", *arguments]


class Demo:
    """A `gongkai demo` in a process of its own, as a person would start it."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data, self.output = data, data.parent / f"{data.name}.output"
        with self.output.open("ab") as out:
            self.process = subprocess.Popen(
                gongkai("demo", "--data", str(data), "--port", "0", *options),
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=CODE,
                env=os.environ | {"COLUMNS": "120"},
            )

    @property
    def said(self) -> str:
        return self.output.read_text()

    def until(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self.said:
            assert time.monotonic() < end, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.1)

    def ended(self) -> int:
        return self.process.wait(PATIENCE)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.ended()


@dataclass(frozen=True)
class Both:
    """One that stays, with texts of its own, and one that is checked and ends."""

    stays: Demo
    checked: Demo
    deployment: Deployment


@pytest.fixture(scope="module")
def both(run_folder: Path) -> Iterator[Both]:
    texts = run_folder / "texts"
    texts.mkdir()
    (texts / "gongkai-zhidu.txt").write_bytes(REGULATION.encode())
    options = ("--scale", "0.01", "--seed", "3", "--documents", str(texts))
    stays = Demo(run_folder / "stays", *options)
    checked = Demo(run_folder / "checked", *options, "--check")
    try:
        stays.until("gongkai check --data")
        yield Both(stays, checked, Deployment.running(stays.data))
        assert stays.stop() == 0, stays.said
    finally:
        for demo in (stays, checked):
            if demo.process.poll() is None:
                demo.stop()


async def checked(both: Both) -> Findings:
    return await check(both.deployment, {"gongkai-zhidu": hashlib.sha256(REGULATION.encode()).hexdigest()})


async def test_all_of_it_is_right(both: Both) -> None:
    findings = await checked(both)
    assert findings.wrong == []
    assert {each.table for each in findings.tables} == {table for table, _, _ in TAMPERED} | EMPTY
    assert all(each.rows for each in findings.tables if each.table not in EMPTY)
    assert findings.scores >= 2


async def test_the_same_seed_gives_the_same_digests(both: Both) -> None:
    assert both.checked.ended() == 0, both.checked.said
    printed = dict(re.findall(r"│ ([a-z_.]+)\s+│\s+\d+\s+│ ([0-9a-f]{16}) │", both.checked.said))
    other = {each.table: each.live[:16] for each in (await checked(both)).tables}
    assert printed.keys() == other.keys()
    assert {t: d for t, d in printed.items() if t not in BY_LOT} == {
        t: d for t, d in other.items() if t not in BY_LOT
    }


@pytest.mark.clause("GT-proactive")
def test_a_text_given_is_on_the_portal_byte_for_byte(both: Both) -> None:
    portal = both.deployment.url("portal")
    answer = httpx.get(f"{portal}/documents/gongkai-zhidu/text", trust_env=False)
    assert answer.content == REGULATION.encode()
    page = httpx.get(f"{portal}/documents/gongkai-zhidu", trust_env=False)
    assert "示例区人民政府信息公开工作制度" in page.text


def test_what_to_open_can_be_opened(both: Both) -> None:
    pages = re.findall(r"http://\S+", both.stays.said.split("演示已就绪")[1])
    assert len(pages) >= 7
    for page in pages:
        answer = httpx.get(page, trust_env=False, follow_redirects=True)  # the console asks who you are
        assert answer.status_code == 200, page


@pytest.mark.parametrize(("table", "key", "change"), TAMPERED, ids=[table for table, _, _ in TAMPERED])
async def test_one_row_tampered_with_is_found(both: Both, table: str, key: str, change: str) -> None:
    schema, column = table.partition(".")[0], change.partition(" = ")[0]
    conn = await asyncpg.connect(both.deployment.cluster.dsn(writer(schema)))
    try:
        row = await conn.fetchrow(f"SELECT {key}, {column} FROM {table} ORDER BY {key} LIMIT 1")
        await conn.execute(f"UPDATE {table} SET {change} WHERE {key} = $1", row[0])
        findings = await checked(both)
        await conn.execute(f"UPDATE {table} SET {column} = $2 WHERE {key} = $1", *row)
    finally:
        await conn.close()
    assert not findings.passed
    assert [each.table for each in findings.tables if not each.equal] == [table]
    assert any(sentence.startswith(table) for sentence in findings.wrong)


def test_one_row_lost_makes_the_command_fail_and_name_it(both: Both) -> None:
    command = gongkai("check", "--data", str(both.stays.data))
    with psycopg.connect(both.deployment.cluster.dsn("console_writer")) as conn:
        first = "(SELECT min(event_id::text)::uuid FROM console.event)"
        lost = conn.execute(f"DELETE FROM console.event WHERE event_id = {first} RETURNING *").fetchone()
        conn.commit()
        assert lost is not None
        broken = subprocess.run(command, capture_output=True, text=True, cwd=CODE, check=False)
        conn.execute(f"INSERT INTO console.event VALUES ({', '.join(['%s'] * len(lost))})", lost)
        conn.commit()
    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert "console.event: 1 events of the logs are missing" in broken.stdout
    assert subprocess.run(command, capture_output=True, cwd=CODE, check=False).returncode == 0


def test_a_year_that_was_played_is_started_again(both: Both) -> None:
    assert both.checked.ended() == 0, both.checked.said
    again = Demo(both.checked.data, "--check")
    assert again.ended() == 0, again.said
    assert "that year has been played" in again.said
    assert again.said.count("2025-06-01") == 1  # said the first time only


async def test_the_wire_keeps_its_connection_and_says_when_it_breaks() -> None:
    answers = [
        b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n",
        b"{}",
        b"",
        b"HTTP/1.1 204 No Content\r\n\r\n",
    ]
    met = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal met
        met += 1
        with closing(writer), suppress(asyncio.IncompleteReadError):  # the client has hung up
            await answer_all(reader, writer)

    async def answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            answer = answers.pop(0)
            if not answer:  # it dies with the request in hand
                writer.transport.abort()
                return
            writer.write(answer)
            if answer.endswith(b"2\r\n\r\n"):
                await writer.drain()
                writer.write(answers.pop(0))  # in two pieces

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        wire = HttpClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        assert await wire.post("/", {"A": "b"}, b"") == HttpResponse(201, b"{}")
        with pytest.raises(ConnectionError):
            await wire.post("/", {}, b"")
        assert met == 1  # kept open until it broke
        assert (await wire.post("/", {}, b"")).status == 204
        assert met == 2
        wire.close()
