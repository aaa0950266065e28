"""Direct posts by thread: who talks, what is unread, what was put away."""
