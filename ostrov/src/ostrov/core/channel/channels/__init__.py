"""The implementations of the channel contract."""
