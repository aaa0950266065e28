"""Operators: the people who run the project, and the ways they come in.

Functions that take a `Connection` belong inside `store.read` and `store.write`; those that take the application do that
themselves.
"""

from ostrov.core.operations.operators.accounts import (
    Operator,
    create_operator,
    find_operator,
    get_operator,
    list_operators,
    remove_operator,
    set_password,
    set_role,
)
from ostrov.core.operations.operators.entry import actor_of_session, actor_of_token, log_in, log_in_by_link, log_out
from ostrov.core.operations.operators.links import create_link, first_link, link_address, operator_of_link, use_link
from ostrov.core.operations.operators.passwords import hash_password, verify_password
from ostrov.core.operations.operators.sessions import end_session, end_sessions, operator_of_session, start_session
from ostrov.core.operations.operators.tokens import create_token, find_token, list_tokens, revoke_token

__all__ = [
    "Operator",
    "actor_of_session",
    "actor_of_token",
    "create_link",
    "create_operator",
    "create_token",
    "end_session",
    "end_sessions",
    "find_operator",
    "find_token",
    "first_link",
    "get_operator",
    "hash_password",
    "link_address",
    "list_operators",
    "list_tokens",
    "log_in",
    "log_in_by_link",
    "log_out",
    "operator_of_link",
    "operator_of_session",
    "remove_operator",
    "revoke_token",
    "set_password",
    "set_role",
    "start_session",
    "use_link",
    "verify_password",
]
