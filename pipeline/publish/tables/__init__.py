"""Records as tables: Parquet, CSV and JSON lines, a DuckDB file, pandas data frames."""
