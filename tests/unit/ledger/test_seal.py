"""A box is decrypted with its key, at its place, unchanged; and otherwise not."""

import base64
import os
from typing import Any

import hypothesis
import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import strategies as st

from gongkai.ledger.seal import seal, seal_bytes, unseal, unseal_bytes

KEY = os.urandom(32)
PLACE = "application-7/applicant"
CONTENT = {"name": "示例申请人", "contact": "示例电话"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)
)


@hypothesis.given(content=JSON, place=st.text())
def test_what_was_sealed_is_what_is_opened(content: Any, place: str) -> None:
    assert unseal(KEY, *seal(KEY, content, place), place) == content


@hypothesis.given(content=st.binary(max_size=2000))
def test_an_attachment_too(content: bytes) -> None:
    sealed = seal_bytes(KEY, content, "application-7/attachment-1")
    assert unseal_bytes(KEY, sealed, "application-7/attachment-1") == content
    assert len(sealed) == len(content) + 12 + 16
    with pytest.raises(InvalidTag):
        unseal_bytes(KEY, sealed, "application-7/attachment-2")


@pytest.mark.parametrize("place", ["application-8/applicant", "application-7/request", ""])
def test_a_box_moved_to_another_place_does_not_open(place: str) -> None:
    with pytest.raises(InvalidTag):
        unseal(KEY, *seal(KEY, CONTENT, PLACE), place)


def test_another_persons_key_does_not_open_it() -> None:
    with pytest.raises(InvalidTag):
        unseal(os.urandom(32), *seal(KEY, CONTENT, PLACE), PLACE)


@hypothesis.given(st.data())
def test_a_changed_bit_does_not_open(data: st.DataObject) -> None:
    nonce, box = seal(KEY, CONTENT, PLACE)
    raw = bytearray(base64.b64decode(nonce) + base64.b64decode(box))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(InvalidTag):
        unseal_bytes(KEY, bytes(raw), PLACE)


def test_the_same_content_twice_makes_different_boxes() -> None:
    assert seal(KEY, CONTENT, PLACE) != seal(KEY, CONTENT, PLACE)
