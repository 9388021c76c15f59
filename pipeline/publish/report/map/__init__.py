"""The map of the page: shapes of countries, and where gazetteer places lie. Nothing is loaded from the network."""
