"""What people prefer, beyond what their profile says."""
