"""Raf's pages: rendered on the server, whole without scripts, alive with them."""
