"""The decisions in the folder of a review."""

DECISIONS = "decisions"  # a folder with ID.jsonl for each article
