"""What others use: tables, IATI, FollowTheMoney, graphs (`formats.py` lists them), and the report."""

from pipeline.publish.formats import Options, export

__all__ = ["Options", "export"]
