"""Who is who: accounts, sessions, sign-in by OpenID Connect, keys of systems."""

from pathlib import Path

FOLDER = Path(__file__).parent
