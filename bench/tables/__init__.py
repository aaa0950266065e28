"""The tables of the README, one module a subject."""
