"""Previews of links: a page that a post points to is looked at once for the whole network, and shown as a card."""
