"""Web Push: notifications that reach a phone or a browser while nothing of ours is open there."""
