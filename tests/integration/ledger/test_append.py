import asyncio
import hashlib
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from gongkai.ledger import read
from gongkai.ledger.append import Appender
from gongkai.ledger.decider import carry_out
from gongkai.runtime.cluster import Cluster
from tests.integration.ledger.conftest import INTAKE, NOW, count


async def test_positions_are_dense_and_each_stream_keeps_its_order(pool: Any, appender: Appender) -> None:
    await asyncio.gather(
        *(carry_out(pool, appender, INTAKE, count(f"counter-{n % 7}", n), NOW) for n in range(200))
    )
    entries = await read.after(pool, INTAKE, -1, 1000)
    assert [e.place.position for e in entries] == list(range(200))
    for stream in {e.stream for e in entries}:
        mine = [e for e in entries if e.stream == stream]
        assert [e.version for e in mine] == list(range(1, len(mine) + 1))
        assert [e.record.streamversion for e in mine] == [e.version for e in mine]


async def test_a_command_said_twice_answers_with_its_first_place(pool: Any, appender: Appender) -> None:
    command = uuid4()
    first = await carry_out(pool, appender, INTAKE, count("counter-1", command=command), NOW)
    again = await carry_out(pool, appender, INTAKE, count("counter-1", command=command), NOW)
    assert again.place == first.place
    assert again.repeated
    assert await read.size(pool, INTAKE) == 1


async def test_the_leaf_is_the_hash_of_the_very_bytes_stored(pool: Any, appender: Appender) -> None:
    await carry_out(pool, appender, INTAKE, count("counter-1"), NOW)
    raw, leaf = await pool.fetchrow("SELECT record, leaf FROM intake.log_entry")
    assert leaf == hashlib.sha256(b"\0" + raw).digest()


@pytest.mark.parametrize("change", ["UPDATE {} SET log = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["intake.log_entry", "intake.log_command"])
async def test_nobody_changes_what_is_written(
    pool: Any, appender: Appender, fresh_database: Cluster, table: str, change: str
) -> None:
    await carry_out(pool, appender, INTAKE, count("counter-1"), NOW)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):  # the service: by privilege
        await pool.execute(change.format(table))
    owner = await asyncpg.connect(fresh_database.dsn("intake_owner"))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):  # the schema's owner: by trigger
            await owner.execute(change.format(table))
    finally:
        await owner.close()


async def test_a_service_appends_to_no_log_but_its_own(review_pool: Any) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await review_pool.fetch(
            "SELECT * FROM intake.append('intake', now(), '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')"
        )
