"""Every cell of the table of rights, both ways, over HTTP against the running services (SC-1.1)."""

from pathlib import Path

import httpx
import pytest

from gongkai.contracts.vocabulary import Duty
from gongkai.identity.actions import Action
from gongkai.operate.databases.cluster import Cluster
from gongkai.runtime.rights import Asker, RightSubject, allowed, published
from gongkai.runtime.rights.grants import ANYWHERE
from gongkai.runtime.rights.kinds import DAY, KINDS, Kind, cells
from gongkai.runtime.rights.kinds import region as the_register
from tests.integration.rights.probes import Probe, probes
from tests.integration.rights.region import region

# A second route of an action asks the same table: these are sent there, of another unit and of this one.
_ASKED_ANEW = frozenset(
    {"nobody", "stranger", "disclosure-officer", "auditor", "other", "other-system", "registrar", "security"}
)


def expected(probe: Probe, kind: Kind) -> bool:
    if probe.anywhere:
        return (
            allowed(Asker(kind.who, the_register(), DAY, published()), probe.action, RightSubject(ANYWHERE))
            and kind.has_session
        )
    told = cells()[probe.action][kind.name]
    pages = probe.service == "console" and not probe.path.startswith("/log/") and probe.route != "/api/token"
    by_session = pages and not cells()[probe.action]["nobody"]
    return told and (kind.has_session or not by_session)


def refused(answer: httpx.Response, kind: Kind, probe: Probe) -> str:
    """How it wasn't let in: empty if it was."""
    if answer.status_code == 401 and "identity.unauthenticated" in answer.text:
        return "signed out"
    if answer.status_code == 303 and probe.action != Action.LEAVE and not kind.has_session:
        return "signed out" if answer.headers["location"].startswith("/sign-in") else ""
    of_another = kind.name in {"other-system", "asked-system"}
    if of_another and answer.status_code == 404 and "application.unknown" in answer.text:
        return "not even told that it exists"
    if answer.status_code != 403 or "rights." not in answer.text:
        return ""
    if "json" in answer.headers["content-type"]:
        document = answer.json()
        assert document["code"].startswith("rights."), document
        assert document["clause"], document
        assert document["title"], document
        assert document["title_en"], document
    return "forbidden"


@pytest.mark.clause("SC-1.1", "WY-A.1", "WY-A.3", "SC-1.3")
@pytest.mark.timeout(1200)
async def test_every_cell_both_ways(fresh_database: Cluster, broker: str, tmp_path: Path) -> None:
    wrong = []
    async with region(fresh_database, broker, tmp_path, KINDS) as made:
        told: set[str] = set()
        for probe in probes(made.cases):
            may = {kind.name: expected(probe, kind) for kind in KINDS}
            before = await made.heads()
            asking = [kind for kind in KINDS if probe.action not in told or kind.name in _ASKED_ANEW]
            told.add(probe.action)
            for kind in sorted(asking, key=lambda kind: may[kind.name]):  # the refused ones first
                if may[kind.name] and before:
                    if await made.heads() != before:
                        wrong.append(f"{probe}: something was written, and nobody may")
                    before = []
                answer = await made.ask(
                    kind, probe.service, probe.method, probe.path or probe.route, **probe.request
                )
                how = refused(answer, kind, probe)
                where = f"{kind.name} {probe.action} {probe.method} {probe.service}{probe.route}: {answer.status_code}"
                if may[kind.name] and (how or answer.status_code >= 500):
                    wrong.append(f"{where}, and should be let in: {answer.text[:300]}")
                if not may[kind.name] and not how:
                    wrong.append(f"{where}, and should be refused: {answer.text[:300]}")
    assert not wrong, "\n".join(wrong)


def test_every_action_has_its_probe() -> None:
    cases = dict.fromkeys(("consultation", "event"), "x")
    assert {probe.action for probe in probes(cases)} == set(published())


@pytest.mark.clause("SC-1.1")
def test_nobody_of_another_unit_may_do_anything_with_a_units_cases() -> None:
    """Neither its officers, whatever they hold there, nor its system; nor an authority elsewhere."""
    public = {action for action, row in cells().items() if row["stranger"] or row["nobody"] or row["public"]}
    for action, row in cells().items():
        if action not in public and not published()[action].anywhere:
            assert not any(row[name] for name in ("other", "other-system", "far-authority")), action


@pytest.mark.clause("GT-supervise")
def test_auditors_only_read_and_administrators_do_no_officers_work() -> None:
    everybody = {action for action, row in cells().items() if row["stranger"]}
    for action, row in cells().items():
        rule = published()[action]
        if action not in everybody:
            assert not (rule.writes and row["auditor"]), action
            assert not (row["registrar"] and row["security"]) or not rule.writes, action
    keys = {Action.ISSUE_KEY, Action.REVOKE_KEY}  # a unit may see to its own system's keys, too
    for office in ("registrar", "security"):
        for action, row in cells().items():
            if row[office] and published()[action].writes and action not in everybody | keys:
                assert not any(row[str(duty)] for duty in Duty), action
