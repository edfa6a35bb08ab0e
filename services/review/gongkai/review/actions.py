"""审查: what can be asked for here, and who may (SC-1.1)."""

from enum import StrEnum
from typing import Final

from gongkai.contracts.vocabulary import Duty, HandIn, StandingRole
from gongkai.runtime.rights import Rule, Rules
from gongkai.runtime.rights.grants import Asked, Holds, SpeaksForAsked, Stands
from gongkai.runtime.rights.groups import HANDLERS


class Action(StrEnum):
    EXAMINE = "examine"
    EXAMINE_REFERRED = "examine-referred"
    ANSWER_CONSULTATION = "answer-consultation"
    SIGN = "sign"
    READ_SIGN_OFF = "read-sign-off"


_OWN: Final = "review"

RULES: Final[Rules] = {
    Action.EXAMINE: Rule(
        _OWN, "保密审查", "give a secrecy opinion", "WY-B.3", (Holds(Duty.SECRECY_REVIEWER),), writes=True
    ),
    Action.EXAMINE_REFERRED: Rule(
        _OWN,
        "审查报审的文稿",
        "examine what was referred",
        "WY-B.8",
        (Stands(StandingRole.SECRECY, duty=Duty.SECRECY_REVIEWER),),
        writes=True,
        code="rights.referred",
    ),
    Action.ANSWER_CONSULTATION: Rule(
        _OWN,
        "答复征求意见",
        "answer a consultation",
        "SC-3.3",
        (Asked(*HANDLERS), SpeaksForAsked(HandIn.CONSULTATION)),
        writes=True,
    ),
    Action.SIGN: Rule(
        _OWN, "签批", "sign for the unit", "CX-17e", (Holds(Duty.DEPUTY, Duty.HEAD),), writes=True
    ),
    Action.READ_SIGN_OFF: Rule(_OWN, "查看签批", "see how a sign-off stands", "CX-17e", (Holds(*HANDLERS),)),
}
