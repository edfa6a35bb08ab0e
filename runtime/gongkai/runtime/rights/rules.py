"""谁能做什么: the one table of rights. Every command, every protected read and every page is an action here (SC-1.1).

Nothing else decides about rights: services ask `require`, pages ask `may`, and `docs/rights.md` is written from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gongkai.contracts.vocabulary import Duty, HandIn, StandingRole
from gongkai.runtime.rights.actions import Action
from gongkai.runtime.rights.grants import (
    Anyone,
    Asked,
    Auditor,
    Grant,
    Holds,
    Office,
    Oneself,
    Public,
    SignedIn,
    Speaks,
    SpeaksForAsked,
    Stands,
    WithToken,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may, by which clause. `writes`: it changes something, so auditors may not. `anywhere`: it isn't about one unit's
    case, so a duty in any unit will do. `code`: how a refusal is called."""

    service: str
    zh: str
    en: str
    clause: str
    grants: tuple[Grant, ...]
    writes: bool = False
    anywhere: bool = False
    code: str = "rights.duty"


OFFICERS: Final = tuple(Duty)  # whoever has any duty there
DRAFTERS: Final = (Duty.DRAFTER, Duty.DISCLOSURE_OFFICER)
HANDLERS: Final = (Duty.DISCLOSURE_OFFICER, Duty.DEPUTY, Duty.HEAD)  # a deputy acts for the head (SC-1.3)
REGISTRAR: Final = Office("registrar")
SECURITY: Final = Office("security")
OVERSIGHT: Final = Stands(StandingRole.AUTHORITY, StandingRole.SUPERVISION, StandingRole.WORKING_GROUP)
GUIDANCE: Final = Stands(
    StandingRole.AUTHORITY, StandingRole.SECRECY, StandingRole.SUPERVISION, StandingRole.WORKING_GROUP
)
READERS: Final = (
    Holds(*OFFICERS),
    Asked(*OFFICERS),
    GUIDANCE,
    Auditor(),
)  # of a draft (WY-B.13, GT-supervise)

_IN, _RE, _PU, _CO, _PO = "intake", "review", "publishing", "console", "portal"

RULES: Final[Mapping[Action, Rule]] = {
    # -- intake
    Action.REGISTER_UNIT: Rule(
        _IN, "登记单位", "enter a unit", "SC-1.1", (REGISTRAR,), writes=True, code="rights.registrar"
    ),
    Action.END_UNIT: Rule(
        _IN,
        "登记单位变更",
        "enter how a unit ends",
        "SC-A1.3",
        (REGISTRAR,),
        writes=True,
        code="rights.registrar",
    ),
    Action.READ_GAPS: Rule(
        _IN,
        "查看名录缺项",
        "see what the register lacks",
        "SC-1.3",
        (REGISTRAR, Holds(*OFFICERS)),
        anywhere=True,
        code="rights.officer",
    ),
    Action.READ_UNITS: Rule(_IN, "查看单位名录", "read the register", "SC-1.1", (WithToken(),)),
    Action.ANNOUNCE_HOLIDAYS: Rule(
        _IN,
        "录入放假通知",
        "enter a notice of holidays",
        "SC-1.1",
        (REGISTRAR, Stands(StandingRole.AUTHORITY)),
        writes=True,
        anywhere=True,
        code="rights.calendar",
    ),
    Action.READ_CALENDAR: Rule(
        _IN, "查看工作日历和规则", "read the calendar and the rulebooks", "GT-count", (WithToken(),)
    ),
    Action.REGISTER_SYSTEM: Rule(
        _IN, "登记业务系统", "enter a system", "SC-1.1", (REGISTRAR,), writes=True, code="rights.registrar"
    ),
    Action.RETIRE_SYSTEM: Rule(
        _IN, "停用业务系统", "retire a system", "SC-1.1", (REGISTRAR,), writes=True, code="rights.registrar"
    ),
    Action.DELEGATE: Rule(
        _IN,
        "委托代行职责",
        "hand duties on",
        "SC-1.3",
        (Oneself(), Holds(Duty.HEAD, Duty.DEPUTY)),
        writes=True,
    ),
    Action.WITHDRAW_DELEGATION: Rule(
        _IN, "撤回委托", "take them back", "SC-1.3", (Oneself(), Holds(Duty.HEAD, Duty.DEPUTY)), writes=True
    ),
    Action.UPLOAD_TEXT: Rule(
        _IN,
        "上传正文",
        "upload a text",
        "CX-6",
        (Holds(*DRAFTERS), Speaks(HandIn.DRAFT)),
        writes=True,
        anywhere=True,
        code="rights.officer",
    ),
    Action.DRAFT: Rule(
        _IN, "拟稿", "hand in a draft", "CX-6", (Holds(*DRAFTERS), Speaks(HandIn.DRAFT)), writes=True
    ),
    Action.READ_DRAFT: Rule(
        _IN,
        "阅读文稿",
        "read a draft",
        "WY-B.13",
        (*READERS, Speaks(HandIn.DRAFT), SpeaksForAsked(HandIn.CONSULTATION)),
        code="rights.read-draft",
    ),
    Action.RECEIVE_APPLICATION: Rule(
        _IN,
        "受理申请",
        "take in an application",
        "GT-received",
        (Public(), Holds(Duty.DISCLOSURE_OFFICER), Speaks(HandIn.APPLICATION)),
        writes=True,
    ),
    Action.ANSWER_APPLICATION: Rule(
        _IN,
        "答复申请",
        "answer an application",
        "GT-answer",
        (Holds(Duty.DISCLOSURE_OFFICER), Speaks(HandIn.ANSWER)),
        writes=True,
    ),
    Action.READ_APPLICATION: Rule(
        _IN, "查看申请人信息", "see an applicant", "GT-register", (Holds(*HANDLERS), Speaks(HandIn.ANSWER))
    ),
    Action.ERASE_APPLICANT: Rule(
        _IN, "删除个人信息", "erase an applicant", "GT-register", (Holds(*HANDLERS),), writes=True
    ),
    Action.FOLLOW_APPLICATION: Rule(
        _IN,
        "凭查询码查询进度",
        "follow one's application by its code",
        "GT-register",
        (Public(),),
        code="rights.public",
    ),
    # -- review
    Action.EXAMINE: Rule(
        _RE, "保密审查", "give a secrecy opinion", "WY-B.3", (Holds(Duty.SECRECY_REVIEWER),), writes=True
    ),
    Action.EXAMINE_REFERRED: Rule(
        _RE,
        "审查报审的文稿",
        "examine what was referred",
        "WY-B.8",
        (Stands(StandingRole.SECRECY, duty=Duty.SECRECY_REVIEWER),),
        writes=True,
        code="rights.referred",
    ),
    Action.ANSWER_CONSULTATION: Rule(
        _RE,
        "答复征求意见",
        "answer a consultation",
        "SC-3.3",
        (Asked(*HANDLERS), SpeaksForAsked(HandIn.CONSULTATION)),
        writes=True,
    ),
    # -- publishing
    Action.PUBLISH: Rule(
        _PU,
        "发布",
        "publish",
        "WY-B.4",
        (Holds(Duty.DISCLOSURE_OFFICER), Speaks(HandIn.PUBLICATION)),
        writes=True,
    ),
    Action.READ_GATE: Rule(
        _PU,
        "查看发布前检查",
        "see what a draft still lacks",
        "WY-B.13",
        (*READERS, Speaks(HandIn.DRAFT), Speaks(HandIn.PUBLICATION)),
        code="rights.read-draft",
    ),
    # -- console
    Action.ENTER: Rule(_CO, "登录", "sign in", "SC-1.1", (Anyone(),)),
    Action.GET_TOKEN: Rule(_CO, "领取令牌", "get a token", "SC-1.1", (Anyone(),)),
    Action.LEAVE: Rule(_CO, "退出", "sign out", "SC-1.1", (Anyone(),)),
    Action.CHANGE_PASSWORD: Rule(_CO, "修改本人密码", "change one's password", "SC-1.1", (SignedIn(),)),
    Action.SEE_DESK: Rule(
        _CO,
        "查看本人工作台和本人可见的清单",
        "see one's desk, and lists of what one may see",
        "SC-1.1",
        (SignedIn(),),
    ),
    Action.SEE_CASES: Rule(
        _CO,
        "查看事项、看板和审计记录",
        "see cases, dashboard and trail",
        "GT-supervise",
        (Holds(*OFFICERS), Asked(*OFFICERS), OVERSIGHT, Auditor()),
        code="rights.see",
    ),
    Action.SEE_DRAFTS: Rule(
        _CO, "查看文件页", "see a document's page", "WY-B.13", READERS, code="rights.read-draft"
    ),
    Action.SEE_REGISTER: Rule(_CO, "查看单位名录页", "see the register's pages", "SC-1.1", (SignedIn(),)),
    Action.IMPORT_UNITS: Rule(
        _CO,
        "批量登记单位",
        "enter units from a workbook",
        "SC-1.1",
        (REGISTRAR,),
        writes=True,
        code="rights.registrar",
    ),
    Action.SEE_SCORES: Rule(_CO, "查看考核", "see scores", "GT-assess", (SignedIn(),)),
    Action.SEE_DELEGATIONS: Rule(
        _CO, "查看本人职责和委托", "see one's duties and delegations", "SC-1.3", (SignedIn(),)
    ),
    Action.SEE_RIGHTS: Rule(
        _CO,
        "查看权限表",
        "see the table of rights",
        "SC-1.1",
        (Auditor(), REGISTRAR, SECURITY, OVERSIGHT),
        anywhere=True,
        code="rights.see",
    ),
    Action.SEE_SYSTEMS: Rule(
        _CO,
        "查看业务系统",
        "see systems and their keys",
        "SC-1.1",
        (REGISTRAR, SECURITY, Auditor(), Holds(*HANDLERS)),
        anywhere=True,
        code="rights.see",
    ),
    Action.ISSUE_KEY: Rule(
        _CO, "签发系统密钥", "issue a system's key", "SC-1.1", (SECURITY, Holds(*HANDLERS)), writes=True
    ),
    Action.REVOKE_KEY: Rule(
        _CO, "吊销系统密钥", "revoke a system's key", "SC-1.1", (SECURITY, Holds(*HANDLERS)), writes=True
    ),
    Action.GIVE_ACCOUNT: Rule(
        _CO, "管理账号", "give out accounts", "SC-1.1", (SECURITY,), writes=True, code="rights.security"
    ),
    Action.LIFT_LIMITS: Rule(
        _CO,
        "解除登录限制",
        "lift the limits on sign-in",
        "SC-1.1",
        (SECURITY,),
        writes=True,
        code="rights.security",
    ),
    Action.SEE_ACCESS: Rule(
        _CO,
        "查看登录与密钥记录",
        "see who came in, and keys given out",
        "GT-supervise",
        (Auditor(),),
        code="rights.auditor",
    ),
    Action.READ_TREE: Rule(
        _CO, "读取检查点和哈希", "read checkpoints and hashes", "GT-supervise", (Anyone(),)
    ),
    Action.READ_ENTRIES: Rule(
        _CO,
        "读取日志条目",
        "read a log's entries",
        "GT-supervise",
        (Auditor(),),
        code="rights.entries",
    ),
    # -- portal, and what every service has
    Action.READ_PUBLISHED: Rule(_PO, "阅读已公开的信息", "read what is published", "GT-portal", (Anyone(),)),
    Action.APPLY: Rule(_PO, "申请公开和查询", "apply, and follow it", "GT-apply", (Anyone(),)),
    Action.OBSERVE: Rule(
        "*", "运行状态、接口说明和静态文件", "health, descriptions, static files", "SC-1.1", (Anyone(),)
    ),
}
