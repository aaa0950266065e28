"""Lists of people, each with a timeline of its own."""
