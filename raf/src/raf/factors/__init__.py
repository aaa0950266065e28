"""What proves who somebody is besides the password: codes of an authenticator, recovery codes, passkeys."""
