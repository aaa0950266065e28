"""What one keeps of others: private notes, people one recommends, and whom one follows that follows them."""
