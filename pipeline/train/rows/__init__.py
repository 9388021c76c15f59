"""The training rows of each classifier: label, named features, and whether gold agrees."""
