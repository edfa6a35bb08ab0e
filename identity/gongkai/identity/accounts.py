"""Local accounts (等保: unique identity, argon2id, passwords that age). What a person may do is the register's to say.

Two accounts belong to no person of the register, so that no one person holds all rights (等保: separate
administrators): the registrar enters units and systems, the security administrator issues accounts and keys. Neither
can do officers' work.
"""

import asyncio
import os
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from gongkai.identity import limits
from gongkai.ledger.read import Connection, Pool

REGISTRAR: Final = "registrar"
SECURITY: Final = "security"
ADMINISTRATORS: Final = (REGISTRAR, SECURITY)
PASSWORD_FILE: Final[Mapping[str, str]] = {office: f"{office}.password" for office in ADMINISTRATORS}
MAX_AGE: Final = timedelta(days=90)  # of a password (等保, customary)
MIN_LENGTH: Final = 8  # characters

_log = structlog.get_logger(__name__)

_HASHER = PasswordHasher()
_STARTED = time.monotonic()
_NO_ACCOUNT = _HASHER.hash(
    "no account has this one"
)  # verified for unknown names: they take as long as known ones
_VERIFY_SECONDS = time.monotonic() - _STARTED


class WeakPassword(ValueError):
    """Shorter than eight characters, or of one kind of character only."""


class SamePassword(ValueError):
    """The new password is the old one."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. `stale`: the password is too old, or somebody else chose it."""

    person: str
    registrar: bool = False
    security: bool = False
    stale: bool = False


async def set_password(
    conn: Connection, person: str, password: str, now: datetime, *, office: str = "", temporary: bool = False
) -> None:
    """Create the account, or give it another password. Raises WeakPassword, SamePassword."""
    kinds = sum(bool(re.search(kind, password)) for kind in (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]"))
    if len(password) < MIN_LENGTH or kinds < 2:
        raise WeakPassword(f"a password has {MIN_LENGTH} characters or more, of two kinds at least")
    before = await conn.fetchval("SELECT password FROM account WHERE person = $1", person)
    if before is not None and await asyncio.to_thread(_verify, before, password):
        raise SamePassword("the new password is the old one")
    await conn.execute(
        "INSERT INTO account (person, password, registrar, security, changed_at, temporary)"
        " VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (person) DO UPDATE SET password = $2, registrar = $3, security = $4, changed_at = $5,"
        " temporary = $6",
        person,
        await asyncio.to_thread(_HASHER.hash, password),
        office == REGISTRAR,
        office == SECURITY,
        now,
        temporary,
    )


async def create_administrators(pool: Pool, folder: Path, now: datetime) -> None:
    """In an empty deployment: both administrators' accounts, their passwords in files that only this process's user
    can read; also where an older deployment has a registrar only.

    The files are written before the accounts, so that no account is left without its password. Where the folder
    can't be written (secrets that are mounted), the deployment brings its accounts another way.
    """
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE")
        there = await conn.fetchrow(
            "SELECT bool_or(registrar) AS registrar, bool_or(security) AS security FROM account"
        )
        for office in ADMINISTRATORS:
            if not there[office] and _write_password(folder / PASSWORD_FILE[office], password := _random()):
                await set_password(conn, office, password, now, office=office)
                _log.info(
                    "first account made", person=office, password_in=str(folder / PASSWORD_FILE[office])
                )


def _random() -> str:
    return secrets.token_urlsafe(12) + "-1a"


def _write_password(file: Path, password: str) -> bool:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(password + "\n")
    except OSError as error:
        _log.warning("no first account", folder=str(file.parent), error=type(error).__name__)
        return False
    return True


async def persons(pool: Connection) -> set[str]:
    """Who has an account."""
    return {row["person"] for row in await pool.fetch("SELECT person FROM account")}


async def administrators(pool: Connection) -> list[Account]:
    """The accounts that belong to no person of the register."""
    rows = await pool.fetch(
        "SELECT person, registrar, security FROM account WHERE registrar OR security ORDER BY person"
    )
    return [Account(**row) for row in rows]


async def check(pool: Pool, person: str, password: str, address: str, now: datetime) -> Account | None:
    """The account, if the password is its own. None also while the limits make the name wait: a caller can't tell."""
    known = await pool.fetchrow("SELECT * FROM account WHERE person = $1", person)
    name = person if known else limits.UNKNOWN_NAME
    if not await limits.begin(pool, name, address, now):
        await asyncio.sleep(_VERIFY_SECONDS)  # as long as a wrong password, and no work
        return None
    hashed = known["password"] if known else _NO_ACCOUNT
    if not await asyncio.to_thread(_verify, hashed, password) or not known:
        return None
    await limits.succeeded(pool, name, address, now)
    stale = known["temporary"] or known["changed_at"] + MAX_AGE <= now
    return Account(person, known["registrar"], known["security"], stale)


def _verify(known: str, password: str) -> bool:
    try:
        return _HASHER.verify(known, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
