"""One module a task queue, all of one shape.

`WORKER` is the command that runs the worker (one process where the tool allows it), `SERVERS` are the servers whose CPU counts.
`reset()` empties the queue, `enqueue(n)` puts `n` no-op tasks there one by one, `enqueue_many(n)`, where the tool has it, at
once; `done()` counts finished tasks.
`python -m contenders.serve NAME` speaks JSON lines with the runner.
"""
