"""Text -> value or None: names, places, money, dates, quantities; knows no spaCy."""
