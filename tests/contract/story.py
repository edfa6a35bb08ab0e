"""The golden records: one of every version of every event ever shipped, byte for byte, with its leaf hash.

`python -m tests.contract.story` adds the records of versions that have none yet, or none with a field that was added
since, and never touches one that is there: what was shipped has been hashed into somebody's log. The newest of each
version is the example that agencies get (`gongkai/contracts/examples/`).
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from gongkai.contracts.envelope import Place, Record, read_record, seal_record
from gongkai.contracts.events import Event
from gongkai.contracts.schema import EXAMPLES, text_of
from gongkai.contracts.vocabulary import AnswerKind
from gongkai.ledger.merkle import leaf_hash
from gongkai.ledger.partition import partition_of
from tests.unit import examples as of
from tests.unit.given import at

PARTITIONS = 4
GOLDEN = Path(__file__).parent / "golden"
LEAVES = GOLDEN / "leaves.txt"
TEXT = "关于做好义务教育招生工作的通知\n\n全文。\n".encode()
DIGEST = sha256(TEXT).hexdigest()
RULEBOOK = "sc@2020-06-30+cn@2019-05-15"  # of that time: a newer one changes no fact of before

Chapter = tuple[str, Callable[..., Event], dict[str, Any]]

# In the order in which it happens. A new version of an event takes its chapter over; its old record stays.
STORY: tuple[Chapter, ...] = (
    (
        "unit-education",
        of.a_full_unit_registered,
        {"superior": None, "officers": of.a_unit_registered().officers},
    ),
    (
        "document-doc-1",
        of.a_document_drafted,
        {"digest": DIGEST, "size": len(TEXT), "consult": (of.a_need(),)},
    ),
    ("review-doc-1", of.a_review_requested, {"digest": DIGEST}),
    ("review-doc-1", of.a_secrecy_reviewed, {"digest": DIGEST}),
    ("consultation-con-1", of.a_consultation_requested, {"digest": DIGEST}),
    ("consultation-con-1", of.a_consultation_lapsed, {"digest": DIGEST}),
    ("consultation-con-1", of.a_consultation_answered, {"digest": DIGEST, "signed_by": "sun-li"}),
    (
        "publication-doc-1",
        of.a_document_published,
        {
            "digest": DIGEST,
            "size": len(TEXT),
            "consultations": (of.a_ref(5, "review", "gongkai.ConsultationAnswered.v1"),),
            "release": of.RELEASE,
            "permit": of.a_ref(6, "review", "gongkai.ReleasePermitted.v1"),
            "handover": of.a_ref(8, "intake", "gongkai.VersionHandedOver.v1"),
            "expires": of.EXPIRES,
        },
    ),
    ("application-app-1", of.an_application_received, {}),
    ("application-app-1", of.an_application_overdue, {}),
    (
        "application-app-1",
        of.an_application_answered,
        {
            "kind": AnswerKind.PARTLY_DISCLOSED,
            "grounds": ("16-process",),
            "answered_on": date(2026, 3, 31),
            "late_days": 1,
            "at": at("2026-03-31", 9),
        },
    ),
    ("score-education-2026", of.a_score_changed, {}),
    ("applicant-applicant-1", of.an_applicant_erased, {}),
    ("unit-education", of.a_unit_succeeded, {}),
    ("calendar-cn", of.holidays_announced, {}),
    ("system-education-oa", of.a_system_registered, {}),
    ("system-education-oa", of.a_system_retired, {}),
    ("delegation-leave-1", of.a_duty_delegated, {}),
    ("delegation-leave-1", of.a_delegation_withdrawn, {}),
    ("publication-doc-2", of.a_release_requested, {"digest": DIGEST, "document": "doc-2"}),
    ("release-release-1", of.a_release_permitted, {"digest": DIGEST, "document": "doc-2"}),
    ("document-doc-2", of.a_version_handed_over, {"digest": DIGEST, "document": "doc-2"}),
    ("consultation-con-1", of.a_consultation_objected, {"digest": DIGEST}),
    ("review-doc-1", of.a_review_withdrawn, {"digest": DIGEST}),
    ("release-release-2", of.a_release_refused, {"digest": DIGEST, "release": "release-2"}),
    ("document-doc-1", of.a_handover_refused, {"digest": DIGEST, "release": "release-3"}),
    ("publication-doc-1", of.a_release_closed, {"digest": DIGEST, "release": "release-2"}),
    ("application-app-2", of.an_answer_proposed, {"application": "app-2"}),
    ("sign-off-application-app-2", of.a_sign_off_opened, {"case": "application-app-2"}),
    ("sign-off-application-app-2", of.a_step_returned, {"case": "application-app-2"}),
    ("application-app-2", of.a_proposal_withdrawn, {"application": "app-2"}),
    ("sign-off-application-app-2", of.a_sign_off_voided, {"case": "application-app-2"}),
    ("sign-off-application-app-2", of.a_step_given, {"case": "application-app-2"}),
    ("sign-off-application-app-2", of.a_sign_off_completed, {"case": "application-app-2"}),
    ("application-app-2", of.an_answer_approved, {"application": "app-2"}),
    ("application-app-2", of.a_sign_off_stale, {"application": "app-2"}),
)


@dataclass(frozen=True)
class Golden:
    """One golden record: `name` is `<Event>.v<version>`, with `+1` and so on for later ones of the same version."""

    name: str
    raw: bytes
    leaf: str

    @property
    def version(self) -> str:
        return self.name.split("+")[0]

    @property
    def record(self) -> Record:
        return read_record(self.raw)


def goldens() -> list[Golden]:
    leaves = dict(line.split()[::-1] for line in LEAVES.read_text().splitlines())
    return [Golden(file.stem, file.read_bytes(), leaves[file.stem]) for file in sorted(GOLDEN.glob("*.json"))]


def current_records() -> Iterator[tuple[str, bytes]]:
    """The story by the code as it is now: name and record of each chapter."""
    versions: dict[str, int] = {}
    sizes: dict[str, int] = {}
    last: Place | None = None  # in intake: what the other services react to
    for stream, example, changes in STORY:
        event = example(**changes)
        if getattr(event, "rulebook", None):
            event = event.model_copy(update={"rulebook": RULEBOOK})
        log = event.SERVICE
        versions[stream] = versions.get(stream, 0) + 1
        _, raw = seal_record(
            event,
            stream=stream,
            version=versions[stream],
            command=uuid5(NAMESPACE_URL, f"golden/{event.NAME}"),
            index=0,
            cause=last if log != "intake" and versions[stream] == 1 else None,
            registerat=Place("intake", partition_of(STORY[0][0], PARTITIONS), 0) if last else None,
        )
        place = Place(log, partition_of(stream, PARTITIONS), sizes.get(log, 0))
        sizes[log] = place.position + 1
        last = place if log == "intake" else last
        yield f"{event.NAME}.v{event.VERSION}", raw


def main() -> None:
    leaves = LEAVES.read_text() if LEAVES.exists() else ""
    for name, raw in current_records():
        shipped = [golden for golden in goldens() if golden.version == name] if leaves else []
        if any(golden.record.data.keys() == read_record(raw).data.keys() for golden in shipped):
            continue  # a field that was added since makes another record of the same version: both are kept
        file = GOLDEN / f"{name}{f'+{len(shipped)}' if shipped else ''}.json"
        file.write_bytes(raw)
        leaves += f"{leaf_hash(raw).hex()} {file.stem}\n"
        LEAVES.write_text(leaves)
    EXAMPLES.mkdir(exist_ok=True)
    for name, example in examples().items():
        (EXAMPLES / f"{name}.json").write_text(text_of(example), encoding="utf-8")


def examples() -> dict[str, Any]:
    """By `<Event>.v<version>`, the newest golden record of it."""
    newest = sorted(goldens(), key=lambda golden: (golden.version, len(golden.name), golden.name))
    return {golden.version: json.loads(golden.raw) for golden in newest}


if __name__ == "__main__":
    main()
