"""Under which clause an event happened: its jurisdiction's own where that has one, else the national one."""

from gongkai.contracts.clauses import clause
from gongkai.contracts.events import REGISTRY, Event, RecordedClause, RulebookClause
from gongkai.rules.local_time import local_date
from gongkai.rules.rulebooks import Rulebook, load, named

NATIONAL = "cn"


@clause("GT-scope")
def basis(event: Event) -> str:
    """The clause's id, by what the event's class declares. KeyError for an event type that isn't registered."""
    match REGISTRY[event.NAME].basis:
        case RulebookClause() as declared:
            return _in_rulebook(event, declared)
        case RecordedClause(field=field):
            return str(getattr(event, field))
        case fixed:
            return fixed


def _in_rulebook(event: Event, declared: RulebookClause) -> str:
    value = getattr(_rulebook(event), declared.value)
    picked = (getattr(event, declared.key) if declared.key else None) or declared.default
    return str((value if picked is None else value[picked]).clause)


def _rulebook(event: Event) -> Rulebook:
    """The one that the event names; else that of its jurisdiction on its day, the national one where it has none."""
    version = getattr(event, "rulebook", None)
    return named(version) if version else load(getattr(event, "jurisdiction", NATIONAL), local_date(event.at))
