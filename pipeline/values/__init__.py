"""Text to a value or None: money, dates, quantities."""
