"""Failpoints: named points at which a process kills itself, for tests: `GONGKAI_FAILPOINT=relay.sent`, or `relay.sent:3` for
the third time. Without that variable, which only tests set, reaching a point does nothing.
"""

import os
import signal

_POINT, _, _TIMES = os.environ.get("GONGKAI_FAILPOINT", "").partition(":")
_left = int(_TIMES or 1)


def reach(point: str) -> None:
    """Kill this process with SIGKILL if this is the failpoint."""
    global _left  # noqa: PLW0603 - a process dies once
    if point == _POINT:
        _left -= 1
        if _left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
