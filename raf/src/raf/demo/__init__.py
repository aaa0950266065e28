"""A small crowd for demonstrations and pictures of the pages: people, drawings and what they wrote, in Russian and English."""

from raf.demo.crowd import Crowd, populate

__all__ = ["Crowd", "populate"]
