"""Personal data on its way in: encrypted by the agency to the deployment's key (JWE), decrypted here, never stored in clear."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet
from pydantic_core import from_json

from gongkai.contracts.ingress import ANSWERED, DATA, DRAFTED, PERSONAL, RECEIVED
from gongkai.intake.ingress import refusals
from gongkai.intake.ingress.envelope import IngressEvent
from gongkai.ledger.read import Connection

ALGORITHMS: Final = [
    "ECDH-ES+A256KW",
    "A256GCM",
]  # no compression: a small ciphertext stays small when decrypted
CURVE: Final = "P-256"
ROTATION: Final = timedelta(days=365)
MAX_BOX: Final = 128 * 1024  # characters
SEALED: Final = {RECEIVED: ("applicant", "request"), ANSWERED: ("text",)}


class EncryptionKeys:
    """The deployment's key pairs that agencies encrypt to. `pool` is connected to the database of keys."""

    def __init__(self, pool: Connection) -> None:
        self._pool = pool
        self._known: list[ECKey] = []
        self._until: datetime | None = None

    async def public(self, now: datetime) -> dict[str, Any]:
        """A JWK Set (RFC 7517), the newest first; one is made when there is none, or the newest is a year old."""
        return {"keys": [key.as_dict(private=False) for key in await self._keys(now)]}

    async def open(self, box: str, now: datetime) -> Any:
        """What was encrypted to one of the keys. Raises BadInput for anything else."""
        if len(box) > MAX_BOX:
            raise refusals.cannot_be_decrypted()
        keys = KeySet(list(await self._keys(now)))
        try:
            plain = jwe.decrypt_compact(box, keys, algorithms=ALGORITHMS).plaintext
            return None if plain is None else from_json(plain, allow_inf_nan=False)
        except (JoseError, ValueError, KeyError, TypeError):
            raise refusals.cannot_be_decrypted() from None

    async def _keys(self, now: datetime) -> list[ECKey]:
        if self._until is None or now >= self._until:
            newest = await self._pool.fetchval("SELECT max(made_at) FROM keys.door_key")
            if newest is None or newest + ROTATION <= now:
                made = ECKey.generate_key(CURVE, {"use": "enc", "alg": ALGORITHMS[0]}, auto_kid=True)
                await self._pool.execute(
                    "INSERT INTO keys.door_key VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    made.kid,
                    json.dumps(made.as_dict(private=True)),
                    now,
                )
                newest = now
            rows = await self._pool.fetch("SELECT jwk FROM keys.door_key ORDER BY made_at DESC, kid")
            self._known = [ECKey.import_key(json.loads(row["jwk"])) for row in rows]
            self._until = newest + ROTATION
        return self._known


async def decrypted(event: IngressEvent, keys: EncryptionKeys, now: datetime, *, clear: bool) -> IngressEvent:
    """The event with its ciphertext decrypted. `clear`: whether personal fields may come unencrypted. Raises BadInput, Refused.

    The ciphertext names its event, so that one copied from another system's topic is refused.
    """
    fields = SEALED.get(event.type)
    if fields is None:
        return event
    unencrypted = [field for field in fields if field in event.data]
    box = event.data.get("sealed")
    if box is None:
        if unencrypted and not clear:
            raise refusals.personal_in_clear(unencrypted[0])
        return event
    if unencrypted:
        raise refusals.sealed_twice(unencrypted[0])
    inside = await keys.open(box, now) if isinstance(box, str) else None
    if not isinstance(inside, dict) or (inside.get("source"), inside.get("id")) != (event.source, event.id):
        raise refusals.cannot_be_decrypted()
    added = {field: inside[field] for field in fields if field in inside}
    data = {name: value for name, value in event.data.items() if name != "sealed"} | added
    return IngressEvent.of(event.source, event.id, event.type, data)


def retained(kind: str | None, data: Any) -> dict[str, Any]:
    """What is stored of a refused event's data: known fields that aren't personal. Nothing of an unknown type."""
    if kind not in DATA or not isinstance(data, Mapping):
        return {}
    known = set(DATA[kind].model_fields) - {"sealed"}
    if kind != DRAFTED:
        known -= set(PERSONAL)
    return {name: value for name, value in data.items() if name in known}
