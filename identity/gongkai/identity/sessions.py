"""Sessions: stored here; the browser holds a random id only. Every form carries the session's CSRF token."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import Response

from gongkai.identity.accounts import Account
from gongkai.ledger.read import Connection

COOKIE = "gongkai_console"
SIGN_IN_COOKIE = "gongkai_console_door"  # before there is a session: ties the sign-in form to the browser
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
SEEN_EVERY = timedelta(minutes=1)  # how often `seen_at` is written


@dataclass(frozen=True, slots=True)
class Session:
    """`changes_password`: nothing else is open to it until the password is changed."""

    person: str
    registrar: bool
    security: bool
    csrf: str
    changes_password: bool = False


def _id(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


async def start(pool: Connection, account: Account, now: datetime) -> str:
    """A new session: the value of its cookie. Expired sessions are deleted on the way."""
    secret = secrets.token_urlsafe(32)
    await pool.execute("DELETE FROM session WHERE seen_at < $1 OR started_at < $2", now - IDLE, now - LONGEST)
    await pool.execute(
        "INSERT INTO session (id, person, registrar, security, changes_password, csrf, started_at, seen_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        _id(secret),
        account.person,
        account.registrar,
        account.security,
        account.stale,
        secrets.token_urlsafe(32),
        now,
    )
    return secret


async def find(pool: Connection, request: Request, now: datetime) -> Session | None:
    """The session of the request's cookie; None for one that has expired."""
    secret = request.cookies.get(COOKIE)
    if not secret:
        return None
    row = await pool.fetchrow(
        "SELECT person, registrar, security, csrf, changes_password, seen_at FROM session"
        " WHERE id = $1 AND seen_at > $2 AND started_at > $3",
        _id(secret),
        now - IDLE,
        now - LONGEST,
    )
    if row is None:
        return None
    if now - row["seen_at"] > SEEN_EVERY:
        await pool.execute("UPDATE session SET seen_at = $2 WHERE id = $1", _id(secret), now)
    return Session(row["person"], row["registrar"], row["security"], row["csrf"], row["changes_password"])


async def end(pool: Connection, request: Request) -> None:
    secret = request.cookies.get(COOKIE)
    if secret:
        await pool.execute("DELETE FROM session WHERE id = $1", _id(secret))


async def end_all(conn: Connection, person: str) -> None:
    """Every session of a person, at every browser."""
    await conn.execute("DELETE FROM session WHERE person = $1", person)


def set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=int(LONGEST.total_seconds()), httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip


def tokens_match(expected: str | None, given: object) -> bool:
    """Compares in constant time. An empty `expected` matches nothing."""
    return (
        bool(expected) and isinstance(given, str) and compare_digest(str(expected).encode(), given.encode())
    )
