"""Limited attempts (等保: 5 failures, then 300 seconds), so that a query code can't be guessed."""

import hashlib
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Limit:
    """At most `most` attempts a key within a window. Counted in this process only, in real time; keys are stored as digests."""

    most: int
    window: float  # seconds
    tick: Callable[[], float] = time.monotonic
    keys: int = 50_000  # keys remembered; the least recently counted one is forgotten first
    _seen: OrderedDict[bytes, deque[float]] = field(default_factory=OrderedDict)

    def wait(self, key: str) -> int:
        """Seconds until the key may try again; 0 when it may now."""
        times = self._recent(key)
        return 0 if len(times) < self.most else max(1, round(times[0] + self.window - self.tick()))

    def count(self, key: str) -> None:
        """One more event of that key."""
        times = self._recent(key)
        times.append(self.tick())
        name = _name(key)
        self._seen[name] = times
        self._seen.move_to_end(name)
        while len(self._seen) > self.keys:
            self._seen.popitem(last=False)

    def _recent(self, key: str) -> deque[float]:
        times = self._seen.get(_name(key), deque(maxlen=self.most))
        since = self.tick() - self.window
        while times and times[0] <= since:
            times.popleft()
        return times


def _name(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()
