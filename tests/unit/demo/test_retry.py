"""A part that was killed is asked again; a part that stays away is named."""

import pytest

from gongkai.demo import retry as module
from gongkai.demo.retry import RetriedTooLong, Unavailable, retry


class Part:
    def __init__(self, *answers: Exception | str) -> None:
        self.answers = list(answers)

    async def ask(self) -> str:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0)


async def test_it_is_asked_until_it_answers() -> None:
    part = Part(Unavailable("starting"), ConnectionResetError(), TimeoutError(), KeyError("as told"), "here")
    assert await retry("part", part.ask, KeyError) == "here"


async def test_what_is_wrong_is_said_at_once() -> None:
    part = Part(ValueError("refused"), "never asked")
    with pytest.raises(ValueError, match="refused"):
        await retry("part", part.ask)
    assert part.answers == ["never asked"]


async def test_in_the_end_it_is_named() -> None:
    part = Part(Unavailable("first"), Unavailable("second"))
    with pytest.raises(RetriedTooLong, match="the part"):
        await retry("the part", part.ask, seconds=-1)
