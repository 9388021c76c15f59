"""Seeds and corpora in, `models/` out."""
