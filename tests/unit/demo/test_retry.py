"""A part that was killed is asked again; a part that stays away is named."""

import pytest

from gongkai.demo import retry
from gongkai.demo.retry import Away, GoneTooLong, insist


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
    monkeypatch.setattr(retry, "FIRST_PAUSE", 0)
    monkeypatch.setattr(retry, "LONGEST_PAUSE", 0)


async def test_it_is_asked_until_it_answers() -> None:
    part = Part(Away("starting"), ConnectionResetError(), TimeoutError(), KeyError("as told"), "here")
    assert await insist("part", part.ask, KeyError) == "here"


async def test_what_is_wrong_is_said_at_once() -> None:
    part = Part(ValueError("refused"), "never asked")
    with pytest.raises(ValueError, match="refused"):
        await insist("part", part.ask)
    assert part.answers == ["never asked"]


async def test_in_the_end_it_is_named() -> None:
    part = Part(Away("first"), Away("second"))
    with pytest.raises(GoneTooLong, match="the part"):
        await insist("the part", part.ask, patience=-1)
