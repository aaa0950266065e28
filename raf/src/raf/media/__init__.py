"""Pictures: taking them in, making them safe and small, keeping and serving them.

The way in is `library = application.part(open_library)` of `raf.media.library`.
"""
