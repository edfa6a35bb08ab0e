"""A process dies at the very points where a careless order of steps would lose something, or do it twice."""

import pytest

from tests.faults.small_deployment import SmallDeployment

POINTS = [
    ("intake", "append.before:6", False),  # a batch is taken, nothing is written
    ("intake", "append.after:6", True),  # it is written, nobody was told
    ("intake", "relay.sent:2", True),  # Kafka has it, the relay hasn't noted that
    ("intake", "integrate.grown:2", False),  # the tree has grown, nothing is signed yet
    ("intake", "integrate.signed:2", True),  # signed, not shown
    ("review", "consumer.applied:2", True),  # effects and checkpoint are written, not committed
    ("review", "consumer.committed:2", True),  # committed, Kafka doesn't know
]  # the last: whether CI runs it


@pytest.mark.parametrize(
    ("role", "point"),
    [
        pytest.param(role, point, id=point, marks=[pytest.mark.short] if short else [])
        for role, point, short in POINTS
    ],
)
async def test_a_death_between_two_steps_changes_nothing(
    life: SmallDeployment, role: str, point: str
) -> None:
    other = {"intake": "review", "review": "intake"}[role]
    life.start(other)
    life.start(role, point)
    await life.died(role)
    life.start(role)
    await life.working()
    await life.over()
