"""What each finder proposes as mentions: amounts, names of the seeds, offices, spans of the encoder."""
