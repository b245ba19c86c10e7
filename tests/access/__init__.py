"""Who may open which door: every endpoint and page, for everybody."""
