"""The finder: a small model that is trained here to find pass keys and values, for tests."""
