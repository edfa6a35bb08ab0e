"""Which partition of a topic a stream goes to: murmur2 over the key, as Kafka's own default partitioner does it."""

from functools import lru_cache

from aiokafka.partitioner import murmur2


@lru_cache(maxsize=16_384)  # streams come again, and the hash is written in Python
def partition_of(stream: str, partitions: int) -> int:
    """Partition (from 0) of a stream. The count is fixed when the topic is made."""
    return int(murmur2(stream.encode()) & 0x7FFFFFFF) % partitions
