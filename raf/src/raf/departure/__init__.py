"""Deleting an account: at once for everybody's eyes, and soon, piece by piece, all that it left.

The way in is `departure = application.part(open_departure)`.
"""
