"""The access record (等保: every user audited): sign-ins and failed ones, which keys and accounts were issued.

It holds no secret and no unknown name: people type their password into the name field.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request

from gongkai.ledger.read import Connection

RETENTION_DAYS: Final = 180  # nothing is ever deleted here; an archive may take what is older

WORDS: Mapping[str, tuple[str, str]] = {
    "signed-in": ("登录", "signed in"),
    "failed": ("登录失败", "sign-in failed"),
    "slowed": ("登录被限制", "made to wait"),
    "signed-out": ("退出", "signed out"),
    "signed-out-everywhere": ("退出全部会话", "signed out everywhere"),
    "account-given": ("开设账号或重置密码", "account given, or its password reset"),
    "password-changed": ("修改密码", "password changed"),
    "unlocked": ("解除限制", "limits lifted"),
    "mapped": ("关联统一身份", "tied to an identity"),
    "token": ("领取令牌", "token given"),
    "key-issued": ("签发密钥", "key issued"),
    "key-revoked": ("吊销密钥", "key revoked"),
}

UNKNOWN: Final = "?"


def address(request: Request) -> str:
    """Where a request comes from, as far as the server knows."""
    return request.client.host if request.client else ""


async def record(
    conn: Connection, request: Request, what: str, *, name: str, by: str, now: datetime, way: str = ""
) -> None:
    """Record what happened; `what` is a key of WORDS."""
    assert what in WORDS, what
    await conn.execute(
        "INSERT INTO access_entry (at, what, name, by, address, way) VALUES ($1, $2, $3, $4, $5, $6)",
        now,
        what,
        name,
        by,
        address(request),
        way,
    )


async def failure(
    pool: Connection, request: Request, name: str, now: datetime, *, way: str, known: bool | None = None
) -> None:
    """Record a failed sign-in, under the name where an account has it."""
    if known is None:
        known = await pool.fetchval("SELECT EXISTS (SELECT FROM account WHERE person = $1)", name)
    await record(pool, request, "failed", name=name if known else UNKNOWN, by="", now=now, way=way)


async def entries(
    pool: Connection, *, name: str = "", before: int | None = None, most: int = 100
) -> list[Any]:
    """The newest entries before that number, of one name or of all."""
    rows: list[Any] = await pool.fetch(
        "SELECT * FROM access_entry WHERE ($1 = '' OR name = $1) AND ($2::bigint IS NULL OR id < $2)"
        " ORDER BY id DESC LIMIT $3",
        name,
        before,
        most,
    )
    return rows
