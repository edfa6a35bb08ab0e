"""Local accounts (等保: unique identity, argon2id, limited attempts). What a person may do is the register's to say."""

import asyncio
import os
import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

REGISTRAR = "registrar"
FIRST = "registrar.password"
ATTEMPTS = 5
LOCK = timedelta(seconds=300)
SHORTEST = 8  # characters

_log = structlog.get_logger(__name__)

_HASHER = PasswordHasher()
_BEGAN = time.monotonic()
_NOBODY = _HASHER.hash("no account has this one")  # verified for unknown names, so that time tells nothing
_TAKES = time.monotonic() - _BEGAN


class WeakPassword(ValueError):
    """Shorter than eight characters, or of one kind of character only."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    person: str
    registrar: bool


async def put(conn: Any, person: str, password: str, now: datetime, *, registrar: bool = False) -> None:
    """Make the account, or give it another password. Raises WeakPassword."""
    kinds = sum(bool(re.search(kind, password)) for kind in (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]"))
    if len(password) < SHORTEST or kinds < 2:
        raise WeakPassword(f"a password has {SHORTEST} characters or more, of two kinds at least")
    await conn.execute(
        "INSERT INTO account (person, password, registrar, changed_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (person) DO UPDATE SET password = $2, registrar = $3, changed_at = $4, failures = 0,"
        " locked_until = NULL",
        person,
        await asyncio.to_thread(_HASHER.hash, password),
        registrar,
        now,
    )


async def first(pool: Any, folder: Path, now: datetime) -> None:
    """In an empty deployment: the registrar's account, its password in a file that only this process's user reads.

    The file is written before the account, so that no account is left without its password. Where the folder
    can't be written (secrets that are mounted), the deployment brings its accounts another way.
    """
    if await pool.fetchval("SELECT EXISTS (SELECT 1 FROM account)"):
        return
    file, password = folder / FIRST, secrets.token_urlsafe(12) + "-1a"
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(password + "\n")
    except OSError as error:
        _log.warning("no first account", folder=str(folder), error=type(error).__name__)
        return
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("LOCK TABLE account IN EXCLUSIVE MODE")
        if not await conn.fetchval("SELECT EXISTS (SELECT 1 FROM account)"):
            await put(conn, REGISTRAR, password, now, registrar=True)
            _log.info("first account made", person=REGISTRAR, password_in=str(file))


async def persons(pool: Any) -> set[str]:
    """Who has an account."""
    return {row["person"] for row in await pool.fetch("SELECT person FROM account")}


async def check(pool: Any, person: str, password: str, now: datetime) -> Account | None:
    """The account, if the password is its own; None also while it is locked, without saying which."""
    known = await pool.fetchrow("SELECT password, locked_until FROM account WHERE person = $1", person)
    if known is not None and _locked(known, now):
        await asyncio.sleep(_TAKES)  # as long as a wrong password, and no work
        return None
    right = await asyncio.to_thread(_verify, known["password"] if known else _NOBODY, password)
    async with pool.acquire() as conn, conn.transaction():  # held for the counting only
        row = await conn.fetchrow("SELECT * FROM account WHERE person = $1 FOR UPDATE", person)
        if row is None or known is None or _locked(row, now) or row["password"] != known["password"]:
            return None
        failures = 0 if right else row["failures"] + 1
        until = now + LOCK if failures >= ATTEMPTS else None
        await conn.execute(
            "UPDATE account SET failures = $2, locked_until = $3 WHERE person = $1",
            person,
            0 if until else failures,
            until,
        )
        return Account(person, row["registrar"]) if right else None


def _locked(row: Any, now: datetime) -> bool:
    return row["locked_until"] is not None and row["locked_until"] > now


def _verify(known: str, password: str) -> bool:
    try:
        return _HASHER.verify(known, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
