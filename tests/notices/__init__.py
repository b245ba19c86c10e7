"""Tests of notices: mail, webhooks, what is told."""
