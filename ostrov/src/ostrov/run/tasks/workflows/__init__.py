"""Workflows: graphs of tasks."""
