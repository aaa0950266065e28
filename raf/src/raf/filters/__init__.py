"""Filters: words and posts that somebody does not want to see, or only when they ask."""
