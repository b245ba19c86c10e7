"""Charts: their three renderings, and the pages that show them."""
