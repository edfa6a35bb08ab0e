"""Personal data under a key per person (AES-256-GCM), the keys in a database of their own.

What is sealed is bound to its place by the additional data: a box moved to another field or stream does not open.
Destroying the key erases the person everywhere at once, and every proof over the log still holds.
"""

import base64
import hashlib
import hmac
import json
import os
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12  # bytes


class Erased(Exception):
    """The person's key is gone: what was sealed under it can never be read again."""


class Keys:
    """Keys of persons. `pool` is connected to the database of keys and to nothing else."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._pepper: bytes | None = None

    async def pseudonym(self, identity: str) -> str:
        """A person's id: the same for the same identity, and no way back without this database."""
        if self._pepper is None:
            await self._pool.execute(
                "INSERT INTO keys.pepper VALUES (true, $1) ON CONFLICT DO NOTHING", os.urandom(32)
            )
            self._pepper = await self._pool.fetchval("SELECT bytes FROM keys.pepper")
        assert self._pepper is not None
        return "p-" + hmac.new(self._pepper, identity.encode(), hashlib.sha256).hexdigest()[:32]

    async def key_for(self, person: str, now: datetime) -> bytes:
        """The person's key, made when there is none yet."""
        await self._pool.execute(
            "INSERT INTO keys.person_key VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            person,
            os.urandom(32),
            now,
        )
        return await self.key_of(person)

    async def key_of(self, person: str) -> bytes:
        """The person's key. Raises Erased."""
        key: bytes | None = await self._pool.fetchval(
            "SELECT key FROM keys.person_key WHERE person = $1", person
        )
        if key is None:
            raise Erased(person)
        return key

    async def erase(self, person: str) -> None:
        await self._pool.execute("DELETE FROM keys.person_key WHERE person = $1", person)


def seal(key: bytes, content: Any, bound_to: str) -> tuple[str, str]:
    """Nonce and box in base64 of a JSON value, bound to its place (`application-7/applicant`)."""
    nonce = os.urandom(NONCE)
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    box = AESGCM(key).encrypt(nonce, plain, bound_to.encode())
    return base64.b64encode(nonce).decode(), base64.b64encode(box).decode()


def unseal(key: bytes, nonce: str, box: str, bound_to: str) -> Any:
    """What was sealed. Raises cryptography's InvalidTag when key, place or bytes are not the ones sealed with."""
    plain = AESGCM(key).decrypt(base64.b64decode(nonce), base64.b64decode(box), bound_to.encode())
    return json.loads(plain)
