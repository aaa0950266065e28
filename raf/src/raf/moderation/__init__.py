"""Keeping the peace: reports, judgements and appeals, who may join, rules, announcements, emojis, and an audit of it all."""
