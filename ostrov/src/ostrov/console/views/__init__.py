"""The console's own pages: each module asks for what one page shows."""
