"""The supervisor: starts the project's services in processes, in the order of their readiness, and keeps them alive.

Ours, because no library does it (measured): honcho does not restart; circus refuses 2 of 5 control calls; supervisor is
ini-only; all three leave orphans. Standard library only, so that it costs little memory: everything heavy is in its children.
It needs Linux (prctl, /proc).
"""
