"""Rights: which rules a service declares, and the one question about them.

A service declares in its `actions.py` what can be asked for there and who may. What pages have to know of other
services' rules they read from contracts/rights.json, which `gongkai schema export` writes from those declarations.
"""

from gongkai.runtime.rights.actions import COMMON, EVERYWHERE, OBSERVE, Rule, Rules, actions_of, acts
from gongkai.runtime.rights.asking import Right, allowed, asker_of, refusal, require
from gongkai.runtime.rights.grants import ANYWHERE, Asker, RightSubject
from gongkai.runtime.rights.published import published

__all__ = [
    "ANYWHERE",
    "COMMON",
    "EVERYWHERE",
    "OBSERVE",
    "Asker",
    "Right",
    "RightSubject",
    "Rule",
    "Rules",
    "actions_of",
    "acts",
    "allowed",
    "asker_of",
    "published",
    "refusal",
    "require",
]
