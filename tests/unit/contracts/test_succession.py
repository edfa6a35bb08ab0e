"""Who owed what on which day: entries and endings folded, and asked as of any day."""

from datetime import date, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as some

from gongkai.contracts.events import Successor, UnitRegistered, UnitSucceeded
from gongkai.contracts.register import Holding, Owner, Register
from gongkai.contracts.vocabulary import Duty, Reorganisation
from tests.unit.contracts.rights import holds
from tests.unit.examples import a_unit_registered, a_unit_succeeded, an_officer

JUNE = date(2026, 6, 1)
MAY = JUNE - timedelta(1)


def unit(name: str, since: date = date(2026, 1, 1), *people: str) -> UnitRegistered:
    officers = tuple(an_officer(person, person, Duty.DISCLOSURE_OFFICER) for person in people)
    return a_unit_registered(unit=name, name=f"示例{name}局", officers=officers, effective_on=since)


def ending(name: str, *successors: str | Successor, on: date = JUNE, **more: object) -> UnitSucceeded:
    heirs = tuple(Successor(unit=s) if isinstance(s, str) else s for s in successors)
    return a_unit_succeeded(unit=name, on=on, successors=heirs, **more)


def folded(*events: UnitRegistered | UnitSucceeded) -> Register:
    register = Register()
    for event in events:
        register.apply(event)
    return register


@pytest.mark.clause("SC-A1.3", "LS-4")
def test_from_its_last_day_on_the_successor_owes_what_a_unit_owed() -> None:
    register = folded(unit("grain"), unit("reform"), ending("grain", "reform"))
    assert register.owners("grain", on=MAY) == (Owner("grain"),)
    assert register.owners("grain", on=JUNE) == (Owner("reform", None, ("grain",)),)
    assert register.owner("grain", on=JUNE) == "reform"
    assert register.exists("grain", on=MAY)
    assert not register.exists("grain", on=JUNE)
    assert register.inherited("reform", on=JUNE) == ["grain"]
    assert register.inherited("reform", on=MAY) == []


@pytest.mark.clause("SC-A1.3")
def test_who_decided_the_end_owes_what_nobody_took_over() -> None:
    register = folded(
        unit("office"),
        unit("district"),
        ending("office", kind=Reorganisation.ABOLISHED, decided_by="district"),
    )
    assert register.owner("office", on=JUNE) == "district"


@pytest.mark.clause("SC-A1.3")
def test_a_divided_units_duties_go_by_scope_and_the_rest_to_the_one_without() -> None:
    heirs = (Successor(unit="sports", scope="体育"), Successor(unit="education"))
    register = folded(
        unit("both"), unit("sports"), unit("education"), ending("both", *heirs, kind=Reorganisation.DIVIDED)
    )
    assert [(o.unit, o.scope) for o in register.owners("both", on=JUNE)] == [
        ("education", None),
        ("sports", "体育"),
    ]


@pytest.mark.clause("SC-A1.3")
def test_a_successor_that_ends_hands_on_what_it_took_over() -> None:
    register = folded(
        unit("a"), unit("b"), unit("c"), ending("a", "b"), ending("b", "c", on=JUNE + timedelta(30))
    )
    assert register.owner("a", on=JUNE) == "b"
    assert register.owners("a", on=JUNE + timedelta(30)) == (Owner("c", None, ("a", "b")),)
    assert register.inherited("c", on=JUNE + timedelta(30)) == ["a", "b"]


@pytest.mark.clause("SC-A1.3")
def test_a_later_entry_corrects_an_ending_or_withdraws_it() -> None:
    wrong = ending("grain", "reform")
    register = folded(unit("grain"), unit("reform"), unit("finance"), wrong, ending("grain", "finance"))
    assert register.owner("grain", on=JUNE) == "finance"
    register.apply(ending("grain", kind=Reorganisation.WITHDRAWN))
    assert register.owner("grain", on=JUNE) == "grain"
    assert register.unit("grain") == register.units["grain"]


@pytest.mark.clause("SC-1.1", "SC-A1.3")
def test_the_successors_officers_carry_the_ended_units_affairs_on_and_its_own_do_not() -> None:
    register = folded(
        unit("grain", date(2026, 1, 1), "old"),
        unit("reform", date(2026, 1, 1), "new"),
        ending("grain", "reform"),
    )
    duty = Duty.DISCLOSURE_OFFICER
    assert holds(register, "old", "grain", duty, on=MAY)
    assert not holds(register, "new", "grain", duty, on=MAY)
    assert not holds(register, "old", "grain", duty, on=JUNE)
    assert holds(register, "new", "grain", duty, on=JUNE)
    assert register.holdings("old", on=JUNE) == []
    assert register.holdings("new", on=JUNE) == [
        Holding("reform", "new", frozenset({duty})),
        Holding("grain", "new", frozenset({duty}), through="reform"),
    ]
    assert register.people()["old"] == "old"  # whoever acted once keeps a name


def test_units_that_succeed_each_other_owe_nothing_for_ever() -> None:
    register = folded(unit("a"), unit("b"), ending("a", "b"), ending("b", "a"))
    assert register.owners("a", on=JUNE) == ()


days = some.dates(date(2026, 1, 1), date(2026, 12, 31))
names = some.sampled_from(["a", "b", "c", "d"])
entries = some.builds(unit, names, days, some.sampled_from(["x", "y"]))
endings = some.builds(
    lambda name, heirs, on: ending(name, *heirs, on=on),
    names,
    some.lists(names, max_size=2, unique=True),
    days,
)
histories = some.lists(some.one_of(entries, endings), max_size=12)


@pytest.mark.clause("SC-1.1", "SC-A1.3")
@for_all(histories, days)
def test_a_register_of_a_day_answers_as_the_whole_one_is_asked_about_that_day(
    history: list[UnitRegistered | UnitSucceeded], day: date
) -> None:
    register = folded(*history)
    then = register.as_of(day)
    for name in "abcd":
        assert then.unit(name) == register.unit(name, on=day)
        assert then.owners(name) == register.owners(name, on=day)
        for person in "xy":
            assert holds(then, person, name, Duty.DISCLOSURE_OFFICER) == holds(
                register, person, name, Duty.DISCLOSURE_OFFICER, on=day
            )
            assert (name in {h.unit for h in then.holdings(person)}) == holds(
                then, person, name, Duty.DISCLOSURE_OFFICER
            )


@pytest.mark.clause("SC-A1.3")
@for_all(histories, days)
def test_what_is_owed_is_owed_by_units_that_exist(
    history: list[UnitRegistered | UnitSucceeded], day: date
) -> None:
    register = folded(*history).as_of(day)
    for name in "abcd":
        owners = register.owners(name)
        assert all(register.exists(owner.unit) for owner in owners)
        assert not register.exists(name) or owners == (Owner(name),)


@for_all(histories, entries, days)
def test_an_entry_from_a_later_day_changes_nothing_before_it(
    history: list[UnitRegistered | UnitSucceeded], late: UnitRegistered, day: date
) -> None:
    if late.since <= day:
        return
    before, after = folded(*history), folded(*history, late)
    assert before.as_of(day).units == after.as_of(day).units
