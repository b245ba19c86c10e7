"""WHERE A RUNNER IS ADDED: one file each that turns prompts into completions.

Runners know nothing of the database, the queue or the site's settings.
"""
