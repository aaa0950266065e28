"""Finding posts one may see, people, tags, and what is talked about: `search = application.part(open_search)`."""
