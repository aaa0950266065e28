"""The words between a process and who supervises it."""

from __future__ import annotations

import os
import socket

from ostrov.core.supervisor.notify import Notifier, NotifyListener, inherited_sockets, parse


def test_a_message_arrives_with_the_process_that_sent_it() -> None:
    listener = NotifyListener()
    try:
        Notifier(listener.address).tell("X_OSTROV_READY=web", "READY=1")
        assert list(listener.receive()) == [(os.getpid(), [("X_OSTROV_READY", "web"), ("READY", "1")])]
        assert list(listener.receive()) == []
    finally:
        listener.close()


def test_without_a_listener_nothing_is_sent_and_nothing_is_wrong() -> None:
    Notifier().tell("READY=1")
    Notifier("/nowhere/at/all").tell("READY=1")


def test_the_address_is_taken_out_of_the_environment() -> None:
    environ = {"NOTIFY_SOCKET": "/nowhere", "OTHER": "1"}
    Notifier.from_environment(environ)
    assert environ == {"OTHER": "1"}


def test_lines_of_another_form_are_left_out() -> None:
    assert parse(b"READY=1\nnonsense\nSTATUS=a=b\n\xff=1") == [("READY", "1"), ("STATUS", "a=b"), ("�", "1")]


def test_sockets_of_our_supervisor_are_taken_by_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        number = os.dup(listening.fileno())
        os.set_inheritable(number, True)
        environ = {"X_OSTROV_LISTEN_FDS": f"web={number}", "LISTEN_PID": "1"}
        ((name, found),) = inherited_sockets(environ)
        assert name == "web"
        assert found.getsockname() == listening.getsockname()
        assert not found.get_inheritable()
        assert environ == {}
        found.close()


def test_sockets_meant_for_another_process_are_not_taken() -> None:
    assert inherited_sockets({"LISTEN_PID": str(os.getpid() + 1), "LISTEN_FDS": "1"}) == []
    assert inherited_sockets({}) == []
