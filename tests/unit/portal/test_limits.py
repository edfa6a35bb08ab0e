"""Five failures, then a pause; no key is kept as it was typed."""

from gongkai.portal.applications.limits import Limit


def test_five_then_wait_then_again() -> None:
    now = [0.0]
    limit = Limit(5, 300, tick=lambda: now[0])
    for second in range(5):
        now[0] = float(second)
        assert limit.wait("203.0.113.9") == 0
        limit.count("203.0.113.9")
    assert limit.wait("203.0.113.9") == 296
    assert limit.wait("203.0.113.10") == 0
    now[0] = 300.0
    assert limit.wait("203.0.113.9") == 0


def test_memory_is_bounded_and_nameless() -> None:
    limit = Limit(5, 300, keys=3)
    for n in range(10):
        limit.count(f"key-{n}")
    assert len(limit._seen) == 3
    assert not any(b"key" in name for name in limit._seen)
