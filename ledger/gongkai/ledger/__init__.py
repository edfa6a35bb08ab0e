"""The append-only event log: append, read, relay to Kafka, subscribe, project, prove. It knows nothing of the domain.

`ledger/README.md` lists the modules. A Kafka consumer's checkpoint is in `consumer_checkpoint`, a log's signed checkpoint
in `tlog_checkpoint`.
"""
