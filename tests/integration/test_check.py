"""`gongkai check` tells of a projection that can't be built again, and goes on to the others."""

import pytest

from gongkai.demo import projection_check
from gongkai.ledger.delivery import Delivered
from gongkai.ledger.read import Connection
from gongkai.operate.databases.cluster import MONITOR, Cluster
from gongkai.operate.logs.views import every_view


class Broken:
    name = "portal.broken"
    tables: tuple[str, ...] = ("no_such_table",)
    version = 1

    async def apply(self, conn: Connection, batch: list[Delivered]) -> None:
        raise AssertionError("never called")


async def test_one_projection_that_fails_hides_no_other(
    fresh_database: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = tuple(every_view())
    monkeypatch.setattr(projection_check, "every_view", lambda: (("portal", Broken()), *every))
    tables, failed = await projection_check.compare(fresh_database.dsn(MONITOR))
    assert {table.projection for table in tables} == {projection.name for _, projection in every_view()}
    (sentence,) = failed
    assert sentence.startswith("portal.broken: can't be built again: UndefinedTableError")
