"""What a reader is shown: home and public timelines, threads, and the documents of posts.

A process keeps in memory what is asked for again and again (`memory.Memory`): the relations and the home timeline of people
who are here, the latest public posts, encoded posts and accounts. Everything in it is read from tables at its first use and
brought up to each event after its commit, by the process that committed it and, over the channel, by all others.
"""
