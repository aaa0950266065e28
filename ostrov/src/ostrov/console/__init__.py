"""The web console: draws the pages that components contribute."""
