"""Witness cosigning (C2SP tlog-witness).

- `client`: the log's side: requests a cosignature of each new checkpoint
- `witness`: the witness's decision and its database
- `server`: the witness process: HTTP, key file, change of user
- `__main__`: `python -m gongkai.ledger.cosigning` runs that process
"""
