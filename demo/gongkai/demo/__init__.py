"""`gongkai demo`: a district's year, played by commands through the services' APIs; `gongkai check`: is it all true?

Everybody in it is invented, and so is every text, except for what `--documents` names.
"""
