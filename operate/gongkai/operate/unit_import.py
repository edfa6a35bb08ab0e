"""Registers the units of a workbook through intake's API, a row a unit (SC-1.1)."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

import httpx

from gongkai.client import Client, Problem
from gongkai.contracts.problem import findings
from gongkai.tables.unit_workbook import Fault, UnitRow, faults_of


@dataclass(frozen=True, slots=True)
class RowResult:
    """What came of a row; `faults` says why it was refused."""

    row: UnitRow
    outcome: Literal["registered", "unchanged", "refused"]
    faults: list[Fault] = field(default_factory=list)


async def register_all(client: Client, token: str, rows: Iterable[UnitRow]) -> AsyncIterator[RowResult]:
    """In the order of the workbook: a unit may have one above it as its superior."""
    for row in rows:
        yield await register(client, token, row)


async def register(client: Client, token: str, row: UnitRow) -> RowResult:
    """Safe to repeat: an entry that is there already is unchanged."""
    if row.faults:
        return RowResult(row, "refused", row.faults)
    try:
        done = await client.register_unit(token, uuid4(), row.entry)
    except Problem as problem:
        return RowResult(row, "refused", faults_of(row, findings(problem.document)))
    return RowResult(row, "unchanged" if done.repeated else "registered")


def sign_in(console: str, password: str | None = None) -> httpx.Response:
    """The console's response to the registrar's sign-in; a demo takes it without a password."""
    body = {"person": "registrar"} | ({} if password is None else {"password": password})
    with httpx.Client(base_url=console, trust_env=False) as http:
        return http.post("/api/token", json=body)
