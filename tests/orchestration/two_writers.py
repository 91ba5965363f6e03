"""Two steps that both write the build file, run at once in two processes: `python two_writers.py FOLDER PATIENCE`.

FOLDER holds `dagster/dagster.yaml`; exit code 0 when both steps succeeded.
"""

import os
import sys
import time
from pathlib import Path

import dagster as dg

from orchestration.pools import WAREHOUSE_WRITER
from warehouse import writer

FOLDER = "TWO_WRITERS_FOLDER"
PATIENCE = "TWO_WRITERS_PATIENCE"


def write_once(name: str, other: str) -> None:
    """Hold the build file until the other step has tried to open it, or patience runs out."""
    folder = Path(os.environ[FOLDER])
    try:
        with writer(folder / "build.duckdb", wait=0) as connection:
            connection.execute(f"create table {name} as select 1 as one")
            deadline = time.monotonic() + float(os.environ[PATIENCE])
            while not (folder / f"{other}.tried").exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            if not (folder / f"{other}.tried").exists():
                (folder / f"{name}.was_alone").touch()
    finally:
        (folder / f"{name}.tried").touch()


@dg.asset(pool=WAREHOUSE_WRITER)
def first() -> None:
    """One writer."""
    write_once("first", "second")


@dg.asset(pool=WAREHOUSE_WRITER)
def second() -> None:
    """The other writer."""
    write_once("second", "first")


defs = dg.Definitions(assets=[first, second], jobs=[dg.define_asset_job("both", executor_def=dg.multiprocess_executor)])


def both_job() -> dg.JobDefinition:
    """The job, for the processes that the executor starts."""
    return defs.resolve_job_def("both")


if __name__ == "__main__":
    os.environ |= {FOLDER: sys.argv[1], PATIENCE: sys.argv[2]}
    with dg.DagsterInstance.from_config(str(Path(sys.argv[1]) / "dagster")) as instance:
        config = {"execution": {"config": {"max_concurrent": 2}}}
        with dg.execute_job(dg.reconstructable(both_job), instance=instance, run_config=config) as result:
            sys.exit(0 if result.success else 1)
