"""The web service: one port, under which every component's ASGI applications are served."""
