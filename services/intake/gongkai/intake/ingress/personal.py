"""What is personal on its way in: encrypted by the agency to the deployment's key (JWE), opened here, never kept in clear."""

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
from gongkai.intake.ingress.envelope import Handed

ALGORITHMS: Final = ["ECDH-ES+A256KW", "A256GCM"]  # no compression: a small box stays small when opened
CURVE: Final = "P-256"
RENEWED: Final = timedelta(days=365)
LARGEST_BOX: Final = 128 * 1024  # characters
SEALED: Final = {RECEIVED: ("applicant", "request"), ANSWERED: ("text",)}


class DoorKeys:
    """The keys that agencies encrypt to. `pool` is connected to the database of keys."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._known: list[ECKey] = []
        self._until: datetime | None = None

    async def public(self, now: datetime) -> dict[str, Any]:
        """A JWK Set (RFC 7517), the newest first; one is made when there is none, or the newest is a year old."""
        return {"keys": [key.as_dict(private=False) for key in await self._keys(now)]}

    async def open(self, box: str, now: datetime) -> Any:
        """What was encrypted to one of the keys. Raises BadInput for anything else."""
        if len(box) > LARGEST_BOX:
            raise refusals.not_sealed_right()
        keys = KeySet(list(await self._keys(now)))
        try:
            plain = jwe.decrypt_compact(box, keys, algorithms=ALGORITHMS).plaintext
            return None if plain is None else from_json(plain, allow_inf_nan=False)
        except (JoseError, ValueError, KeyError, TypeError):
            raise refusals.not_sealed_right() from None

    async def _keys(self, now: datetime) -> list[ECKey]:
        if self._until is None or now >= self._until:
            newest = await self._pool.fetchval("SELECT max(made_at) FROM keys.door_key")
            if newest is None or newest + RENEWED <= now:
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
            self._until = newest + RENEWED
        return self._known


async def opened(handed: Handed, keys: DoorKeys, now: datetime, *, clear: bool) -> Handed:
    """The event with its box opened. `clear`: whether personal fields may come unencrypted. Raises BadInput, Refused.

    The box names its event, so that nobody hands in what he copied from another's topic.
    """
    fields = SEALED.get(handed.type)
    if fields is None:
        return handed
    said = [field for field in fields if field in handed.data]
    box = handed.data.get("sealed")
    if box is None:
        if said and not clear:
            raise refusals.personal_in_clear(said[0])
        return handed
    if said:
        raise refusals.sealed_twice(said[0])
    inside = await keys.open(box, now) if isinstance(box, str) else None
    if not isinstance(inside, dict) or (inside.get("source"), inside.get("id")) != (handed.source, handed.id):
        raise refusals.not_sealed_right()
    more = {field: inside[field] for field in fields if field in inside}
    data = {name: value for name, value in handed.data.items() if name != "sealed"} | more
    return Handed.of(handed.source, handed.id, handed.type, data)


def kept(kind: str | None, data: Any) -> dict[str, Any]:
    """What is kept of a refused event's data: fields that are known, and nobody's own. Of others nothing is known."""
    if kind not in DATA or not isinstance(data, Mapping):
        return {}
    known = set(DATA[kind].model_fields) - {"sealed"}
    if kind != DRAFTED:
        known -= set(PERSONAL)
    return {name: value for name, value in data.items() if name in known}
