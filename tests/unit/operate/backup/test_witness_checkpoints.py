"""What others saw after the backup: named when it is missing, refused when it contradicts."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gongkai.ledger.merkle import Frontier, leaf_hash
from gongkai.ledger.note import Signer
from gongkai.ledger.tlog_checkpoint import Checkpoint
from gongkai.operate.backup.manifest import BackupError
from gongkai.operate.backup.recount import CountedLog
from gongkai.operate.backup.witness_checkpoints import checkpoints, compare, read_notes

ORIGIN = "gongkai-test.internal/log/intake"
SIGNER = Signer.generate(ORIGIN)


def root(size: int) -> bytes:
    tree = Frontier()
    for n in range(size):
        tree.append(leaf_hash(b"%d" % n))
    return tree.root()


def seen(size: int, root_: bytes | None = None) -> Checkpoint:
    return Checkpoint(ORIGIN, size, root_ or root(size))


def counted(size: int, at: Sequence[int] = ()) -> CountedLog:
    return CountedLog(size, {each: root(each) for each in (*at, size) if each <= size})


def test_what_was_seen_is_the_beginning_of_what_is_there() -> None:
    assert compare("intake", counted(10, [4, 10]), [seen(4), seen(10)]) is None
    assert compare("intake", counted(10), []) is None


def test_what_was_lost_is_named_by_its_positions() -> None:
    lost = compare("intake", counted(10, [4, 12]), [seen(4), seen(12)])
    assert lost is not None
    assert "位置 10 至 11 的 2 条已丢失" in str(lost)
    assert "2 entries, positions 10 to 11, are lost" in str(lost)


@pytest.mark.parametrize("size", [4, 10])
def test_another_history_is_refused(size: int) -> None:
    with pytest.raises(BackupError, match="aren't those of a signed checkpoint"):
        compare("intake", counted(10, [size]), [seen(size, bytes(32))])


def test_a_checkpoint_is_believed_for_its_logs_signature_alone(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    file.write_text(str(seen(4).sign([SIGNER])))
    (note,) = read_notes([str(file)], [])
    logs = {"review": [Signer.generate("other/log/review").verifier], "intake": [SIGNER.verifier]}
    assert checkpoints([note], logs) == [("intake", seen(4))]
    with pytest.raises(BackupError, match="signed by none"):
        checkpoints([note.replace("\n4\n", "\n5\n")], logs)
    with pytest.raises(BackupError, match="can't read"):
        read_notes([str(tmp_path / "nothing")], [])
