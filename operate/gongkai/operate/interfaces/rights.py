"""The table of rights, as the services declare it: who may do what, for whoever shows pages or builds against us."""

from typing import Any

from gongkai.operate.services import installed
from gongkai.runtime.rights import COMMON, EVERYWHERE
from gongkai.runtime.rights.published import document as written


def document() -> dict[str, Any]:
    declared = [
        (name, each.zh, each.en, each.all_rules) for name, each in installed().items() if each.all_rules
    ]
    return written([*declared, (EVERYWHERE, "各服务", "Every service", COMMON)])
