"""What the API reads from the tables beyond what `Raf` offers: small queries for lists that only clients ask for."""
