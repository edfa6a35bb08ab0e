"""Derived ids are version 5 of RFC 9562."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from gongkai.contracts.derived_ids import derived_id


@given(st.uuids(), st.text(st.characters(codec="utf-8")))
def test_as_the_standard_library_makes_them(namespace: UUID, name: str) -> None:
    assert derived_id(namespace, name) == uuid5(namespace, name)
