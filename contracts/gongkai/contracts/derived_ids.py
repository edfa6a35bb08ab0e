"""Ids derived from other ids: deriving one again gives the same id, which makes commands and events idempotent."""

from hashlib import sha1
from uuid import UUID


def derived_id(namespace: UUID, name: str) -> UUID:
    """Version 5 of RFC 9562 (5.5). The same as `uuid.uuid5` in half its time: every ingress event needs three."""
    digest = sha1(namespace.bytes + name.encode(), usedforsecurity=False).digest()
    return UUID(int=int.from_bytes(digest[:16], "big"), version=5)
