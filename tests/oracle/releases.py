"""Checks every publication from the logs alone, as an auditor would who has their bytes and none of this system's code.

Nothing here imports the services: records are read as JSON, and the rules of the release protocol (ADR 0030) are written
down a second time.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

HOLD = timedelta(seconds=60)  # how long after the permit's end an edit still waits


@dataclass(frozen=True)
class Line:
    """A record with its position in its log and its moment of commit."""

    position: int
    committed_at: datetime
    record: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.record["type"]).split(".")[1]

    @property
    def id(self) -> str:
        return str(self.record["id"])

    @property
    def data(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.record["data"]
        return found


Logs = Mapping[str, Sequence[Line]]


def line(position: int, committed_at: datetime, raw: bytes) -> Line:
    return Line(position, committed_at, json.loads(raw))


def violations(logs: Logs) -> list[str]:
    """What went out as it shouldn't have, one sentence each; empty when every publication holds."""
    history = _History(logs)
    return [
        f"{document}: {reason}"
        for document in history.documents
        for reason in (*_of_publications(history, document), *_of_edits(history, document))
    ]


class _History:
    """The logs by document, and by id."""

    def __init__(self, logs: Logs) -> None:
        self._of: dict[tuple[str, str], list[Line]] = {}
        self._by_id: dict[tuple[str, str], Line] = {}
        for log, lines in logs.items():
            for one in lines:
                self._of.setdefault((log, one.data.get("document", "")), []).append(one)
                self._by_id[log, one.id] = one
        self.documents = sorted({document for log, document in self._of if document})

    def of(self, log: str, document: str) -> list[Line]:
        return self._of.get((log, document), [])

    def before(self, log: str, limit: Line) -> list[Line]:
        """What that log had said of the same document."""
        return [one for one in self.of(log, limit.data["document"]) if one.position < limit.position]

    def at(self, log: str, reference: Mapping[str, Any], name: str) -> Line | None:
        """The event of that kind that is referred to."""
        one = self._by_id.get((log, reference["id"]))
        return one if one is not None and one.name == name else None


def _of_publications(history: _History, document: str) -> Iterable[str]:
    for out in history.of("publishing", document):
        if out.name == "DocumentPublished":
            yield from _of_publication(history, out)


def _of_publication(history: _History, out: Line) -> Iterable[str]:
    data, release = out.data, out.data["release"]
    before = [one for one in history.before("publishing", out) if one.data.get("release") == release]
    if [one.data["draft"]["id"] for one in before if one.name == "ReleaseRequested"] != [
        data["drafted"]["id"]
    ]:
        yield "no request of that version, or several"
    if any(one.name in ("ReleaseClosed", "DocumentPublished") for one in before):
        yield "the release had ended"
    permit = history.at("review", data["permit"], "ReleasePermitted")
    handover = history.at("intake", data["handover"], "VersionHandedOver")
    draft = history.at("intake", data["drafted"], "DocumentDrafted")
    if permit is None or permit.data["draft"]["id"] != data["drafted"]["id"]:
        yield "no permit of that version"
    elif handover is None or handover.data["permit"]["id"] != permit.id:
        yield "no handover under that permit"
    elif draft is None or any(draft.data[name] != data[name] for name in ("digest", "title", "summary")):
        yield "what went out isn't the version"
    else:
        yield from _of_steps(history, draft, permit, handover, out)


def _of_steps(history: _History, draft: Line, permit: Line, handover: Line, out: Line) -> Iterable[str]:
    if draft.data["attribute"] != "proactive":
        yield "it isn't for the public"
    last = datetime.fromisoformat(permit.data["expires"])
    if out.committed_at > last or handover.committed_at > last:
        yield "the permit had expired"
    newest = [one for one in history.before("intake", handover) if one.name == "DocumentDrafted"][-1]
    if newest is not draft:
        yield "another version was newest when it was handed over"
    seen = history.before("review", permit)
    if (opinion := _opinion(seen, draft.id)) != "disclose":
        yield f"permitted on the opinion {opinion}"
    letters = _letters([one for one in seen if one.data.get("digest") == draft.data["digest"]])
    for need in draft.data["consult"]:
        letters.setdefault(need["unit"], "never asked")
    for asked, answer in letters.items():
        if answer != "consent":
            yield f"permitted while {asked}: {answer}"


def _opinion(seen: Iterable[Line], draft: str) -> str | None:
    opinion = None
    for one in seen:
        if (one.data.get("draft") or {}).get("id") != draft:
            continue
        match one.name:
            case "SecrecyReviewed":
                opinion = one.data["opinion"]
            case "SecrecyReviewWithdrawn":
                opinion = None
    return opinion


def _letters(seen: Iterable[Line]) -> dict[str, str]:
    """What each unit that was asked has come to."""
    letters: dict[str, str] = {}
    for one in seen:
        match one.name:
            case "ConsultationRequested":
                letters.setdefault(one.data["asked"], "open")
            case "ConsultationAnswered":
                letters[one.data["asked"]] = "consent" if one.data["agrees"] else "refused"
            case "ConsultationObjected":
                letters[one.data["asked"]] = "refused"
            case "ConsultationLapsed":
                letters[one.data["asked"]] = "consent" if one.data["silence"] == "consent" else "open"
    return letters


def _of_edits(history: _History, document: str) -> Iterable[str]:
    """No version is made while the one before is handed over, unless its release has ended: the draft names by which event."""
    handover: Line | None = None
    for one in history.of("intake", document):
        if one.name == "VersionHandedOver":
            handover = one
        if one.name != "DocumentDrafted" or handover is None:
            continue
        if (ended := one.data.get("after_release")) is None:
            if one.committed_at <= datetime.fromisoformat(handover.data["expires"]) + HOLD:
                yield "edited while it was handed over"
        else:
            end = history.at("publishing", ended, "DocumentPublished") or history.at(
                "publishing", ended, "ReleaseClosed"
            )
            if end is None or end.data["release"] != handover.data["release"]:
                yield "the release that an edit names hadn't ended"
        handover = None
