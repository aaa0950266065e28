"""Hashtags that people follow, and those they show on their profiles."""
