"""What an operator sees: health, metrics, logs, and the files that read them."""
