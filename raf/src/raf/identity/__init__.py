"""Who somebody is: credentials, passwords, browser sessions, form tokens, OAuth applications and tokens.

The way in is `identity = application.part(open_identity)` of `raf.identity.identity`; what somebody fills in to sign up is
`raf.identity.registration.NewAccount`; cookies and form tokens are in `raf.identity.sessions` and `raf.identity.csrf`.
"""
