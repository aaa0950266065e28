"""The endpoints, one file a noun of Mastodon's documentation. Each has its rule of access beside its path."""
