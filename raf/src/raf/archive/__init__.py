"""What one takes along: Mastodon's CSV files and archive, out and in.

The way in is `archive = application.part(open_archive)`.
"""
