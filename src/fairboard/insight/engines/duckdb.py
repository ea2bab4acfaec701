"""DuckDB inside the process: the engine of one machine."""

import ibis
from ibis.backends.duckdb import Backend


def connect(*, memory_limit: str = "1GB", threads: int = 2) -> Backend:
    """A fresh database in memory that spills to a temporary folder beyond ``memory_limit``."""
    return ibis.duckdb.connect(memory_limit=memory_limit, threads=threads)
