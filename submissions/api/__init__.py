"""The REST API: JSON doors to the same rooms that the pages use."""
