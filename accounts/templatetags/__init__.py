"""What mail and pages of accounts say of times."""
