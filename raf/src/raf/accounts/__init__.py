"""Accounts and what they show of themselves."""
