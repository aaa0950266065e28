"""Who is told of what: written by tasks after the fact, once each, and read by the account they are for."""
