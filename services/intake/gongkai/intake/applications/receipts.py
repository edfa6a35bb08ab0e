"""受理编号 and 查询码: what an applicant quotes, and what is on record of it."""

import hashlib
import hmac
from datetime import date
from typing import Final

from gongkai.ledger import seal

SANDBOX_CODE: Final = "0000000000"  # what the sandbox answers with: nobody's


def receipt_of(day: date, application_id: str) -> str:
    """受理编号: the day, and 64 bits of the application's id, so that no two applications have the same."""
    return f"{day:%Y%m%d}-{hashlib.sha256(application_id.encode()).hexdigest()[:16].upper()}"


async def code_of(keys: seal.Keys, application_id: str, unit: str) -> str:
    """查询码: given to the applicant alone, the same whenever it is asked for. No other unit ever gets it."""
    return (await keys.pseudonym(f"code/{unit}/{application_id}"))[2:12]


async def code_on_record(keys: seal.Keys, application_id: str, unit: str, receipt: str, digest: str) -> str:
    """The code of an application that is on record: at first codes were made of its id alone, and those still hold."""
    code = await code_of(keys, application_id, unit)
    if hmac.compare_digest(await code_digest(keys, receipt, code), digest):
        return code
    return (await keys.pseudonym(f"code/{application_id}"))[2:12]


async def code_digest(keys: seal.Keys, receipt: str, code: str) -> str:
    """What is on record of the query code. Keyed: who only reads the log can't try codes on it."""
    return hashlib.sha256(await keys.identity(f"query/{receipt}/{code}")).hexdigest()


def plain_digest(receipt: str, code: str) -> str:
    """As it went on record at first; those receipts are still in people's hands."""
    return hashlib.sha256(f"{receipt}/{code}".encode()).hexdigest()
