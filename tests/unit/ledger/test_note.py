"""Signed notes and checkpoints: the specifications' examples byte for byte; anything else is refused."""

from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.ledger.note import (
    COSIGNATURE,
    BadKey,
    BadNote,
    Note,
    Signer,
    Verifier,
    parse,
    sign,
    verified,
)
from gongkai.ledger.tlog_checkpoint import Checkpoint, open_checkpoint

# The example of C2SP signed-note.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The example of golang.org/x/mod/sumdb/note. Ed25519 has one signature for a key and a text.
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = (
    TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of C2SP tlog-cosignature, of which the specification gives no keys.
CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
LOG = Signer.generate("gongkai.example/log/one")
WITNESS = Signer.generate("gongkai.example/witness", COSIGNATURE)
SEEN = Checkpoint("gongkai.example/log/one", 7, bytes(range(32)))


def test_the_specifications_note_verifies() -> None:
    note = parse(NOTE)
    assert str(note) == NOTE
    assert [key.name for key, _ in verified(note, [Verifier.parse(VKEY)])] == ["example.com/foo"]


def test_the_go_librarys_example_is_made_byte_for_byte() -> None:
    signer = Signer.parse(SKEY)
    assert str(signer.verifier) == PETER
    assert str(sign(TEXT, [signer])) == SIGNED
    assert signer.secret() == SKEY
    assert SKEY[-20:] not in repr(signer)


def test_the_specifications_checkpoint_is_read_with_its_cosignature() -> None:
    note = parse(CHECKPOINT)
    assert str(note) == CHECKPOINT
    read = Checkpoint.parse(note.text)
    assert (read.origin, read.size) == ("example.com/behind-the-sofa", 20852163)
    assert read.text == note.text
    assert note.signatures[1].time == 1679315147  # as the specification says in its signed message


def test_a_cosignature_signs_its_time_and_the_text() -> None:
    note = SEEN.sign([LOG])
    cosigned = note.plus([WITNESS.sign(note.text, 1_700_000_000)])
    opened = open_checkpoint(str(cosigned), [LOG.verifier, WITNESS.verifier])
    assert opened.checkpoint == SEEN
    assert opened.witnesses == (WITNESS.verifier,)
    message = f"cosignature/v1\ntime 1700000000\n{note.text}".encode()
    line = cosigned.signatures[1]
    assert len(line.raw) == 72
    WITNESS.verifier._key.verify(line.raw[8:], message)
    later = b64encode(line.key_id + (1_700_000_001).to_bytes(8) + line.raw[8:]).decode()
    forged = f"{note.text}\n{note.signatures[0].line}— {line.name} {later}\n"
    with pytest.raises(BadNote, match=r"witness doesn't hold"):
        open_checkpoint(forged, [LOG.verifier, WITNESS.verifier])


def test_one_key_for_two_purposes_has_two_ids() -> None:
    plain = Signer("example.org/x", 1, LOG.seed).verifier
    timed = Signer("example.org/x", COSIGNATURE, LOG.seed).verifier
    assert plain.public == timed.public
    assert plain.key_id != timed.key_id


def test_unknown_signatures_are_passed_over_and_false_ones_of_known_keys_are_not() -> None:
    other = Signer.generate("gongkai.example/log/one")
    note = SEEN.sign([other, LOG])
    assert open_checkpoint(str(note), [LOG.verifier]).checkpoint == SEEN
    with pytest.raises(BadNote, match="no known key"):
        open_checkpoint(str(SEEN.sign([other])), [LOG.verifier])
    swapped = Note(
        note.text,
        (
            note.signatures[0],
            note.signatures[1].__class__(LOG.name, LOG.verifier.key_id, note.signatures[0].raw),
        ),
    )
    with pytest.raises(BadNote, match="doesn't hold"):
        open_checkpoint(str(swapped), [LOG.verifier])


def test_a_witness_alone_is_no_log_and_a_log_does_not_speak_for_another() -> None:
    cosigned = Note(SEEN.text, (WITNESS.sign(SEEN.text, 5),))
    with pytest.raises(BadNote, match="no known key"):
        open_checkpoint(str(cosigned), [LOG.verifier, WITNESS.verifier])
    elsewhere = Signer.generate("gongkai.example/log/two")
    with pytest.raises(BadNote, match="no known key"):
        open_checkpoint(str(SEEN.sign([elsewhere])), [LOG.verifier, elsewhere.verifier])


def test_several_keys_of_one_name_sign_side_by_side() -> None:
    """So that a log's key can be changed while the old one is still in people's hands."""
    newer = Signer.generate(LOG.name)
    note = str(SEEN.sign([newer, LOG]))
    for key in (newer, LOG):
        assert open_checkpoint(note, [key.verifier]).checkpoint == SEEN


@given(st.integers(0, len(CHECKPOINT.encode()) * 8 - 1))
def test_a_checkpoint_with_one_bit_changed_is_none(bit: int) -> None:
    raw = bytearray(str(SEEN.sign([LOG])).encode())
    bit %= len(raw) * 8
    raw[bit // 8] ^= 1 << bit % 8
    try:
        changed = raw.decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(BadNote):
        open_checkpoint(changed, [LOG.verifier])


@pytest.mark.parametrize(
    "text",
    ["", "a\n", "a\n1\n", f"a\n01\n{'A' * 43}=\n", f"a\n-1\n{'A' * 43}=\n", "a\n1\nAAAA\n", f"\n1\n{'A' * 43}=\n",
     f"a\n1\n{'A' * 43}=", f"a\n1\n{'A' * 43}=\n\nx\n", f"a\n1\n{'A' * 42}B=\n"],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.parse(text)


def test_lines_after_the_third_are_the_logs_own_affair() -> None:
    assert Checkpoint.parse(f"{SEEN.text}more\n") == SEEN


@pytest.mark.parametrize(
    "raw", ["", "text\n", "text\n\n", "text\n\nsig", "text\n\n- a AAAAAAAA\n", "text\n\n— a !\n", "t\x00\n\n— a AAAAAAAA\n",
            "text\n\n—  AAAAAAAA\n", "text\n\n— a+b AAAAAAAA\n", "text\n\n— a AAAA\n"],
)  # fmt: skip
def test_what_is_no_note_is_refused(raw: str) -> None:
    with pytest.raises(BadNote):
        parse(raw)


@pytest.mark.parametrize(
    "vkey", ["", "a+b", VKEY.replace("530d903a", "530d903b"), VKEY[:-4], VKEY.replace("example", "exbmple"), f"x {VKEY}",
             "a+00000000+" + b64encode(b"\x02" + bytes(32)).decode()],
)  # fmt: skip
def test_what_is_no_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(BadKey):
        Verifier.parse(vkey)


def test_a_broken_private_key_is_refused_without_being_repeated() -> None:
    with pytest.raises(BadKey) as refused:
        Signer.parse(SKEY.replace("c74f20a3", "c74f20a4"))
    assert b64decode(SKEY[-44:]).hex() not in str(refused.value)
    assert SKEY[-44:] not in str(refused.value)
