"""What people decided on commitments: the files that `corridor review` writes, and what of them still holds."""
