"""Networks in batch on DuckDB: the same as the pure library finds, however large; Spark gets the same expressions."""

import subprocess
import sys
from random import Random

import ibis
import pytest
from ibis.config import Config

from fairboard.insight import networks
from fairboard.insight.engines import duckdb
from fairboard.screening.networks import EVIDENCE, Tie, weights_of
from fairboard.screening.networks import networks as pure

HEAVY = {"ibis", "duckdb", "numpy", "pyarrow"}


def batch(seed: int, ads: int, keys: int) -> list[Tie]:
    random = Random(seed)
    kinds = [random.choice(sorted(EVIDENCE)) for _ in range(keys)]
    found = {}
    for ad in range(ads):
        for _ in range(random.randrange(4)):
            key = min(int(random.paretovariate(0.4)), keys) - 1  # a few keys are hubs
            found[ad, key] = Tie(
                key - keys // 2, kinds[key], f"ad{ad:05}", f"m{random.randrange(ads)}",
                random.choice(["", "a", "b", "c"]), float(ad),
            )  # fmt: skip
    return list(found.values())


def columns(ties: list[Tie]) -> dict[str, list[object]]:
    return {name: [getattr(one, name) for one in ties] for name in networks.SCHEMA}


@pytest.mark.parametrize("seed", range(8))
def test_the_batch_finds_what_the_library_finds(seed: int) -> None:
    ties = batch(seed, 300, 40 + 60 * seed)
    found = networks.networks(networks.table(duckdb.connect(), columns(ties)))
    assert found.groups() == pure(ties)
    assert found.groups() or seed == 0


def test_weights_are_the_same_numbers() -> None:
    ties = batch(3, 2_000, 300)
    table = networks.table(duckdb.connect(), columns(ties))
    rows = networks.uses(table).to_pyarrow().to_pylist()
    assert {row["key"]: row["weight"] for row in rows} == pytest.approx(weights_of(ties), abs=1e-12)
    assert len({round(row["weight"], 9) for row in rows}) > 9


def test_no_ties_no_networks() -> None:
    assert networks.networks(networks.table(duckdb.connect(), columns([]))).groups() == []


def test_the_expressions_compile_for_spark() -> None:
    class Pyspark(Config):  # type: ignore[misc]
        treat_nan_as_null: bool = False  # loading the backend sets it, which needs pyspark

    ibis.options.pyspark = Pyspark()
    ties = ibis.table(networks.SCHEMA, name="ties")
    assert "MIN(" in str(ibis.to_sql(networks.edges(ties), dialect="pyspark")).upper()


def test_the_site_does_not_load_the_batch_engines() -> None:
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, fairboard.wsgi; print(*({HEAVY} & set(sys.modules)))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.split() == []
