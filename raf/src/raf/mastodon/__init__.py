"""The Mastodon client API, as of 4.4: everything that phones and programs speak to Raf with."""

RAF_VERSION = "0.1.0"
VERSION = f"4.4.0 (compatible; Raf {RAF_VERSION})"
"""What clients are told: they decide by it what they may ask for."""
API_VERSIONS = {"mastodon": 6}
