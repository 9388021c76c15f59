"""The gold format: read, checked, turned into records, split by story."""
