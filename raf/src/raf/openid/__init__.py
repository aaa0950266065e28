"""Logging in with an account of another place: OpenID Connect Core 1.0, the code flow with PKCE."""
