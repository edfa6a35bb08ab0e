"""Rights: one table of who may do what, and the one question about it."""

from gongkai.runtime.rights.actions import Action, actions_of, acts
from gongkai.runtime.rights.asking import Right, allowed, asker_of, refusal, require
from gongkai.runtime.rights.grants import ANYWHERE, Asker, Concern
from gongkai.runtime.rights.rules import RULES, Rule

__all__ = [
    "ANYWHERE",
    "RULES",
    "Action",
    "Asker",
    "Concern",
    "Right",
    "Rule",
    "actions_of",
    "acts",
    "allowed",
    "asker_of",
    "refusal",
    "require",
]
