"""What may fill the slots of a commitment: parties, projects, amounts and dates."""
