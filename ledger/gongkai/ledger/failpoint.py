"""Named points at which a process kills itself when a test says so: `GONGKAI_FAILPOINT=relay.sent` or `relay.sent:3`
(the third time). Without that variable, and nothing of ours sets it, reaching a point does nothing.
"""

import os
import signal

_POINT, _, _TIMES = os.environ.get("GONGKAI_FAILPOINT", "").partition(":")
_left = int(_TIMES or 1)


def reach(point: str) -> None:
    """Die here, as kill -9 would have it, if this is the point."""
    global _left  # noqa: PLW0603 - a process dies once
    if point == _POINT:
        _left -= 1
        if _left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
