"""Raf under `ostrov up`, used by several people at once, killed again and again: what was promised must be there.

`house` is the running project, `book` what may be true of it, `person` a client, `deeds` what people do, `verdict` what the API
says of all that, `ground` what the tables, the log and the files say.
"""
