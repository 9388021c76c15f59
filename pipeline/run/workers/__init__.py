"""Workers that read articles: processes of this machine or actors of a Ray cluster, under one pool."""
