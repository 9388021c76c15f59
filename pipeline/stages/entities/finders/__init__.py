"""What each finder proposes as a mention: amounts, names that seeds list, offices, what the encoder sees."""
