"""The operations by which a reviewer changes a record."""
