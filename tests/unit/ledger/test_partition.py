"""A stream's partition is where any Kafka client would put its key."""

from aiokafka.partitioner import murmur2
from hypothesis import given
from hypothesis import strategies as st

from gongkai.ledger.partition import partition_of


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.integers(1, 1000))
def test_a_stream_goes_where_kafkas_own_partitioner_puts_it(stream: str, partitions: int) -> None:
    assert partition_of(stream, partitions) == (murmur2(stream.encode()) & 0x7FFFFFFF) % partitions
