"""The machine room: what Celery's workers do.  It has no models of its own."""
