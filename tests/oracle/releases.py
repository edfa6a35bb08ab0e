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
    def data(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.record["data"]
        return found


Logs = Mapping[str, Sequence[Line]]


def line(position: int, committed_at: datetime, raw: bytes) -> Line:
    return Line(position, committed_at, json.loads(raw))


def violations(logs: Logs) -> list[str]:
    """What went out as it shouldn't have, one sentence each; empty when every publication holds."""
    out = [each for each in logs["publishing"] if each.name == "DocumentPublished"]
    found: list[str] = []
    for each in out:
        found += [f"{each.data['document']}: {reason}" for reason in _of_publication(logs, each)]
    return found + _edits_while_held(logs)


def _of_publication(logs: Logs, out: Line) -> Iterable[str]:
    data = out.data
    requests = [
        one
        for one in _before(logs["publishing"], out)
        if one.name == "ReleaseRequested" and one.data["release"] == data["release"]
    ]
    if [one.data["draft"]["id"] for one in requests] != [data["drafted"]["id"]]:
        yield "no request of that version, or several"
    if any(
        one.name in ("ReleaseClosed", "DocumentPublished") and one.data.get("release") == data["release"]
        for one in _before(logs["publishing"], out)
    ):
        yield "the release had ended"
    permit = _by_id(logs["review"], data["permit"]["id"])
    handover = _by_id(logs["intake"], data["handover"]["id"])
    draft = _by_id(logs["intake"], data["drafted"]["id"])
    if (
        permit is None
        or permit.name != "ReleasePermitted"
        or permit.data["draft"]["id"] != data["drafted"]["id"]
    ):
        yield "no permit of that version"
        return
    if (
        handover is None
        or handover.name != "VersionHandedOver"
        or handover.data["permit"]["id"] != _id(permit)
    ):
        yield "no handover under that permit"
        return
    if draft is None or draft.data["digest"] != data["digest"] or draft.data["title"] != data["title"]:
        yield "what went out isn't the version"
        return
    if draft.data["attribute"] != "proactive":
        yield "it isn't for the public"
    last = datetime.fromisoformat(permit.data["expires"])
    if out.committed_at > last or handover.committed_at > last:
        yield "the permit had expired"
    yield from _of_permit(logs, permit, draft)
    newest = [
        one
        for one in _before(logs["intake"], handover)
        if one.name == "DocumentDrafted" and one.data["document"] == data["document"]
    ][-1]
    if newest is not draft:
        yield "another version was newest when it was handed over"


def _of_permit(logs: Logs, permit: Line, draft: Line) -> Iterable[str]:
    """At its own position: an opinion on that draft to disclose, and the consent of everybody asked about that text."""
    document, digest = draft.data["document"], draft.data["digest"]
    seen = [one for one in _before(logs["review"], permit) if one.data.get("document") == document]
    opinion = _opinion(seen, _id(draft))
    if opinion != "disclose":
        yield f"permitted on the opinion {opinion}"
    letters = _letters([one for one in seen if one.data.get("digest") == digest])
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


def _edits_while_held(logs: Logs) -> list[str]:
    """No version was made while the one before was handed over, unless its release had ended: the draft names by which event."""
    held: dict[str, Line] = {}
    found = []
    for one in logs["intake"]:
        document = one.data.get("document", "")
        if one.name == "VersionHandedOver":
            held[document] = one
        elif one.name == "DocumentDrafted" and (handover := held.pop(document, None)):
            ended = one.data.get("after_release")
            until = datetime.fromisoformat(handover.data["expires"]) + HOLD
            if ended is None and one.committed_at <= until:
                found.append(f"{document}: edited while it was handed over")
            elif ended is not None:
                end = _by_id(logs["publishing"], ended["id"])
                if end is None or end.data.get("release") != handover.data["release"]:
                    found.append(f"{document}: the release that it names hadn't ended")
    return found


def _before(log: Sequence[Line], limit: Line) -> Iterable[Line]:
    return (one for one in log if one.position < limit.position)


def _by_id(log: Sequence[Line], id_: str) -> Line | None:
    return next((one for one in log if _id(one) == id_), None)


def _id(one: Line) -> str:
    return str(one.record["id"])
