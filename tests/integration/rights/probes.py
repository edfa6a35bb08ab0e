"""One request for every route of every service: what is asked, and under which action it stands or falls.

Whoever has the right is let through, and then told something else: the bodies are such that the rules refuse them,
so that asking everything as everybody leaves the cases as they were.
"""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from gongkai.console import actions as console
from gongkai.identity import actions as identity
from gongkai.intake import actions as intake
from gongkai.operate.services import installed
from gongkai.portal import actions as portal
from gongkai.publishing import actions as publishing
from gongkai.review import actions as review
from gongkai.runtime.rights import OBSERVE
from tests.integration.rights.region import APPLICANT, APPLICATION, DRAFT

UNKNOWN = "0" * 64  # the digest of no text


# Every service's actions, by their names in code.
ALL = SimpleNamespace(
    OBSERVE=OBSERVE,
    **{
        action.name: action
        for module in (intake, review, publishing, console, identity, portal)
        for action in module.Action
    },
)


@dataclass(frozen=True)
class Probe:
    """`route` as the application has it; `path` as it is asked. `anywhere`: a duty in any unit opens this page."""

    action: str
    service: str
    method: str
    route: str
    path: str = ""
    body: Any = None
    form: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    anywhere: bool = False

    @property
    def request(self) -> dict[str, Any]:
        if self.form is not None:
            return {"data": self.form}
        if isinstance(self.body, bytes):
            return {"content": self.body, "headers": self.headers}
        return {"json": self.body} if self.body is not None else {}


def probes(cases: dict[str, str]) -> list[Probe]:
    a, letter, event = ALL, cases["consultation"], cases["event"]
    unit = {"unit": "new-media-unit", "name": "示例new-media", "kind": "department", "jurisdiction": "sc"}
    system = {"system": "own-system", "name": "own-system", "unit": "own", "may": []}
    leave = {"unit": "own", "giver": "drafter", "taker": "head", "duties": ["drafter"]}
    ending = {"kind": "abolished", "on": "1900-01-01"}
    off = {"code": "new-year", "zh": "元旦", "en": "New Year", "from": "2000-01-01", "to": "2000-01-01"}
    notice = {
        "year": 2000,
        "number": "示例〔1999〕1号",
        "dated": "1999-12-01",
        "title": "示例",
        "holidays": [off],
    }
    days = {"since": "2025-01-01", "until": "2025-01-02"}  # long over
    opinion = {"digest": UNKNOWN, "opinion": "disclose", "basis": ["条例"], "reason": "无"}
    withheld = {"kind": "withheld", "text": "不予公开", "grounds": []}
    applicant = APPLICATION | {"applicant": APPLICANT | {"id_number": "330102199001015678"}}
    consultation = "/documents/{document}/consultations/{consultation}"
    return [
        # -- intake
        Probe(a.REGISTER_UNIT, "intake", "POST", "/units", body=unit | {"superior": "new-media-unit"}),
        Probe(a.END_UNIT, "intake", "POST", "/units/{unit_id}/ending", "/units/own/ending", ending),
        Probe(a.READ_UNITS, "intake", "GET", "/units"),
        Probe(a.READ_UNITS, "intake", "GET", "/units/{unit_id}/owners", "/units/own/owners"),
        Probe(
            a.READ_UNITS,
            "intake",
            "GET",
            "/units/{unit_id}/common-superior/{other_id}",
            "/units/own/common-superior/asked",
        ),
        Probe(a.READ_GAPS, "intake", "GET", "/register/gaps"),
        Probe(a.ANNOUNCE_HOLIDAYS, "intake", "POST", "/calendar/notices", body=notice),
        Probe(a.READ_CALENDAR, "intake", "GET", "/calendar/notices"),
        Probe(a.REGISTER_SYSTEM, "intake", "POST", "/systems", body=system),
        Probe(
            a.RETIRE_SYSTEM,
            "intake",
            "POST",
            "/systems/{system_id}/retirement",
            "/systems/none/retirement",
            {},
        ),
        Probe(a.DELEGATE, "intake", "POST", "/delegations", body=leave | days),
        Probe(
            a.WITHDRAW_DELEGATION,
            "intake",
            "POST",
            "/delegations/{delegation_id}/withdrawal",
            "/delegations/later/withdrawal",
        ),
        Probe(
            a.UPLOAD_TEXT, "intake", "POST", "/texts", body=b"text", headers={"Content-Type": "text/plain"}
        ),
        Probe(a.DRAFT, "intake", "POST", "/documents", body=DRAFT | {"digest": UNKNOWN}),
        Probe(a.READ_DRAFT, "intake", "GET", "/documents/{document_id}/text", "/documents/open/text"),
        Probe(a.RECEIVE_APPLICATION, "intake", "POST", "/applications", body=applicant),
        Probe(
            a.ANSWER_APPLICATION,
            "intake",
            "POST",
            "/applications/{application_id}/answer",
            "/applications/asked-for/answer",
            withheld,
        ),
        Probe(
            a.READ_PROPOSAL,
            "intake",
            "GET",
            "/applications/{application_id}/proposal",
            "/applications/asked-for/proposal",
        ),
        Probe(
            a.WITHDRAW_PROPOSAL,
            "intake",
            "POST",
            "/applications/{application_id}/proposal/withdrawal",
            "/applications/asked-for/proposal/withdrawal",
            {"proposal": "another"},
        ),
        Probe(
            a.FOLLOW_APPLICATION,
            "intake",
            "POST",
            "/applications/progress",
            body={"receipt": "x", "code": "y"},
        ),
        Probe(
            a.READ_APPLICATION, "intake", "GET", "/applications/{application_id}", "/applications/asked-for"
        ),
        Probe(
            a.ERASE_APPLICANT,
            "intake",
            "POST",
            "/applications/{application_id}/erasure",
            "/applications/asked-for/erasure",
            {"ground": "consent"},
        ),
        # -- review and publishing
        Probe(a.EXAMINE, "review", "POST", "/reviews/{document_id}", "/reviews/open", opinion),
        Probe(a.EXAMINE_REFERRED, "review", "POST", "/reviews/{document_id}", "/reviews/referred", opinion),
        Probe(
            a.EXAMINE,
            "review",
            "POST",
            "/reviews/{document_id}/withdrawal",
            "/reviews/open/withdrawal",
            {"digest": UNKNOWN, "reason": "无"},
        ),
        Probe(
            a.EXAMINE_REFERRED,
            "review",
            "POST",
            "/reviews/{document_id}/withdrawal",
            "/reviews/referred/withdrawal",
            {"digest": UNKNOWN, "reason": "无"},
        ),
        Probe(
            a.ANSWER_CONSULTATION,
            "review",
            "POST",
            "/consultations/{consultation_id}/answer",
            f"/consultations/{letter}/answer",
            {"agrees": False},
        ),
        Probe(a.READ_SIGN_OFF, "review", "GET", "/sign-offs/{case}", "/sign-offs/application-asked-for"),
        Probe(
            a.SIGN,
            "review",
            "POST",
            "/sign-offs/{case}",
            "/sign-offs/application-asked-for",
            {"subject": "another", "digest": UNKNOWN, "decision": "give"},
        ),
        Probe(
            a.PUBLISH,
            "publishing",
            "POST",
            "/publications/{document_id}",
            "/publications/open",
            {"digest": UNKNOWN},
        ),
        Probe(
            a.READ_GATE, "publishing", "GET", "/publications/{document_id}/gate", "/publications/open/gate"
        ),
        Probe(
            a.ANSWER_CONSULTATION,
            "review",
            "POST",
            "/consultations/{consultation_id}/objection",
            f"/consultations/{letter}/objection",
            {"reason": "无"},
        ),
        # -- console
        Probe(a.ENTER, "console", "GET", "/sign-in"),
        Probe(a.ENTER, "console", "POST", "/sign-in", form={}),
        Probe(a.ENTER, "console", "POST", "/sign-in/demo", form={}),
        Probe(a.ENTER, "console", "GET", "/sign-in/oidc"),
        Probe(a.ENTER, "console", "GET", "/sign-in/oidc/back"),
        Probe(a.GET_TOKEN, "console", "POST", "/api/token", body={"person": "nobody-at-all"}),
        Probe(a.CHANGE_PASSWORD, "console", "GET", "/password"),
        Probe(a.CHANGE_PASSWORD, "console", "POST", "/password", form={"old": "x", "password": "y"}),
        Probe(a.SEE_DESK, "console", "GET", "/"),
        Probe(a.SEE_DESK, "console", "GET", "/documents"),
        Probe(a.SEE_DESK, "console", "GET", "/applications"),
        Probe(a.SEE_DESK, "console", "GET", "/dashboard"),
        Probe(a.SEE_DESK, "console", "GET", "/events"),
        Probe(a.SEE_SCORES, "console", "GET", "/scores"),
        Probe(a.SEE_SCORES, "console", "GET", "/scores/{unit}", "/scores/own"),
        Probe(a.SEE_DRAFTS, "console", "GET", "/documents/{document}", "/documents/open"),
        Probe(a.SEE_DRAFTS, "console", "GET", "/documents/{document}/file", "/documents/open/file"),
        Probe(a.SEE_REGISTER, "console", "GET", "/register"),
        Probe(a.SEE_REGISTER, "console", "GET", "/register/{unit}", "/register/own"),
        Probe(a.END_UNIT, "console", "GET", "/register/{unit}/ending", "/register/own/ending"),
        Probe(a.END_UNIT, "console", "POST", "/register/{unit}/ending", "/register/own/ending", form={}),
        Probe(a.IMPORT_UNITS, "console", "GET", "/import/units"),
        Probe(a.IMPORT_UNITS, "console", "GET", "/import/units/template.xlsx"),
        Probe(a.IMPORT_UNITS, "console", "POST", "/import/units", form={}),
        Probe(a.SEE_CASES, "console", "GET", "/events/{event_id}", f"/events/{event}"),
        Probe(
            a.SEE_CASES, "console", "GET", "/events/{event_id}/record.json", f"/events/{event}/record.json"
        ),
        Probe(a.SEE_DELEGATIONS, "console", "GET", "/delegations"),
        Probe(a.SEE_RIGHTS, "console", "GET", "/rights"),
        Probe(a.SEE_ACCESS, "console", "GET", "/access"),
        Probe(a.SEE_SYSTEMS, "console", "GET", "/systems"),
        Probe(a.GIVE_ACCOUNT, "console", "GET", "/accounts"),
        Probe(a.GIVE_ACCOUNT, "console", "POST", "/accounts", form={"person": "nobody-at-all"}),
        Probe(a.GIVE_ACCOUNT, "console", "POST", "/accounts/identity", form={"tied": "nobody-at-all"}),
        Probe(a.LIFT_LIMITS, "console", "POST", "/accounts/limits", form={"person": "nobody-at-all"}),
        Probe(a.ISSUE_KEY, "console", "POST", "/systems/{system}/keys", "/systems/own-system/keys", form={}),
        Probe(
            a.REVOKE_KEY,
            "console",
            "POST",
            "/systems/{system}/keys/{key}/revocation",
            "/systems/own-system/keys/none/revocation",
            form={},
        ),
        Probe(
            a.REGISTER_SYSTEM,
            "console",
            "POST",
            "/systems",
            form={"system": "own-system", "name": "own-system", "unit": "own"},
        ),
        Probe(
            a.RETIRE_SYSTEM,
            "console",
            "POST",
            "/systems/{system}/retirement",
            "/systems/none/retirement",
            form={},
        ),
        Probe(
            a.DELEGATE,
            "console",
            "POST",
            "/delegations",
            form={"post": "own/drafter", "taker": "head", "duties": "drafter", **days},
        ),
        Probe(
            a.WITHDRAW_DELEGATION,
            "console",
            "POST",
            "/delegations/{delegation}/withdrawal",
            "/delegations/later/withdrawal",
            form={},
        ),
        Probe(a.DRAFT, "console", "GET", "/documents/new", anywhere=True),
        Probe(a.DRAFT, "console", "GET", "/documents/{document}/revise", "/documents/open/revise"),
        Probe(
            a.READ_ENTRIES,
            "console",
            "GET",
            "/log/{name}/tile/entries/{path:path}",
            "/log/intake/tile/entries/000.p/1",
        ),
        Probe(a.READ_TREE, "console", "GET", "/log"),
        Probe(a.READ_TREE, "console", "GET", "/log/{name}/checkpoint", "/log/intake/checkpoint"),
        Probe(a.READ_TREE, "console", "GET", "/log/{name}/tile/{path:path}", "/log/intake/tile/0/000.p/1"),
        # -- portal, and what every service has
        Probe(a.READ_PUBLISHED, "portal", "GET", "/"),
        Probe(a.READ_PUBLISHED, "portal", "GET", "/documents"),
        Probe(a.APPLY, "portal", "GET", "/apply"),
        Probe(a.APPLY, "portal", "GET", "/progress"),
        *(Probe(a.OBSERVE, service, "GET", "/health") for service in installed()),
        # -- console's forms that say a command to a service: whoever sees the page is told by the service
        Probe(
            a.EXAMINE,
            "console",
            "POST",
            "/documents/{document}/review",
            "/documents/open/review",
            form=opinion | {"basis": "条例"},
        ),
        Probe(
            a.EXAMINE,
            "console",
            "POST",
            "/documents/{document}/review/withdrawal",
            "/documents/open/review/withdrawal",
            form={"digest": UNKNOWN, "reason": "无"},
        ),
        Probe(
            a.ANSWER_CONSULTATION,
            "console",
            "POST",
            f"{consultation}/objection",
            f"/documents/open/consultations/{letter}/objection",
            form={"reason": "无"},
        ),
        Probe(
            a.PUBLISH,
            "console",
            "POST",
            "/documents/{document}/publish",
            "/documents/open/publish",
            form={"digest": UNKNOWN},
        ),
        Probe(
            a.ANSWER_CONSULTATION,
            "console",
            "POST",
            consultation,
            f"/documents/open/consultations/{letter}",
            form={"agrees": "no"},
        ),
        Probe(
            a.ANSWER_APPLICATION,
            "console",
            "POST",
            "/applications/{application}/answer",
            "/applications/asked-for/answer",
            form={"kind": "withheld", "text": "不予公开"},
        ),
        Probe(
            a.SIGN,
            "console",
            "POST",
            "/applications/{application}/sign-off",
            "/applications/asked-for/sign-off",
            form={"subject": "another", "digest": UNKNOWN, "decision": "give"},
        ),
        Probe(
            a.WITHDRAW_PROPOSAL,
            "console",
            "POST",
            "/applications/{application}/withdrawal",
            "/applications/asked-for/withdrawal",
            form={"proposal": "another"},
        ),
        Probe(a.SEE_CASES, "console", "GET", "/applications/{application}", "/applications/asked-for"),
        Probe(a.LEAVE, "console", "POST", "/sign-out/everywhere", form={}),
        Probe(a.LEAVE, "console", "POST", "/sign-out", form={}),
    ]
