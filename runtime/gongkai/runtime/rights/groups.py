"""Grants that the rules of several services share (SC-1.1, WY-B.13, GT-supervise)."""

from typing import Final

from gongkai.contracts.vocabulary import Duty, StandingRole
from gongkai.runtime.rights.grants import Asked, Auditor, Holds, Office, Stands

OFFICERS: Final = tuple(Duty)  # whoever has any duty there
DRAFTERS: Final = (Duty.DRAFTER, Duty.DISCLOSURE_OFFICER)
HANDLERS: Final = (Duty.DISCLOSURE_OFFICER, Duty.DEPUTY, Duty.HEAD)  # a deputy acts for the head (SC-1.3)
REGISTRAR: Final = Office("registrar")
SECURITY: Final = Office("security")
OVERSIGHT: Final = Stands(StandingRole.AUTHORITY, StandingRole.SUPERVISION, StandingRole.WORKING_GROUP)
GUIDANCE: Final = Stands(
    StandingRole.AUTHORITY, StandingRole.SECRECY, StandingRole.SUPERVISION, StandingRole.WORKING_GROUP
)
# Of a draft (WY-B.13, GT-supervise).
READERS: Final = (Holds(*OFFICERS), Asked(*OFFICERS), GUIDANCE, Auditor())
