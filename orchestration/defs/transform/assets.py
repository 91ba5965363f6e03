"""Every dbt model, seed and test, built by dbt in a child process on the home's build file."""

from collections.abc import Iterator
from importlib.metadata import version as installed_version
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation, dbt_assets
from packaging.version import parse

from company import DBT_PROJECT
from orchestration.dbt_build import dbt_arguments, dbt_environment, forget_results, read_results
from orchestration.dbt_manifest import current_manifest, load_manifest
from orchestration.dbt_translator import LayerTranslator
from orchestration.pools import WAREHOUSE_WRITER
from orchestration.resources import CompanyHome
from orchestration.run_lock import hold
from orchestration.run_record import current_record
from warehouse import record_refusal

MANIFEST = load_manifest(current_manifest())
TRANSLATOR = LayerTranslator()


@dbt_assets(manifest=MANIFEST, dagster_dbt_translator=TRANSLATOR, name="dbt_models", pool=WAREHOUSE_WRITER)  # type: ignore[untyped-decorator]
def dbt_models(context: dg.AssetExecutionContext, company: CompanyHome) -> Iterator[Any]:
    """Build all models with their data tests; a failed test of severity error stops what is downstream of it."""
    settings, paths = company.settings(), company.paths
    paths.dbt_target.mkdir(parents=True, exist_ok=True)
    forget_results(paths)
    record = current_record()
    with hold(paths, "build step"), record.step("build"):
        invocation = DbtCliInvocation.run(
            args=dbt_arguments(settings, company.instant(context)),
            env=dbt_environment(settings, paths),
            manifest=MANIFEST,
            dagster_dbt_translator=TRANSLATOR,
            project_dir=DBT_PROJECT,
            target_path=paths.dbt_target,
            raise_on_error=False,
            context=context,
            # dagster-dbt would start dbt twice more, for its version and for column metadata that nobody reads here
            adapter=None,
            cli_version=parse(installed_version("dbt-core")),
        )
        total = len(context.selected_output_names)
        for done, event in enumerate(invocation.stream()):
            record.listener("build", min(done, total), total, "")
            yield event
    results = read_results(paths)
    if not results.is_green:
        record.problems.extend(results.failures)
        raise dg.Failure(str(record_refusal(paths, results.failures)), allow_retries=False)
