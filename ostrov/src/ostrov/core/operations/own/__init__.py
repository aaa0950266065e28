"""The operations of the ground floor itself: operators, approvals, the audit."""
