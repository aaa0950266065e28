"""Live messages between the processes of a project: published once, seen by every subscriber, kept nowhere.

What must not be lost is an event or a task; the channel only says that something changed.
"""

from ostrov.core.channel.channel import Channel, Mailbox, Message, open_channel

__all__ = ["Channel", "Mailbox", "Message", "open_channel"]
