"""What `--as-of` may be: a day, a moment, or a position in each log."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from gongkai.contracts.errors import UserError
from gongkai.ledger import projections, read
from gongkai.ledger.read import Connection, LogId
from gongkai.rules.local_time import SHANGHAI, end_of_day


async def positions(conn: Connection, logs: Sequence[LogId], as_of: str | None) -> dict[str, int]:
    """By log, the last position that counts. `None`: everything. Raises UserError."""
    if as_of is None:
        return {log.name: await read.size(conn, log) - 1 for log in logs}
    if "=" in as_of:
        return _vector(as_of, {log.name for log in logs})
    moment = _moment(as_of)
    return {log.name: await projections.position_at(conn, log, moment) for log in logs}


def _vector(text: str, logs: set[str]) -> dict[str, int]:
    """`intake=41,review=7`: a log that isn't named is taken as empty."""
    found = dict.fromkeys(logs, -1)
    for part in text.split(","):
        log, _, position = part.strip().partition("=")
        if log not in logs or not position.isdigit():
            raise UserError(
                f"应写作 日志=位置，例如 intake=41,review=7 / positions are written LOG=POSITION,…: {part}"
            )
        found[log] = int(position)
    return found


def _moment(text: str) -> datetime:
    """A day counts to its end; a moment without an offset is China's."""
    try:
        if len(text) == len("2025-06-30"):
            return end_of_day(date.fromisoformat(text)) - timedelta(microseconds=1)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"时间应写作 2025-06-30、2025-06-30T17:00 或 日志=位置 / a day, a moment, or LOG=POSITION,…: {text}"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
