"""Which verifier keys count: those handed over (`--vkey`), else those of the deployment on this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.contracts.errors import UserError
from gongkai.ledger.audit import VerificationFailed
from gongkai.ledger.note import COSIGNATURE, BadKey, Verifier
from gongkai.ledger.tlog_checkpoint import VerifiedCheckpoint
from gongkai.operate.processes.credentials import Credentials


@dataclass(frozen=True, slots=True)
class TrustedKeys:
    """`handed_over`: the keys came from the verifier, so a witness among them is one that has to have cosigned."""

    keys: tuple[Verifier, ...]
    handed_over: bool

    def require_witness(self, opened: VerifiedCheckpoint) -> None:
        """Raises VerificationFailed."""
        wanted = [key for key in self.keys if key.kind == COSIGNATURE]
        if self.handed_over and wanted and not opened.witnesses:
            names = ", ".join(sorted({key.name for key in wanted}))
            raise VerificationFailed(
                "witnessed",
                f"检查点没有见证人 {names} 的联署",
                f"the checkpoint isn't cosigned by {names}",
            )


def trusted_keys(given: Sequence[str], data: Path) -> TrustedKeys:
    """`given`: verifier keys, or files that hold some (as `gongkai keys` prints them). Raises UserError."""
    try:
        if given:
            return TrustedKeys(
                tuple(Verifier.parse(vkey) for each in given for vkey in _read_keys(each)), True
            )
        credentials = Credentials(data / "secrets")
        if not credentials.log_vkeys():
            raise UserError("请用 --vkey 给出日志的验证密钥 / give the log's verifier key with --vkey")
        vkeys = [vkey for each in credentials.log_vkeys().values() for vkey in each]
        witness = credentials.witness_vkey()
        return TrustedKeys(tuple(map(Verifier.parse, [*vkeys, *([witness] if witness else [])])), False)
    except BadKey as error:
        raise UserError(f"不是验证密钥 / {error}") from error


def _read_keys(given: str) -> list[str]:
    file = Path(given)
    if "+" in given and not file.is_file():
        return [given]
    try:
        lines = file.read_text().splitlines()
    except OSError as error:
        raise UserError(f"读不了 / can't read {given}: {error.strerror}") from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
