"""What a prediction is worth beside a reference: one small module a theme."""
