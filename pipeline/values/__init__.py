"""Text -> value or None: money, dates, quantities; knows no spaCy."""
