"""控制台: what can be asked for here, and who may (SC-1.1)."""

from enum import StrEnum
from typing import Final

from gongkai.runtime.rights import Rule, Rules
from gongkai.runtime.rights.grants import Anyone, Asked, Auditor, Holds, SignedIn
from gongkai.runtime.rights.groups import HANDLERS, OFFICERS, OVERSIGHT, READERS, REGISTRAR, SECURITY


class Action(StrEnum):
    SEE_DESK = "see-desk"
    SEE_CASES = "see-cases"
    SEE_DRAFTS = "see-drafts"
    SEE_REGISTER = "see-register"
    IMPORT_UNITS = "import-units"
    SEE_SCORES = "see-scores"
    SEE_DELEGATIONS = "see-delegations"
    SEE_RIGHTS = "see-rights"
    SEE_SYSTEMS = "see-systems"
    READ_TREE = "read-tree"
    READ_ENTRIES = "read-entries"
    # Other services decide about these; the pages offer them to whoever may (contracts/rights.json).
    ANNOUNCE_HOLIDAYS = "announce-holidays"
    ANSWER_APPLICATION = "answer-application"
    ANSWER_CONSULTATION = "answer-consultation"
    DELEGATE = "delegate"
    DRAFT = "draft"
    END_UNIT = "end-unit"
    EXAMINE = "examine"
    EXAMINE_REFERRED = "examine-referred"
    ISSUE_KEY = "issue-key"
    PUBLISH = "publish"
    READ_APPLICATION = "read-application"
    READ_CALENDAR = "read-calendar"
    READ_DRAFT = "read-draft"
    READ_PROPOSAL = "read-proposal"
    RECEIVE_APPLICATION = "receive-application"
    REGISTER_SYSTEM = "register-system"
    RETIRE_SYSTEM = "retire-system"
    REVOKE_KEY = "revoke-key"
    SEE_ACCESS = "see-access"
    SIGN = "sign"
    WITHDRAW_DELEGATION = "withdraw-delegation"
    WITHDRAW_PROPOSAL = "withdraw-proposal"


_OWN: Final = "console"

RULES: Final[Rules] = {
    Action.SEE_DESK: Rule(
        _OWN,
        "查看本人工作台和本人可见的清单",
        "see one's desk, and lists of what one may see",
        "SC-1.1",
        (SignedIn(),),
    ),
    Action.SEE_CASES: Rule(
        _OWN,
        "查看事项、看板和审计记录",
        "see cases, dashboard and trail",
        "GT-supervise",
        (Holds(*OFFICERS), Asked(*OFFICERS), OVERSIGHT, Auditor()),
        code="rights.see",
    ),
    Action.SEE_DRAFTS: Rule(
        _OWN, "查看文件页", "see a document's page", "WY-B.13", READERS, code="rights.read-draft"
    ),
    Action.SEE_REGISTER: Rule(_OWN, "查看单位名录页", "see the register's pages", "SC-1.1", (SignedIn(),)),
    Action.IMPORT_UNITS: Rule(
        _OWN,
        "批量登记单位",
        "enter units from a workbook",
        "SC-1.1",
        (REGISTRAR,),
        writes=True,
        code="rights.registrar",
    ),
    Action.SEE_SCORES: Rule(_OWN, "查看考核", "see scores", "GT-assess", (SignedIn(),)),
    Action.SEE_DELEGATIONS: Rule(
        _OWN, "查看本人职责和委托", "see one's duties and delegations", "SC-1.3", (SignedIn(),)
    ),
    Action.SEE_RIGHTS: Rule(
        _OWN,
        "查看权限表",
        "see the table of rights",
        "SC-1.1",
        (Auditor(), REGISTRAR, SECURITY, OVERSIGHT),
        anywhere=True,
        code="rights.see",
    ),
    Action.SEE_SYSTEMS: Rule(
        _OWN,
        "查看业务系统",
        "see systems and their keys",
        "SC-1.1",
        (REGISTRAR, SECURITY, Auditor(), Holds(*HANDLERS)),
        anywhere=True,
        code="rights.see",
    ),
    Action.READ_TREE: Rule(
        _OWN, "读取检查点和哈希", "read checkpoints and hashes", "GT-supervise", (Anyone(),)
    ),
    Action.READ_ENTRIES: Rule(
        _OWN,
        "读取日志条目",
        "read a log's entries",
        "GT-supervise",
        (Auditor(),),
        code="rights.entries",
    ),
}
