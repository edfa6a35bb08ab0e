"""Verifying logs and proof bundles, and making bundles (`gongkai verify`, `gongkai prove`)."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from gongkai.contracts.errors import UserError
from gongkai.ledger.audit import Report, Source, VerificationFailed, verified_checkpoint, verify_log
from gongkai.ledger.merkle import inclusion_path
from gongkai.ledger.note import BadNote, parse
from gongkai.ledger.proof import ProofBundle
from gongkai.ledger.tlog_checkpoint import Checkpoint, VerifiedCheckpoint
from gongkai.operate.logs.copying import kept_checkpoints
from gongkai.operate.logs.location import LogLocation
from gongkai.operate.logs.sources import Copy, Database, proof
from gongkai.operate.logs.trusted_keys import TrustedKeys

CHECKPOINT_WAIT = 3.0  # seconds until a checkpoint covers what was appended just now


def verify_bundle(file: Path, trust: TrustedKeys) -> tuple[str, str]:
    """What is proved, in both languages. Raises BadProofBundle, VerificationFailed or UserError. Needs no log and no network."""
    try:
        raw = file.read_bytes().decode()
    except OSError as error:
        raise UserError(f"读不了 / can't read {file}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise UserError(f"{file} 不是证明文件 / not a proof bundle") from None
    bundle = ProofBundle.parse(raw)
    found = bundle.verify(trust.keys)
    trust.require_witness(found)
    tree = found.checkpoint
    return (
        f"成立：该记录是 {tree.origin} 的第 {bundle.position} 位，检查点含 {tree.size} 条{_witnesses(found)[0]}",
        f"proved: the record is at position {bundle.position} of {tree.origin},"
        f" whose checkpoint has {tree.size} entries{_witnesses(found)[1]}",
    )


def verify_one_log(name: str, source: Source, trust: TrustedKeys, since: Sequence[str]) -> tuple[str, str]:
    """What was found whole, in both languages. Raises VerificationFailed."""
    earlier = kept_checkpoints(source.folder) if isinstance(source, Copy) else []
    earlier = [each for each in earlier if each != source.checkpoint()]
    report: Report = verify_log(source, trust.keys, [*since, *earlier])
    trust.require_witness(report.verified)
    size = report.verified.checkpoint.size
    misfiled = source.misfiled(size) if isinstance(source, Database) else None
    if misfiled is not None:
        raise VerificationFailed(
            "filed as recorded",
            f"第 {misfiled} 位的记录完整，但被归到别的流、版本或事件号之下",
            f"the record at position {misfiled} is whole, but it is filed under another stream, version or event id",
            misfiled,
        )
    zh, en = f"{name}：{size} 条完整", f"{name}: {size} entries, whole"
    if report.since is not None:
        zh += f"，自 {report.since.size} 条的检查点以来只有追加"
        en += f", only appended to since the checkpoint of {report.since.size}"
    witnesses_zh, witnesses_en = _witnesses(report.verified)
    return zh + witnesses_zh, en + witnesses_en


def verify_logs(
    logs: Mapping[str, Source], trust: TrustedKeys, since: Sequence[str]
) -> Iterator[tuple[str, str] | VerificationFailed]:
    """For each log a sentence in both languages, or what is broken; then each kept checkpoint that is of none of them."""
    unmatched = set(since)
    for name, source in logs.items():
        own = of_origin(source, since, alone=len(logs) == 1)
        unmatched -= set(own)
        try:
            yield verify_one_log(name, source, trust, own)
        except VerificationFailed as error:
            yield error
    for raw in sorted(unmatched):
        origin = origin_in(raw)
        yield VerificationFailed("same log", f"没有日志 {origin}", f"no log is {origin}")


def read_checkpoint(file: Path) -> str:
    """A checkpoint kept from earlier. Raises UserError."""
    try:
        return file.read_bytes().decode(errors="replace")
    except OSError as error:
        raise UserError(f"读不了 / can't read {file}: {error.strerror}") from error


def _witnesses(found: VerifiedCheckpoint) -> tuple[str, str]:
    names = ", ".join(key.name for key in found.witnesses)
    return (f"，{names} 已联署", f", cosigned by {names}") if names else ("，未经联署", ", not cosigned")


def of_origin(source: Source, since: Sequence[str], alone: bool) -> list[str]:
    """The kept checkpoints that are this log's; where it is the only log asked about, all of them have to be."""
    raw = source.checkpoint()
    if alone or raw is None:
        return list(since)
    return [each for each in since if origin_in(each) == origin_in(raw)]


def origin_in(raw: str) -> str:
    """Raises VerificationFailed for what is no checkpoint."""
    try:
        return Checkpoint.parse(parse(raw).text).origin
    except BadNote as error:
        raise VerificationFailed(
            "kept checkpoint", f"不是检查点：{error}", f"not a checkpoint: {error}"
        ) from None


def prove(location: LogLocation, event: UUID, trust: TrustedKeys) -> ProofBundle:
    """The bundle of one event. Raises UserError where it isn't, VerificationFailed where it can't be proved."""
    with location.logs() as logs:
        for name, source in logs.items():
            if isinstance(source, Database) and (found := source.event(event)) is not None:
                return _bundle(name, source, found, trust)
    raise UserError(f"没有事件 / no event {event}")


def _bundle(name: str, source: Database, found: tuple[int, bytes], trust: TrustedKeys) -> ProofBundle:
    position, record = found
    raw = _covering(source, position)
    tree = verified_checkpoint(raw, trust.keys).checkpoint
    if tree.size <= position:
        raise UserError(
            f"检查点尚未涵盖第 {position} 位，请稍后再试 / no checkpoint covers position {position} yet: try again shortly"
        )
    bundle = ProofBundle(
        name, position, record, tuple(proof(source, inclusion_path(position, tree.size), tree.size)), raw
    )
    bundle.verify(trust.keys)
    return bundle


def _covering(source: Source, position: int) -> str:
    """The checkpoint shown, waiting a moment for one that covers the position."""
    end = time.monotonic() + CHECKPOINT_WAIT
    while True:
        raw: Any = source.checkpoint()
        if raw is not None and Checkpoint.parse(parse(raw).text).size > position:
            return str(raw)
        if time.monotonic() > end:
            if raw is None:
                raise UserError("日志还没有检查点 / the log has no checkpoint yet")
            return str(raw)
        time.sleep(0.1)
