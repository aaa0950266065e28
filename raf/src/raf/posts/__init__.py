"""Posts, boosts and marks on them: commands, read models, reading."""
