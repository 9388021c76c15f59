"""A small web server of this machine, on which `corridor review` and `corridor serve` run.

`listen.py` opens the socket and bounds connections, `guard.py` refuses requests under a foreign name or from the pages
of other sites.
"""
