"""Accounts: who a person or a script is."""
