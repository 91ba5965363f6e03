"""`tallyhouse demo`: generate the company once, run the main job through Dagster, put every number beside the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table

from company import CONFIG_FILE, Environment, Paths, load_settings
from orchestration.console import Session
from orchestration.exit_codes import CommandError, ExitCode
from orchestration.late_feeds import late_feeds
from orchestration.launch import launch
from orchestration.moment import as_of_instant
from orchestration.progress import showing_progress
from orchestration.run_lock import hold
from orchestration.run_record import RunRecord
from orchestration.summary import render_run, run_document
from orchestration.warm_up import start_gate_ahead
from warehouse import current_serving, published_beside_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from demo.world import Dirt

_URGENT = 10
_PROPOSALS = f"""
    select urgency, sku_id, title, location_id, supplier_name, order_qty, order_by_date, reasons
    from reports.rpt_reorder_queue where order_qty > 0 order by urgency_rank limit {_URGENT}
"""


@dataclass(frozen=True, slots=True)
class _Kpi:
    """A number that is shown beside its truth: `numerator` over `denominator`, or the sum of `numerator` alone."""

    label: str
    measure: str
    table: str
    numerator: str
    denominator: str | None = None


_FILL, _PERFECT = "reports.rpt_fill_rate_daily", "reports.rpt_perfect_order_daily"
_KPIS = (
    _Kpi("fill rate, units", "fill_rate", _FILL, "units_filled_qty", "units_ordered_qty"),
    _Kpi("fill rate, lines", "fill_rate", _FILL, "lines_filled_count", "lines_ordered_count"),
    _Kpi("fill rate, orders", "fill_rate", _FILL, "orders_filled_count", "orders_count"),
    _Kpi("perfect orders", "perfect_order", _PERFECT, "perfect_count", "orders_due_count"),
    _Kpi("orders on time", "perfect_order", _PERFECT, "on_time_count", "orders_due_count"),
    _Kpi("available to sell, units", "ats", "marts.fct_available_to_sell", "ats_qty"),
    _Kpi("shown on channels, units", "channel_ats", "marts.fct_channel_available_to_sell", "ats_qty"),
    _Kpi("needed from suppliers, units", "reorder_need", "marts.fct_reorder_recommendations", "need_qty"),
)


def run_demo(session: Session, *, orders: int, seed: int, dirt: Dirt, with_late_feeds: bool = False) -> None:
    """Run the whole demo and print it.

    Exit code 1 when a number differs from the truth without a known cause or, with `with_late_feeds`, when more numbers of
    late feeds are above the shelves than their quantile allows.
    """
    paths = session.paths
    _refuse_a_real_company(paths)
    record = RunRecord("demo")
    with hold(paths, "demo"), showing_progress(record, as_json=session.as_json):
        start_gate_ahead(paths)
        world = _generate(paths, record, orders=orders, seed=seed, dirt=dirt)
        settings = load_settings(paths.home)
        as_of = as_of_instant(settings, paths)
        launch(paths, "refresh_company_job", record, as_of=as_of)
        with record.step("compare"):
            beside = _beside_the_truth(paths)
        if with_late_feeds:
            tell = record.progress("late feeds")
            with record.step("late feeds"):
                beside["late_feeds"] = late_feeds(settings, paths, lambda note: tell(0, 0, note))
    document = {"world": world} | run_document(record) | beside
    session.result(document, lambda console: _render(document, console, paths))
    unexplained = any(measure["unexplained"] for measure in document["truth"].values())
    broken = any(row["is_kept"] is False for row in document.get("late_feeds", ()) if row["hours"] is None)
    if record.failed_checks or unexplained or broken:
        raise typer.Exit(ExitCode.FAILED)


def _refuse_a_real_company(paths: Paths) -> None:
    if not (paths.home / CONFIG_FILE).is_file():
        return
    environment = load_settings(paths.home).environment
    if environment is not Environment.DEMO:
        raise CommandError(
            f"{paths.home / CONFIG_FILE}: this home is a company's own (environment {environment}), and the demo would "
            "replace its files. Name another folder: `tallyhouse demo --home demo-home`."
        )


def _generate(paths: Paths, record: RunRecord, *, orders: int, seed: int, dirt: Dirt) -> dict[str, Any]:
    from demo import WorldError, generate

    tell = record.progress("generate")
    try:
        with record.step("generate"):
            world = generate(paths.home, orders=orders, seed=seed, dirt=dirt, on_progress=lambda note: tell(0, 0, note))
    except WorldError as error:
        raise CommandError(str(error)) from error
    names = ("as_of", "orders", "seed", "dirt", "items", "listings", "order_lines", "files", "is_new")
    return {name: getattr(world, name) for name in names}


def _beside_the_truth(paths: Paths) -> dict[str, Any]:
    from demo import compare

    serving = current_serving(paths)
    if serving is None:
        raise CommandError(
            f"{paths.serving}: nothing was published, so there is nothing to compare. See `tallyhouse status`."
        )
    with published_beside_files(serving.file) as connection:
        compared = compare(paths.home, connection)
        kpis = [_kpi(connection, paths, kpi) for kpi in _KPIS]
        found = connection.execute(_PROPOSALS)
        names = [column[0] for column in found.description or ()]
        proposals = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    truth = {}
    for measure, comparison in compared.items():
        truth[measure] = {
            "checked": comparison.checked,
            "unequal": comparison.unequal,
            "unexplained": comparison.unequal - comparison.explained,
            "causes": comparison.causes,
            "examples": [{"key": key, "truth": true, "computed": ours} for key, true, ours in comparison.examples],
        }
    return {"truth": truth, "kpis": kpis, "proposals": proposals}


def _kpi(connection: duckdb.DuckDBPyConnection, paths: Paths, kpi: _Kpi) -> dict[str, Any]:
    truth_file = str(paths.data / "demo" / "truth" / f"{kpi.measure}.parquet").replace("'", "''")
    sums = f"sum({kpi.numerator}), {f'sum({kpi.denominator})' if kpi.denominator else 'null'}"
    ours, true = (
        connection.execute(f"select {sums} from {source}").fetchone() or (None, None)
        for source in (kpi.table, f"read_parquet('{truth_file}')")
    )
    return {"label": kpi.label, "computed": _number(ours), "truth": _number(true)}


def _number(parts: tuple[int | None, int | None]) -> float | int | None:
    numerator, denominator = parts
    if numerator is None or denominator == 0:
        return None
    return int(numerator) if denominator is None else int(numerator) / int(denominator)


def _render(document: dict[str, Any], console: Console, paths: Paths) -> None:
    world = document["world"]
    state = "generated" if world["is_new"] else "already there"
    console.print(
        f"[bold]Demo company[/bold] {world['orders']:,} orders, {world['items']} SKUs, {world['files']} export files "
        f"({state}); everything is as of {world['as_of']}"
    )
    render_run(document, console)
    _render_truth(document, console)
    _render_late_feeds(document.get("late_feeds", ()), console)
    _render_proposals(document["proposals"], console)
    console.print("[bold]Next[/bold]")
    for command, purpose in (
        (f"tallyhouse --home {paths.home} status", "what is published, and every feed's state"),
        (f"TALLYHOUSE_HOME={paths.home} streamlit run dashboards/app.py", "the dashboards (make dashboards)"),
        (f"tallyhouse --home {paths.home} dev", "the graph in Dagster (make dev)"),
        (f'tallyhouse --home {paths.home} query "from reports.rpt_metric_catalogue"', "what every number means"),
    ):
        console.print(f"  {command}\n    [dim]{purpose}[/dim]", soft_wrap=True)
    took = ", ".join(f"{step} {seconds:.1f}" for step, seconds in document["seconds"].items())
    console.print(f"[dim]seconds: {took}[/dim]")


def _render_truth(document: dict[str, Any], console: Console) -> None:
    table = Table("number", "computed", "truth", title="Numbers beside the known truth", title_justify="left", box=None)
    for kpi in document["kpis"]:
        table.add_row(kpi["label"], _shown(kpi["computed"]), _shown(kpi["truth"]))
    console.print(table)
    for measure, outcome in document["truth"].items():
        mark = (
            "[green]equal[/green]" if outcome["unequal"] == 0 else f"[bold red]{outcome['unequal']} unequal[/bold red]"
        )
        explained = outcome["unequal"] - outcome["unexplained"]
        note = f" ({explained} of them known: {'; '.join(outcome['causes'])})" if explained else ""
        console.print(f"  {measure}: {outcome['checked']:,} rows checked, {mark}{note}")
        for example in outcome["examples"][:3] if outcome["unexplained"] else ():
            console.print(
                f"    {example['key']}: computed {example['computed']}, truth {example['truth']}", markup=False
            )


def _render_late_feeds(rows: Sequence[dict[str, Any]], console: Console) -> None:
    if not rows:
        return
    heads = ("quantile", "hours", "listings", "above", "rate", "allowed", "units above", "units shown", "of pool")
    table = Table(*heads, title="Numbers of late feeds beside the shelves", title_justify="left", box=None)
    for row in rows:
        kept = {
            None: "",
            True: f"{row['allowed_rate'] or 0:.1%}",
            False: f"[bold red]{row['allowed_rate'] or 0:.1%}[/bold red]",
        }
        table.add_row(
            str(row["quantile"] or "none"), str(row["hours"] or "all"), f"{row['looked']:,}", f"{row['above']:,}",
            f"{row['rate']:.2%}", kept[row["is_kept"]], f"{row['units_above']:,}", f"{row['shown']:,}", f"{row['pool']:,}",
        )  # fmt: skip
    console.print(table)


def _shown(number: float | None) -> str:
    if number is None:
        return "no data"
    return f"{number:.2%}" if isinstance(number, float) else f"{number:,}"


def _render_proposals(proposals: list[dict[str, Any]], console: Console) -> None:
    if not proposals:
        console.print("No purchase is needed.")
        return
    console.print(f"[bold]The {len(proposals)} most urgent purchase proposals[/bold]")
    for row in proposals:
        console.print(
            f"  {row['sku_id']} {row['title'] or ''}: order {row['order_qty']:,} for {row['location_id']} "
            f"from {row['supplier_name'] or 'no supplier'} ({row['urgency']})",
            markup=False,
        )
        console.print(f"    {row['reasons']}", style="dim", markup=False)
