"""Uploads that nobody thought of: one engine knows archives, the other follows code."""
