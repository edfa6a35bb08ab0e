"""Proof bundles: an intact bundle verifies with the right keys, and nothing else does."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.ledger.merkle import fold, gather, inclusion_path, leaf_hash, perfect_root, span
from gongkai.ledger.note import COSIGNATURE, Signer
from gongkai.ledger.proof import BadProofBundle, ProofBundle
from gongkai.ledger.tlog_checkpoint import Checkpoint

LOG = Signer.generate("gongkai.example/log/one")
OTHER = Signer.generate("gongkai.example/log/one")
WITNESS = Signer.generate("gongkai.example/witness", COSIGNATURE)
RECORDS = [json.dumps({"n": n, "says": "公开"}, ensure_ascii=False).encode() for n in range(11)]
TRUSTED = [LOG.verifier, WITNESS.verifier]


def node(height: int, index: int) -> bytes:
    start = index << height
    return perfect_root(b"".join(map(leaf_hash, RECORDS[start : start + (1 << height)])))


TREE = Checkpoint(LOG.name, len(RECORDS), fold(node(*each) for each in span(0, len(RECORDS))))
NOTE = TREE.sign([LOG])
COSIGNED = str(NOTE.plus([WITNESS.sign(NOTE.text, 1_700_000_000)]))
# Without the whole line of its witness it is a signed checkpoint, too, and no mutation.
SHORTER = [COSIGNED[:n] for n in range(len(COSIGNED)) if COSIGNED[:n] != str(NOTE)]


def bundle(position: int) -> ProofBundle:
    proof = gather(inclusion_path(position, len(RECORDS)), node)
    return ProofBundle("one", position, RECORDS[position], tuple(proof), COSIGNED)


@pytest.mark.parametrize("position", range(len(RECORDS)))
def test_a_bundle_proves_its_record_from_its_file_alone(position: int) -> None:
    read = ProofBundle.parse(bundle(position).to_json())
    assert read == bundle(position)
    opened = read.verify(TRUSTED)
    assert opened.checkpoint == TREE
    assert opened.witnesses == (WITNESS.verifier,)


def test_it_holds_no_record_but_its_own() -> None:
    text = bundle(3).to_json()
    assert [n for n in range(len(RECORDS)) if f'\\"n\\": {n},' in text] == [3]


def test_without_the_logs_key_nothing_is_believed() -> None:
    for keys in ([], [OTHER.verifier], [WITNESS.verifier]):
        with pytest.raises(BadProofBundle, match="can't be trusted"):
            bundle(3).verify(keys)


def changes() -> "st.SearchStrategy[dict[str, Any]]":
    flipped = st.tuples(st.integers(0, 3), st.integers(0, 255))

    def flip(which: int, bit: int) -> list[str]:
        from base64 import b64encode

        proof = list(bundle(3).proof)
        changed = (int.from_bytes(proof[which]) ^ (1 << bit)).to_bytes(32)
        return [b64encode(changed if n == which else each).decode() for n, each in enumerate(proof)]

    return st.one_of(
        st.integers(-3, 30).filter(lambda n: n != 3).map(lambda n: {"position": n}),
        st.text(max_size=40).filter(lambda r: r.encode(errors="replace") != RECORDS[3]).map(lambda r: {"record": r}),
        flipped.map(lambda f: {"proof": flip(*f)}),
        st.integers(0, 3).map(lambda n: {"proof": flip(0, 0)[:n]}),
        st.sampled_from([None, 5, "x", [], {}, [None], [5], [["AAAA"]]]).map(lambda p: {"proof": p}),
        st.sampled_from(["position", "record", "checkpoint", "log"]).flatmap(
            lambda f: st.sampled_from([None, [], {}, True, 1.5, "\ud800"]).map(lambda v: {f: v})
        ),
        st.just({"more": 1}),
        st.just({"format": "gongkai.bundle.v2"}),
        st.just({"log": "two"}),
        st.sampled_from(SHORTER).map(lambda text: {"checkpoint": text}),
    )  # fmt: skip


@given(changes())
def test_a_mutated_bundle_never_verifies(change: dict[str, Any]) -> None:
    found = json.loads(bundle(3).to_json()) | change
    with pytest.raises(BadProofBundle):
        ProofBundle.parse(json.dumps(found)).verify(TRUSTED)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_bundle_with_one_byte_changed_proves_nothing_else(at: int, by: int) -> None:
    """Whatever a changed byte leaves intact (a name, space between values) is the same proof of the same record."""
    raw = bytearray(bundle(3).to_json().encode())
    raw[at % len(raw)] ^= by
    try:
        read = ProofBundle.parse(raw.decode())
        read.verify(TRUSTED)
    except (BadProofBundle, UnicodeDecodeError):
        return
    assert (read.position, read.record, read.proof) == (3, RECORDS[3], bundle(3).proof)


@pytest.mark.parametrize("raw", ["", "[]", "null", "{", '{"a":1,"a":2}', "[" * 100_000, '"x"', "1" * 10_000])
def test_what_is_no_bundle_is_refused(raw: str) -> None:
    with pytest.raises(BadProofBundle):
        ProofBundle.parse(raw)


def test_duplicate_keys_are_refused() -> None:
    text = bundle(3).to_json().replace('"position": 3', '"position": 4,\n "position": 3')
    with pytest.raises(BadProofBundle, match="twice"):
        ProofBundle.parse(text)
