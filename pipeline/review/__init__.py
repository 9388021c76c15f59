"""Records corrected by people: on a page of this machine, or in the tools of annotators."""
