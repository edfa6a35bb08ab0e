"""The witness (C2SP tlog-witness): it cosigns a checkpoint that extends the last one it cosigned, and nothing else."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from gongkai.ledger.cosigning.witness import CosignResponse, Witness
from gongkai.ledger.merkle import EMPTY, consistency_path, fold, gather, leaf_hash, perfect_root, span
from gongkai.ledger.note import COSIGNATURE, Signer, parse, parse_signatures
from gongkai.ledger.tlog_checkpoint import Checkpoint, open_checkpoint

ORIGIN = "gongkai.example/log/one"
LOG = Signer.generate(ORIGIN)
KEY = Signer.generate("gongkai.example/witness", COSIGNATURE)
NOW = 1_700_000_000


class Tree:
    """A history; `other` of it is the same but for the entries from a position on."""

    def __init__(self, other_from: int = 1000) -> None:
        self.other_from = other_from

    def node(self, height: int, index: int) -> bytes:
        start = index << height
        leaves = (
            leaf_hash(b"%d%s" % (n, b"!" if n >= self.other_from else b""))
            for n in range(start, start + (1 << height))
        )
        return perfect_root(b"".join(leaves))

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(ORIGIN, size, fold(self.node(*each) for each in span(0, size)))

    def ask(self, old: int, size: int, *signers: Signer, proof: list[bytes] | None = None) -> str:
        hashes = gather(consistency_path(old, size), self.node) if proof is None else proof
        lines = "".join(f"{b64encode(each).decode()}\n" for each in hashes)
        return f"old {old}\n{lines}\n{self.checkpoint(size).sign(signers or [LOG])}"


TRUE, FORK = Tree(), Tree(other_from=3)


def opened(folder: Path) -> Witness:
    return Witness(folder / "witness.sqlite", KEY, lambda: [LOG.verifier], lambda: NOW)


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    made = opened(tmp_path)
    yield made
    made.close()


def cosigned(answer: CosignResponse, size: int) -> bool:
    if answer.status != 200:
        return False
    note = TRUE.checkpoint(size).sign([LOG]).plus(parse_signatures(answer.body))
    return open_checkpoint(str(note), [LOG.verifier, KEY.verifier]).witnesses == (KEY.verifier,)


def test_it_cosigns_what_continues_what_it_saw(witness: Witness) -> None:
    assert cosigned(witness.add_checkpoint(TRUE.ask(0, 0)), 0)
    assert cosigned(witness.add_checkpoint(TRUE.ask(0, 5)), 5)
    assert cosigned(witness.add_checkpoint(TRUE.ask(5, 5)), 5)
    answer = witness.add_checkpoint(TRUE.ask(5, 12))
    assert cosigned(answer, 12)
    assert parse_signatures(answer.body)[0].time == NOW


def test_it_says_how_much_it_saw_when_the_old_size_is_another(witness: Witness) -> None:
    witness.add_checkpoint(TRUE.ask(0, 5))
    for old, size in ((0, 12), (3, 12), (3, 3), (12, 12)):
        assert witness.add_checkpoint(TRUE.ask(old, size)) == CosignResponse(409, "5\n", "text/x.tlog.size")


def test_it_refuses_a_history_rewritten_after_what_it_saw_and_after_its_restart(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.add_checkpoint(TRUE.ask(0, 5))
    assert first.add_checkpoint(FORK.ask(5, 12)).status == 422
    first.close()
    again = opened(tmp_path)
    assert again.add_checkpoint(FORK.ask(5, 12)).status == 422
    assert again.add_checkpoint(FORK.ask(5, 5)).status == 422
    assert again.add_checkpoint(FORK.ask(0, 12)).status == 409
    assert [origin for origin, _, _ in again.refusals()] == [ORIGIN, ORIGIN]
    evidence = {Checkpoint.parse(parse(note).text) for _, _, note in again.refusals()}
    assert evidence == {FORK.checkpoint(12), FORK.checkpoint(5)}
    assert cosigned(again.add_checkpoint(TRUE.ask(5, 12)), 12)
    again.close()


def test_a_log_that_lost_its_tail_is_answered_with_the_size_seen_and_recorded(witness: Witness) -> None:
    witness.add_checkpoint(TRUE.ask(0, 12))
    assert witness.add_checkpoint(TRUE.ask(5, 5)).status == 409
    assert "12 entries were seen, it has 5" in witness.refusals()[0][1]


def test_only_the_logs_own_signature_counts(witness: Witness) -> None:
    stranger = Signer.generate(ORIGIN)
    assert witness.add_checkpoint(TRUE.ask(0, 5, stranger)).status == 403
    forged = Signer(ORIGIN, 1, stranger.seed).sign(TRUE.checkpoint(5).text)
    line = forged.__class__(ORIGIN, LOG.verifier.key_id, forged.raw).line
    assert witness.add_checkpoint(f"old 0\n\n{TRUE.checkpoint(5).text}\n{line}").status == 403
    elsewhere = Signer.generate("gongkai.example/log/two")
    other = Checkpoint(elsewhere.name, 5, TRUE.checkpoint(5).root).sign([elsewhere])
    assert witness.add_checkpoint(f"old 0\n\n{other}").status == 404


@pytest.mark.parametrize(
    "body", ["", "old 5", "old 05\n\n", "new 0\n\n", "old 0\nAAAA\n\n", "old 0\n\nnot a note\n",
             "old -1\n\n", "old 0\n" + f"{b64encode(EMPTY).decode()}\n" * 64 + "\n"],
)  # fmt: skip
def test_what_is_no_request_is_refused(witness: Witness, body: str) -> None:
    note = str(TRUE.checkpoint(5).sign([LOG]))
    assert witness.add_checkpoint(body + note if body.endswith("\n\n") else body).status == 400


def test_more_was_seen_than_there_is_makes_no_sense(witness: Witness) -> None:
    assert witness.add_checkpoint(TRUE.ask(5, 5).replace("old 5", "old 6")).status == 400


def test_a_proof_where_none_is_due_is_refused(witness: Witness) -> None:
    assert witness.add_checkpoint(TRUE.ask(0, 5, proof=[EMPTY])).status == 422
    wrong_root = f"old 0\n\n{Checkpoint(ORIGIN, 0, leaf_hash(b'')).sign([LOG])}"
    assert witness.add_checkpoint(wrong_root).status == 422


def test_the_last_checkpoint_can_be_asked_for_by_the_origins_hash(witness: Witness) -> None:
    where = sha256(ORIGIN.encode()).hexdigest()
    assert witness.checkpoint(where).status == 404
    witness.add_checkpoint(TRUE.ask(0, 5))
    shown = witness.checkpoint(where)
    assert open_checkpoint(shown.body, [LOG.verifier, KEY.verifier]).witnesses == (KEY.verifier,)
