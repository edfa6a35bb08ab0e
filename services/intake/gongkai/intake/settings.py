"""Intake's settings."""

from pydantic import SecretStr

from gongkai.runtime.settings import Settings


class IntakeSettings(Settings):
    keys_dsn: SecretStr  # the database with the keys of persons
