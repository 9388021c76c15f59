"""The forms of calendar expressions and the periods that they mean."""
