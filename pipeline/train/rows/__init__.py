"""What there is to learn of each decision: from a Doc and its gold, rows of named features with whether gold agrees."""
