"""发布: what can be asked for here, and who may (SC-1.1)."""

from enum import StrEnum
from typing import Final

from gongkai.contracts.vocabulary import Duty, HandIn
from gongkai.runtime.rights import Rule, Rules
from gongkai.runtime.rights.grants import Holds, Speaks
from gongkai.runtime.rights.groups import READERS


class Action(StrEnum):
    PUBLISH = "publish"
    READ_GATE = "read-gate"


_OWN: Final = "publishing"

RULES: Final[Rules] = {
    Action.PUBLISH: Rule(
        _OWN,
        "发布",
        "publish",
        "WY-B.4",
        (Holds(Duty.DISCLOSURE_OFFICER), Speaks(HandIn.PUBLICATION)),
        writes=True,
    ),
    Action.READ_GATE: Rule(
        _OWN,
        "查看发布前检查",
        "see what a draft still lacks",
        "WY-B.13",
        (*READERS, Speaks(HandIn.DRAFT), Speaks(HandIn.PUBLICATION)),
        code="rights.read-draft",
    ),
}
