"""What can be asked for: every command, every protected read and every page is an action, and an endpoint says which ones."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar


class Action(StrEnum):
    """What somebody may want to do. The value is its name on the command line and in records of refusals."""

    REGISTER_UNIT = "register-unit"
    END_UNIT = "end-unit"
    IMPORT_UNITS = "import-units"
    READ_UNITS = "read-units"
    ANNOUNCE_HOLIDAYS = "announce-holidays"
    READ_CALENDAR = "read-calendar"
    READ_GAPS = "read-gaps"
    REGISTER_SYSTEM = "register-system"
    RETIRE_SYSTEM = "retire-system"
    DELEGATE = "delegate"
    WITHDRAW_DELEGATION = "withdraw-delegation"
    UPLOAD_TEXT = "upload-text"
    DRAFT = "draft"
    READ_DRAFT = "read-draft"
    RECEIVE_APPLICATION = "receive-application"
    ANSWER_APPLICATION = "answer-application"
    READ_APPLICATION = "read-application"
    ERASE_APPLICANT = "erase-applicant"
    FOLLOW_APPLICATION = "follow-application"
    EXAMINE = "examine"
    EXAMINE_REFERRED = "examine-referred"
    ANSWER_CONSULTATION = "answer-consultation"
    PUBLISH = "publish"
    READ_GATE = "read-gate"
    ENTER = "enter"
    LEAVE = "leave"
    GET_TOKEN = "get-token"  # noqa: S105 - the name of an action
    CHANGE_PASSWORD = "change-password"  # noqa: S105 - the name of an action
    SEE_DESK = "see-desk"
    SEE_CASES = "see-cases"
    SEE_DRAFTS = "see-drafts"
    SEE_REGISTER = "see-register"
    SEE_SCORES = "see-scores"
    SEE_DELEGATIONS = "see-delegations"
    SEE_RIGHTS = "see-rights"
    SEE_SYSTEMS = "see-systems"
    ISSUE_KEY = "issue-key"
    REVOKE_KEY = "revoke-key"
    GIVE_ACCOUNT = "give-account"
    LIFT_LIMITS = "lift-limits"
    SEE_ACCESS = "see-access"
    READ_TREE = "read-tree"
    READ_ENTRIES = "read-entries"
    READ_PUBLISHED = "read-published"
    APPLY = "apply"
    OBSERVE = "observe"


_ACTS: dict[Callable[..., Any], tuple[Action, ...]] = {}

F = TypeVar("F", bound=Callable[..., Any])


def acts(*actions: Action) -> Callable[[F], F]:
    """Say which actions an endpoint is for. A test finds every endpoint that doesn't say."""

    def mark(endpoint: F) -> F:
        _ACTS[endpoint] = actions
        return endpoint

    return mark


def actions_of(endpoint: Callable[..., Any]) -> tuple[Action, ...]:
    return _ACTS.get(endpoint, ())
