"""受理编号 and 查询码: what an applicant quotes, and what is on record of it."""

import hashlib
from datetime import date

from gongkai.ledger import seal


def receipt_of(day: date, application_id: str) -> str:
    """受理编号: the day, and 64 bits of the application's id, so that no two applications have the same."""
    return f"{day:%Y%m%d}-{hashlib.sha256(application_id.encode()).hexdigest()[:16].upper()}"


async def code_digest(keys: seal.Keys, receipt: str, code: str) -> str:
    """What is on record of the query code. Keyed: who only reads the log can't try codes on it."""
    return hashlib.sha256(await keys.identity(f"query/{receipt}/{code}")).hexdigest()


def plain_digest(receipt: str, code: str) -> str:
    """As it went on record at first; those receipts are still in people's hands."""
    return hashlib.sha256(f"{receipt}/{code}".encode()).hexdigest()
