"""Quotes: a post that holds another, with its author's leave."""
