"""Hashes of RFC 9162: a leaf and a node can never be taken for one another."""

from hashlib import sha256


def leaf_hash(record: bytes) -> bytes:
    """SHA-256(0x00 || record), over the exact bytes stored (RFC 9162, section 2.1.1)."""
    return sha256(b"\x00" + record).digest()
