"""Which partition of a topic a stream goes to: murmur2 over the key, as Kafka's own default partitioner does it.

aiokafka has it, too, in Python and by single bytes: that was a twentieth of an import's time.
"""

from functools import lru_cache
from struct import unpack_from
from typing import Final

_SEED: Final = 0x9747B28C
_MIX: Final = 0x5BD1E995
_BITS: Final = 0xFFFFFFFF


@lru_cache(maxsize=16_384)  # streams come again
def partition_of(stream: str, partitions: int) -> int:
    """Partition (from 0) of a stream. The count is fixed when the topic is made."""
    return (_murmur2(stream.encode()) & 0x7FFFFFFF) % partitions


def _murmur2(key: bytes) -> int:
    hashed = _SEED ^ len(key)
    for word in unpack_from(f"<{len(key) // 4}I", key):
        mixed = word * _MIX & _BITS
        hashed = (hashed * _MIX ^ (mixed ^ mixed >> 24) * _MIX) & _BITS
    if rest := key[len(key) & ~3 :]:
        hashed = (hashed ^ int.from_bytes(rest, "little")) * _MIX & _BITS
    hashed = (hashed ^ hashed >> 13) * _MIX & _BITS
    return hashed ^ hashed >> 15
