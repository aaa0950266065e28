"""The implementations of the storage contract."""
