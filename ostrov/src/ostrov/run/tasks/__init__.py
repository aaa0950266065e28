"""Everything that runs later: one ledger, one page, one way to retry."""
