"""Spark: the engine of a cluster. pyspark does not come with Fairboard; install it where this is used."""

from typing import Any

import ibis


def connect(session: Any) -> Any:
    """The ibis backend of a running ``pyspark.sql.SparkSession``, for the expressions DuckDB runs.

    Raises ModuleNotFoundError without pyspark. The expressions are compiled for Spark in the tests, not run there:
    no cluster is part of them.
    """
    return ibis.pyspark.connect(session)
