"""`gongkai demo`: a district's year, simulated by commands to the services' APIs; `gongkai check`: verification of its results.

Everybody in it is invented, and so is every text, except for what `--documents` names.
"""
