"""The staged article: what the stages find, and one view of its words that all of them ask."""
