"""The pages, one file a noun. Each lists its handlers in `HANDLERS`."""
