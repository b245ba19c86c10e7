"""Wiring of the site: settings, addresses, the queue's app.  No behaviour lives here."""
