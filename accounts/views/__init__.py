"""Pages below /account/."""
