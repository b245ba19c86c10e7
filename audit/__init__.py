"""The audit log: what changed boards and what organizers did, in a chain that anyone can check."""
