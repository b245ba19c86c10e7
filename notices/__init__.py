"""Notices: mail that waits in an outbox, and signed calls to addresses that people gave us."""
