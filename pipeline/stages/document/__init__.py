"""The staged article: what the stages find, and one view of its words, which all of them share."""
