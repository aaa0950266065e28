"""What happened, kept for good and in order: domain events in the project's database.

Built on the `eventsourcing` library with a mapper and a recorder of ours, because with its defaults a command costs 229 µs
and a commit of its own; so it costs 69 and shares the transaction, the group commit and the read models of the caller
(prototypes/events/es_bench.py). `ostrov.run.events.persistence` is the module to name as `PERSISTENCE_MODULE`.
"""
