"""门户: what can be asked for here, and who may (SC-1.1)."""

from enum import StrEnum
from typing import Final

from gongkai.runtime.rights import Rule, Rules
from gongkai.runtime.rights.grants import Anyone


class Action(StrEnum):
    READ_PUBLISHED = "read-published"
    APPLY = "apply"


_OWN: Final = "portal"

RULES: Final[Rules] = {
    Action.READ_PUBLISHED: Rule(_OWN, "阅读已公开的信息", "read what is published", "GT-portal", (Anyone(),)),
    Action.APPLY: Rule(_OWN, "申请公开和查询", "apply, and follow it", "GT-apply", (Anyone(),)),
}
