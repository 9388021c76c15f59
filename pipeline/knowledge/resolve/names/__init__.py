"""Names as they are compared across articles."""
