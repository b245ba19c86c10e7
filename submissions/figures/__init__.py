"""Reads what each chart shows out of what is stored, a module a page."""
