"""`python -m demo HOME`: write the demo company into a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from demo.world import WorldError, generate


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m demo", description="Write the demo company into a folder.")
    parser.add_argument("home", type=Path)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--dirt", choices=("none", "files", "all"), default="files")
    given = parser.parse_args(arguments)

    def say(step: str) -> None:
        print(step, file=sys.stderr)

    try:
        summary = generate(given.home, orders=given.orders, seed=given.seed, dirt=given.dirt, on_progress=say)
    except WorldError as error:
        print(error, file=sys.stderr)
        return 1
    state = "written" if summary.is_new else "already there"
    print(f"{summary.orders} orders, {summary.order_lines} lines, {summary.items} SKUs, {summary.files} files: {state}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
