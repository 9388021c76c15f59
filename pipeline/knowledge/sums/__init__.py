"""Which money a sum counts: each act once, no money twice. One set of rules for tables, report and knowledge."""
