"""What to do with a row, given where it stands at its destination: nothing, one request, or keep it back with a reason. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from reverse_etl.api import Line
from reverse_etl.api_steps import Standing


@dataclass(frozen=True, slots=True)
class Move:
    """`seen`: it is there already, nothing is sent. `write`: `line` is sent. `hold`: it stays here, `reason` says why."""

    kind: Literal["seen", "write", "hold"]
    line: Line
    reason: str = ""


def has_arrived(line: Line, standing: Standing, *, stepped: bool) -> bool:
    """Whether the row is where it should be; one that is taken in steps when none is left, whatever number it has by now."""
    if stepped:
        return standing.number is not None and not standing.step
    return standing.number == line.payload.quantity


def next_move(
    line: Line, standing: Standing | None, *, mirrors: bool, stepped: bool, was_there: bool, last_base: int | None
) -> Move:
    """Return what to do with a row that is ready.

    `was_there`: something was seen under its key before. `last_base`: the number it replaced when a write of it was refused as
    stale.
    """
    if standing is None:
        return Move("hold", line, "unreachable: not shown")
    if has_arrived(line, standing, stepped=stepped):
        return Move("seen", line)
    if stepped:
        return _next_step(line, standing, was_there=was_there)
    if standing.number is None:
        return Move("hold", line, "mapping_gone") if mirrors else Move("write", line)
    return _over(line, standing.number, mirrors=mirrors, last_base=last_base)


def _over(line: Line, number: int, *, mirrors: bool, last_base: int | None) -> Move:
    if not mirrors:
        # what was handed over is never handed over again, whatever number it has there now
        return Move("hold", line, f"there_already: {number}")
    if last_base is not None and number < last_base and line.payload.quantity > number:
        # units left between plan and write: raising the number would sell them again
        return Move("hold", line, "sold_meanwhile")
    return Move("write", replace(line, base=number))


def _next_step(line: Line, standing: Standing, *, was_there: bool) -> Move:
    if standing.number is None and was_there:
        # somebody removed it over there; making it anew would overrule them
        return Move("hold", line, "removed_there")
    if standing.number is not None and standing.number != line.payload.quantity:
        return Move("hold", line, f"changed_there: {standing.number}")
    address = {**line.address, **standing.address}
    return Move("write", replace(line, address=address, base=standing.number, step=standing.step))
