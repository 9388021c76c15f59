"""The gold format: reading, checking, conversion to records, splits by story."""
