"""Encryption of personal data under a key per person (AES-256-GCM); the keys are in a separate database.

A ciphertext (box) is bound to its place by the additional data: moved to another field or stream it can't be decrypted.
Deleting the key erases the person's data everywhere at once, and every proof over the log still holds.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Collection
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gongkai.ledger.read import Pool

NONCE = 12  # bytes


class Erased(Exception):
    """The person's key was deleted: what was encrypted under it can never be read again."""


class Keys:
    """Keys of persons. `pool` is connected to the database of keys."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._pepper: bytes | None = None

    @property
    def pool(self) -> Any:
        """For other keys that are stored in the same database."""
        return self._pool

    async def pseudonym(self, text: str) -> str:
        """A keyed hash of the text: the same for the same text, and not invertible without this database."""
        return "p-" + (await self._keyed(text)).hex()[:32]

    async def identity(self, text: str) -> bytes:
        """A keyed hash by which a returning person is recognised, as long as there is a key."""
        return (await self._keyed(text))[:16]

    async def key_for(self, identity: bytes, now: datetime) -> tuple[str, bytes]:
        """The person's id and key, created when there are none. The id is random: it says nothing about the identity."""
        known = "SELECT person, key FROM keys.person_key WHERE identity = $1"
        row = await self._pool.fetchrow(known, identity)
        if row is None:
            await self._pool.execute(
                "INSERT INTO keys.person_key (person, key, made_at, identity) VALUES ($1, $2, $3, $4)"
                " ON CONFLICT (identity) DO NOTHING",
                f"p-{os.urandom(16).hex()}",
                os.urandom(32),
                now,
                identity,
            )
            row = await self._pool.fetchrow(known, identity)
        return row["person"], row["key"]

    async def keys_for(self, identities: Collection[bytes], now: datetime) -> dict[bytes, tuple[str, bytes]]:
        """As `key_for`, for many at once."""
        known = "SELECT identity, person, key FROM keys.person_key WHERE identity = ANY($1)"
        rows = await self._pool.fetch(known, list(identities))
        missing = sorted(set(identities) - {row["identity"] for row in rows})
        if missing:
            await self._pool.executemany(
                "INSERT INTO keys.person_key (person, key, made_at, identity) VALUES ($1, $2, $3, $4)"
                " ON CONFLICT (identity) DO NOTHING",
                [(f"p-{os.urandom(16).hex()}", os.urandom(32), now, identity) for identity in missing],
            )
            rows = await self._pool.fetch(known, list(identities))
        return {row["identity"]: (row["person"], row["key"]) for row in rows}

    async def key_of(self, person: str) -> bytes:
        """The person's key. Raises Erased."""
        key: bytes | None = await self._pool.fetchval(
            "SELECT key FROM keys.person_key WHERE person = $1", person
        )
        if key is None:
            raise Erased(person)
        return key

    async def erase(self, person: str) -> None:
        """Delete the key, and with it the link to the person's identity."""
        await self._pool.execute("DELETE FROM keys.person_key WHERE person = $1", person)

    async def _keyed(self, text: str) -> bytes:
        if self._pepper is None:
            await self._pool.execute(
                "INSERT INTO keys.pepper VALUES (true, $1) ON CONFLICT DO NOTHING", os.urandom(32)
            )
            self._pepper = await self._pool.fetchval("SELECT bytes FROM keys.pepper")
        assert self._pepper is not None
        return hmac.digest(self._pepper, text.encode(), hashlib.sha256)


def seal(key: bytes, content: Any, bound_to: str) -> tuple[str, str]:
    """Nonce and box in base64 of a JSON value, bound to its place (`application-7/applicant`)."""
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = seal_bytes(key, plain, bound_to)
    return base64.b64encode(sealed[:NONCE]).decode(), base64.b64encode(sealed[NONCE:]).decode()


def unseal(key: bytes, nonce: str, box: str, bound_to: str) -> Any:
    """What was sealed. Raises cryptography's InvalidTag when key, place or bytes are not the ones sealed with."""
    return json.loads(unseal_bytes(key, base64.b64decode(nonce) + base64.b64decode(box), bound_to))


def seal_bytes(key: bytes, plain: bytes, bound_to: str) -> bytes:
    """Nonce, ciphertext and tag of an attachment, before it is hashed and put into the store."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def unseal_bytes(key: bytes, sealed: bytes, bound_to: str) -> bytes:
    """What was sealed. Raises InvalidTag."""
    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to.encode())
