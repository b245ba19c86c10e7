"""The pages: each view reads a room, or makes one call, and shows the result."""
