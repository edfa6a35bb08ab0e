"""A superuser who changes history is found by anybody with an older checkpoint, and gets no cosignature.

The last of them even have the log's own key: they rewrite a record, hash the whole tree anew and sign it.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from gongkai.ledger import keyfile, tlog_queries
from gongkai.ledger.integrate import Integrator
from gongkai.ledger.keyfile import KeyFile
from gongkai.operate.databases.cluster import MONITOR, Cluster
from tests.integration.ledger.conftest import INTAKE
from tests.integration.ledger.signing import (
    ORIGIN,
    Witnessing,
    as_superuser,
    bulk,
    running,
    until,
    witnessing,
)

SIZE = 600
FORGED = "UPDATE intake.log_entry SET record = 'forged', leaf = sha256('\\x00'::bytea || 'forged') WHERE position = {}"
EVERYTHING_SIGNED = (
    "DELETE FROM intake.log_tile",
    "DELETE FROM intake.log_checkpoint",
    "DELETE FROM intake.log_cosignature",
)
ANSWERED = (
    "SELECT EXISTS (SELECT 1 FROM log_cosignature WHERE size = $1)"
    " OR EXISTS (SELECT 1 FROM log_integrator WHERE unwitnessed IS NOT NULL)"
)


@dataclass
class Signed:
    """A log of 600 entries, signed and cosigned; `kept` is the checkpoint that somebody put away then."""

    database: Cluster
    pool: Any
    keys: KeyFile
    kept: Path
    witness: Witnessing

    async def verify(self, *more: str) -> "subprocess.CompletedProcess[str]":
        trust = [word for vkey in self.keys.vkeys() for word in ("--vkey", vkey)]
        argv = [sys.executable, "-m", "gongkai.cli.main", "verify", "--log", "intake"]
        argv += ["--postgres", self.database.dsn(MONITOR), "--since", str(self.kept), *trust, *more]
        return await asyncio.to_thread(subprocess.run, argv, capture_output=True, text=True, check=False)

    async def sign_anew(self, size: int) -> None:
        """As one who has the key: whatever is there becomes a tree of that size, signed."""
        as_superuser(self.database, *EVERYTHING_SIGNED)
        await self.sign(size)

    async def sign(self, size: int) -> None:
        """What the integrator does by itself, until that is shown and the witness has given its answer."""
        integrator = Integrator(
            self.database.dsn("intake_writer"), self.pool, INTAKE, self.keys, self.witness.asked
        )
        async with running(integrator):
            await until(self.pool, self.keys, size)
            for _ in range(1000):
                if await self.pool.fetchval(ANSWERED, size):
                    return
                await asyncio.sleep(0.01)
            raise AssertionError("the witness never answered")


@pytest.fixture
async def signed(fresh_database: Cluster, tmp_path: Path) -> AsyncIterator[Signed]:
    (tmp_path / "intake.key").write_text(keyfile.new_key_file(ORIGIN))
    keys = KeyFile(tmp_path / "intake.key")
    await bulk(fresh_database, SIZE)
    async with asyncpg.create_pool(fresh_database.dsn("intake_writer"), min_size=1, max_size=4) as pool:
        with witnessing(tmp_path / "witness", *keys.vkeys()) as witness:
            made = Signed(fresh_database, pool, keys, tmp_path / "kept", witness)
            await made.sign(SIZE)
            made.kept.write_text(str(await tlog_queries.checkpoint(pool, INTAKE)))
            yield made


async def test_a_history_left_alone_is_whole_and_cosigned(signed: Signed) -> None:
    await bulk(signed.database, 50)
    await signed.sign(SIZE + 50)
    found = await signed.verify("--vkey", signed.witness.vkey)
    assert found.returncode == 0, found.stderr
    assert "650 条完整" in found.stdout
    assert "only appended to since the checkpoint of 600, cosigned by gongkai.example/witness" in found.stdout
    assert signed.witness.refusals() == []


EDIT = (
    "UPDATE intake.log_entry SET record = set_byte(record, 0, get_byte(record, 0) # 1) WHERE position = 270"
)
EDIT_AND_LEAF = (
    EDIT,
    "UPDATE intake.log_entry SET leaf = sha256('\\x00'::bytea || record) WHERE position = 270",
)
SWAP = (
    "UPDATE intake.log_entry SET position = -1 WHERE position = 10",
    "UPDATE intake.log_entry SET position = 10 WHERE position = 500",
    "UPDATE intake.log_entry SET position = 500 WHERE position = -1",
)
REFILED = ("UPDATE intake.log_entry SET stream = 'bulk-9', version = 2 WHERE position = 270",)
TAIL = ("DELETE FROM intake.log_entry WHERE position >= 590", "UPDATE intake.log_head SET size = 590")


@pytest.mark.parametrize(
    ("harm", "zh", "en"),
    [
        ((EDIT,), "第 270 位的条目与签名时不同", "the entry at position 270 isn't the one that was signed"),
        (EDIT_AND_LEAF, "第 270 位的条目与签名时不同", "the entry at position 270 isn't the one that was signed"),
        (SWAP, "第 10 位的条目与签名时不同", "the entry at position 10 isn't the one that was signed"),
        (TAIL, "第 590 位的条目不见了", "the entry at position 590 is missing"),
        (("DELETE FROM intake.log_entry WHERE position = 5",), "第 5 位", "position 5 isn't the one"),
        (REFILED, "第 270 位的记录完整，但被归到别的流", "position 270 is whole, but it is filed under another"),
    ],
    ids=["one byte", "one byte and its leaf hash", "two swapped", "the tail", "one in the middle", "filed elsewhere"],
)  # fmt: skip
async def test_what_was_changed_is_named_by_its_position(
    signed: Signed, harm: tuple[str, ...], zh: str, en: str
) -> None:
    as_superuser(signed.database, *harm)
    found = await signed.verify()
    assert found.returncode == 1, found.stdout
    assert zh in found.stderr
    assert en in found.stderr


async def rewritten(signed: Signed) -> None:
    """One record forged, and the whole tree hashed anew over it, and more appended."""
    as_superuser(signed.database, FORGED.format(270))
    await bulk(signed.database, 20)
    await signed.sign_anew(SIZE + 20)


async def forked(signed: Signed) -> None:
    """Another history as long as the one that was signed."""
    as_superuser(signed.database, FORGED.format(SIZE - 1))
    await signed.sign_anew(SIZE)


async def rolled_back(signed: Signed) -> None:
    """The tail is gone, and so is all that was ever signed of it."""
    as_superuser(signed.database, *TAIL)
    await signed.sign_anew(590)


@pytest.mark.parametrize(
    ("harm", "zh", "en"),
    [
        (rewritten, "的历史被改写：前 600 条已不是所存检查点签过的那些", "changed between positions 0 and 599"),
        (forked, "分叉", "a fork: gongkai.example/log/intake signed two different roots for 600 entries"),
        (rolled_back, "只签了 590 条；第 590 位起的条目已被删去", "entries from position 590 on were deleted"),
    ],
    ids=["rewritten", "forked", "rolled back"],
)  # fmt: skip
async def test_who_has_even_the_key_is_found_by_an_older_checkpoint_and_gets_no_cosignature(
    signed: Signed, harm: Callable[[Signed], Awaitable[None]], zh: str, en: str
) -> None:
    await harm(signed)
    found = await signed.verify()
    assert found.returncode == 1, found.stdout
    assert zh in found.stderr
    assert en in found.stderr
    assert await signed.pool.fetchval("SELECT count(*) FROM log_cosignature") == 0
    told = await signed.pool.fetchval("SELECT unwitnessed FROM log_integrator")
    assert "HTTP 422" in told or "it has seen 600 entries, the log has 590" in told
    assert [origin for origin, _, _ in signed.witness.refusals()] == [ORIGIN]
    unwitnessed = await signed.verify("--vkey", signed.witness.vkey)
    assert unwitnessed.returncode == 1


async def test_the_witness_refuses_after_its_restart_too(signed: Signed, tmp_path: Path) -> None:
    """All that it believes is in its own database, where no superuser of the log's can reach."""
    with witnessing(tmp_path / "witness", *signed.keys.vkeys()) as again:
        signed.witness = again
        await rewritten(signed)
        assert await signed.pool.fetchval("SELECT count(*) FROM log_cosignature") == 0
        assert "not consistent with the 600 entries seen" in again.refusals()[0][1]


async def test_tiles_that_are_not_those_of_the_entries_are_named(signed: Signed) -> None:
    as_superuser(
        signed.database, "UPDATE intake.log_tile SET hashes = sha256('x') || sha256('y') WHERE level = 1"
    )
    found = await signed.verify()
    assert found.returncode == 1
    assert "hash tile 1/000.p/2 isn't that of the entries" in found.stderr


async def test_a_checkpoint_that_the_key_did_not_sign_is_not_believed(signed: Signed) -> None:
    forged = signed.kept.read_text().replace("\n600\n", "\n599\n")
    signed.kept.write_text(forged)
    found = await signed.verify()
    assert found.returncode == 1
    assert "can't be trusted" in found.stderr
