"""Polls: questions in posts, votes, and their end."""
