"""The demo's year: the same seed is the same year, and what happens in it makes sense."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest

from gongkai.contracts.vocabulary import Attribute, ConsultationKind, StandingRole, UnitKind
from gongkai.demo import document_texts
from gongkai.demo.context import DemoContext
from gongkai.demo.district import district, units_outside
from gongkai.demo.documents import EARLY, traits
from gongkai.demo.tasks import Command, PortalForm, Signature, Task
from gongkai.demo.workdays import Workdays, share
from gongkai.demo.year import Year, plan
from gongkai.rules.calendar import official


@pytest.fixture(scope="module")
def year() -> Year:
    return plan(7, 0.2)


def steps(year: Year) -> Iterator[tuple[date, Task, Command | PortalForm | Signature]]:
    for day, tasks in year.agenda.items():
        for task in tasks:
            for step in task.steps:
                yield day, task, step


def said(year: Year, path: str) -> Iterator[tuple[date, Command]]:
    for day, _, step in steps(year):
        if isinstance(step, Command) and step.path.startswith(path):
            yield day, step


def test_the_same_seed_is_the_same_year(year: Year) -> None:
    assert plan(7, 0.2).agenda == year.agenda


def test_another_seed_is_another_year(year: Year) -> None:
    assert plan(8, 0.2).agenda != year.agenda


def test_no_command_is_said_twice(year: Year) -> None:
    keys: list[UUID] = [step.key for _, _, step in steps(year)]
    assert len(keys) == len(set(keys))


def test_a_day_says_nothing_to_one_stream_twice(year: Year) -> None:
    """Errands of a day run at once: the order in one stream would be chance."""
    for day, tasks in year.agenda.items():
        paths = Counter(
            (step.path, step.body.get("document", step.key))
            for task in tasks
            for step in task.steps
            if isinstance(step, Command) and isinstance(step.body, dict)
        )
        assert set(paths.values()) <= {1}, day


def test_people_rest_on_days_of_rest_but_the_public_may_write(year: Year) -> None:
    resting = {task.kind for day, task, _ in steps(year) if not official().is_working_day(day)}
    assert resting <= {"receive"}
    assert all(isinstance(s, PortalForm) for day, _, s in steps(year) if not official().is_working_day(day))


def test_there_are_days_between_draft_review_and_publication(year: Year) -> None:
    drafted = {
        step.body["document"]: day for day, step in said(year, "/documents") if isinstance(step.body, dict)
    }
    reviewed = {step.path.split("/")[-1]: day for day, step in said(year, "/reviews/")}
    published = {step.path.split("/")[-1]: day for day, step in said(year, "/publications/")}
    assert len(published) > 200
    assert all(drafted[document] < reviewed[document] < day for document, day in published.items())


def test_texts_are_as_long_as_official_texts_are() -> None:
    context = DemoContext(3, district(), Workdays())
    for n in range(300):
        random = context.random(n)
        unit = random.choice(context.units)
        text = document_texts.body(unit, "关于示例事项的通知", unit.matters[0], "通知", random)
        assert document_texts.SHORTEST <= len(text) <= document_texts.LONGEST
        assert "{" not in text


def test_the_mix_is_as_the_shares_say() -> None:
    mix = traits(2000, DemoContext(1, district(), Workdays()).random("mix"))
    attributes = Counter(each.attribute for each in mix)
    assert attributes[Attribute.PROACTIVE] == 1500
    consulted = [each for each in mix if each.consult]
    assert len(consulted) == 400
    silent = Counter(each.consult for each in consulted if each.answer.startswith("silent"))
    assert silent == {ConsultationKind.AFFECTS: 20, ConsultationKind.COORDINATE: 20}
    assert sum(each.edited for each in mix) == 60


def test_even_a_tiny_year_has_one_of_everything() -> None:
    tiny = plan(1, 0.01)
    kinds = Counter(task.kind for tasks in tiny.agenda.values() for task in tasks)
    assert set(kinds) == {"register", "draft", "review", "publish", "receive", "answer", "sign"}
    assert any(isinstance(step, PortalForm) for _, _, step in steps(tiny))
    consults = [step.body["consult"] for _, step in said(tiny, "/documents") if isinstance(step.body, dict)]
    kinds_asked = {need["kind"] for needs in consults for need in needs}
    assert kinds_asked == {kind.value for kind in ConsultationKind}


@pytest.mark.parametrize("scale", [0.001, 0.002, 0.003, 0.005])
def test_even_the_smallest_year_can_be_planned(scale: float) -> None:
    for seed in range(20):
        assert plan(seed, scale).task_count() > 0


def test_a_share_is_at_least_one_of_any() -> None:
    assert [share(n, 0.1) for n in (1, 5, 40)] == [1, 1, 4]
    assert Workdays().slots(4)[-1] < len(Workdays().working) * EARLY


def test_the_district_has_all_standing_roles_and_plainly_invented_people() -> None:
    units = (*district(), *units_outside())
    assert {role for unit in units for role in unit.roles} == set(StandingRole)
    assert sum(unit.kind is UnitKind.INSTITUTION for unit in units) == 1
    people = [officer for unit in units for officer in unit.entry()["officers"]]
    assert all(officer["name"].startswith("示例") for officer in people)
    assert len({officer["person"] for officer in people}) == len({o["name"] for o in people}) == len(people)
    assert sum("auditor" in officer["duties"] for officer in people) == 1
