"""登录与账号: what can be asked for here, and who may (SC-1.1)."""

from enum import StrEnum
from typing import Final

from gongkai.runtime.rights import Rule, Rules
from gongkai.runtime.rights.grants import Anyone, Auditor, Holds, SignedIn
from gongkai.runtime.rights.groups import HANDLERS, SECURITY


class Action(StrEnum):
    ENTER = "enter"
    GET_TOKEN = "get-token"  # noqa: S105 - the name of an action
    LEAVE = "leave"
    CHANGE_PASSWORD = "change-password"  # noqa: S105 - the name of an action
    ISSUE_KEY = "issue-key"
    REVOKE_KEY = "revoke-key"
    GIVE_ACCOUNT = "give-account"
    LIFT_LIMITS = "lift-limits"
    SEE_ACCESS = "see-access"


_OWN: Final = "console"

RULES: Final[Rules] = {
    Action.ENTER: Rule(_OWN, "登录", "sign in", "SC-1.1", (Anyone(),)),
    Action.GET_TOKEN: Rule(_OWN, "领取令牌", "get a token", "SC-1.1", (Anyone(),)),
    Action.LEAVE: Rule(_OWN, "退出", "sign out", "SC-1.1", (Anyone(),)),
    Action.CHANGE_PASSWORD: Rule(_OWN, "修改本人密码", "change one's password", "SC-1.1", (SignedIn(),)),
    Action.ISSUE_KEY: Rule(
        _OWN, "签发系统密钥", "issue a system's key", "SC-1.1", (SECURITY, Holds(*HANDLERS)), writes=True
    ),
    Action.REVOKE_KEY: Rule(
        _OWN, "吊销系统密钥", "revoke a system's key", "SC-1.1", (SECURITY, Holds(*HANDLERS)), writes=True
    ),
    Action.GIVE_ACCOUNT: Rule(
        _OWN, "管理账号", "give out accounts", "SC-1.1", (SECURITY,), writes=True, code="rights.security"
    ),
    Action.LIFT_LIMITS: Rule(
        _OWN,
        "解除登录限制",
        "lift the limits on sign-in",
        "SC-1.1",
        (SECURITY,),
        writes=True,
        code="rights.security",
    ),
    Action.SEE_ACCESS: Rule(
        _OWN,
        "查看登录与密钥记录",
        "see who came in, and keys given out",
        "GT-supervise",
        (Auditor(),),
        code="rights.auditor",
    ),
}
