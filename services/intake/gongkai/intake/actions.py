"""受理: what can be asked for here, and who may (SC-1.1)."""

from enum import StrEnum
from typing import Final

from gongkai.contracts.vocabulary import Duty, HandIn, StandingRole
from gongkai.runtime.rights import Rule, Rules
from gongkai.runtime.rights.grants import Holds, Oneself, Public, Speaks, SpeaksForAsked, Stands, WithToken
from gongkai.runtime.rights.groups import DRAFTERS, HANDLERS, OFFICERS, READERS, REGISTRAR


class Action(StrEnum):
    REGISTER_UNIT = "register-unit"
    END_UNIT = "end-unit"
    READ_GAPS = "read-gaps"
    READ_UNITS = "read-units"
    ANNOUNCE_HOLIDAYS = "announce-holidays"
    READ_CALENDAR = "read-calendar"
    REGISTER_SYSTEM = "register-system"
    RETIRE_SYSTEM = "retire-system"
    DELEGATE = "delegate"
    WITHDRAW_DELEGATION = "withdraw-delegation"
    UPLOAD_TEXT = "upload-text"
    DRAFT = "draft"
    READ_DRAFT = "read-draft"
    RECEIVE_APPLICATION = "receive-application"
    ANSWER_APPLICATION = "answer-application"
    READ_PROPOSAL = "read-proposal"
    WITHDRAW_PROPOSAL = "withdraw-proposal"
    READ_APPLICATION = "read-application"
    ERASE_APPLICANT = "erase-applicant"
    FOLLOW_APPLICATION = "follow-application"


_OWN: Final = "intake"

RULES: Final[Rules] = {
    Action.REGISTER_UNIT: Rule(
        _OWN, "登记单位", "enter a unit", "SC-1.1", (REGISTRAR,), writes=True, code="rights.registrar"
    ),
    Action.END_UNIT: Rule(
        _OWN,
        "登记单位变更",
        "enter how a unit ends",
        "SC-A1.3",
        (REGISTRAR,),
        writes=True,
        code="rights.registrar",
    ),
    Action.READ_GAPS: Rule(
        _OWN,
        "查看名录缺项",
        "see what the register lacks",
        "SC-1.3",
        (REGISTRAR, Holds(*OFFICERS)),
        anywhere=True,
        code="rights.officer",
    ),
    Action.READ_UNITS: Rule(_OWN, "查看单位名录", "read the register", "SC-1.1", (WithToken(),)),
    Action.ANNOUNCE_HOLIDAYS: Rule(
        _OWN,
        "录入放假通知",
        "enter a notice of holidays",
        "SC-1.1",
        (REGISTRAR, Stands(StandingRole.AUTHORITY)),
        writes=True,
        anywhere=True,
        code="rights.calendar",
    ),
    Action.READ_CALENDAR: Rule(
        _OWN, "查看工作日历和规则", "read the calendar and the rulebooks", "GT-count", (WithToken(),)
    ),
    Action.REGISTER_SYSTEM: Rule(
        _OWN, "登记业务系统", "enter a system", "SC-1.1", (REGISTRAR,), writes=True, code="rights.registrar"
    ),
    Action.RETIRE_SYSTEM: Rule(
        _OWN, "停用业务系统", "retire a system", "SC-1.1", (REGISTRAR,), writes=True, code="rights.registrar"
    ),
    Action.DELEGATE: Rule(
        _OWN,
        "委托代行职责",
        "hand duties on",
        "SC-1.3",
        (Oneself(), Holds(Duty.HEAD, Duty.DEPUTY)),
        writes=True,
    ),
    Action.WITHDRAW_DELEGATION: Rule(
        _OWN, "撤回委托", "take them back", "SC-1.3", (Oneself(), Holds(Duty.HEAD, Duty.DEPUTY)), writes=True
    ),
    Action.UPLOAD_TEXT: Rule(
        _OWN,
        "上传正文",
        "upload a text",
        "CX-6",
        (Holds(*DRAFTERS), Speaks(HandIn.DRAFT)),
        writes=True,
        anywhere=True,
        code="rights.officer",
    ),
    Action.DRAFT: Rule(
        _OWN, "拟稿", "hand in a draft", "CX-6", (Holds(*DRAFTERS), Speaks(HandIn.DRAFT)), writes=True
    ),
    Action.READ_DRAFT: Rule(
        _OWN,
        "阅读文稿",
        "read a draft",
        "WY-B.13",
        (*READERS, Speaks(HandIn.DRAFT), SpeaksForAsked(HandIn.CONSULTATION)),
        code="rights.read-draft",
    ),
    Action.RECEIVE_APPLICATION: Rule(
        _OWN,
        "受理申请",
        "take in an application",
        "GT-received",
        (Public(), Holds(Duty.DISCLOSURE_OFFICER), Speaks(HandIn.APPLICATION)),
        writes=True,
    ),
    Action.ANSWER_APPLICATION: Rule(
        _OWN,
        "答复申请",
        "answer an application",
        "GT-answer",
        (Holds(Duty.DISCLOSURE_OFFICER), Speaks(HandIn.ANSWER)),
        writes=True,
    ),
    Action.READ_PROPOSAL: Rule(
        _OWN, "查阅报签的答复", "read a proposed answer", "CX-17e", (Holds(*HANDLERS),)
    ),
    Action.WITHDRAW_PROPOSAL: Rule(
        _OWN,
        "撤回报签",
        "withdraw a proposed answer",
        "CX-17e",
        (Holds(Duty.DISCLOSURE_OFFICER),),
        writes=True,
    ),
    Action.READ_APPLICATION: Rule(
        _OWN, "查看申请人信息", "see an applicant", "GT-register", (Holds(*HANDLERS), Speaks(HandIn.ANSWER))
    ),
    Action.ERASE_APPLICANT: Rule(
        _OWN, "删除个人信息", "erase an applicant", "GT-register", (Holds(*HANDLERS),), writes=True
    ),
    Action.FOLLOW_APPLICATION: Rule(
        _OWN,
        "凭查询码查询进度",
        "follow one's application by its code",
        "GT-register",
        (Public(),),
        code="rights.public",
    ),
}
