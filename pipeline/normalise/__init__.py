"""Text -> value or None: names, places, money, dates, quantities, sectors, purposes; knows no spaCy."""
