"""Who holds what, as the register's own questions are asked for it."""

from datetime import date

from gongkai.contracts.register import Register
from gongkai.contracts.vocabulary import Duty


def holds(register: Register, person: str, unit: str, *duties: Duty, on: date | None = None) -> bool:
    """Whether the person is among the unit's officers with any of the duties."""
    return any(officer.person == person for officer in register.officers(unit, *duties, on=on))
