"""What a person at the terminal can put right: said in both languages, without a stack trace."""


class Mendable(Exception):
    """Ends the command with exit code 1 and this message."""
