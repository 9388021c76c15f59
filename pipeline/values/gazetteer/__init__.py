"""What a name means: countries, places, institutions, people; one answer for all stages."""
