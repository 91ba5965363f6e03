"""Order lines of two channels in their own export formats, 18 columns wide, as many as asked; everything in them is invented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

_BLOCK = 500_000
_LINES_PER_ORDER = 2


def shopify(rows: int, start: int = 0) -> pl.DataFrame:
    """Return lines of Shopify's orders export: the columns of an order are blank on all but its first line."""
    line, rnd = _lines(rows, start)
    first = pl.col("n") % _LINES_PER_ORDER == 0
    order = (pl.col("n") // _LINES_PER_ORDER + 1000).cast(pl.String)
    minutes = (pl.col("n") * 7 % 1440).cast(pl.Int64)
    day = pl.lit("2026-") + _two(pl.col("n") % 12 + 1) + "-" + _two(pl.col("n") % 28 + 1)
    price, sku = _money(rnd.integers(100, 20_000, rows)), _sku(rnd, rows)

    def once(value: pl.Expr) -> pl.Expr:
        return pl.when(first).then(value)

    return line.select(
        (pl.lit("#") + order).alias("Name"),
        (pl.lit("buyer") + order + "@example.com").alias("Email"),
        once(pl.lit("paid")).alias("Financial Status"),
        once(pl.lit("fulfilled")).alias("Fulfillment Status"),
        once(pl.lit("USD")).alias("Currency"),
        once(price).alias("Subtotal"),
        once(pl.lit("5.00")).alias("Shipping"),
        once(pl.lit("1.20")).alias("Taxes"),
        once(price).alias("Total"),
        (day + " " + _two(minutes // 60) + ":" + _two(minutes % 60) + ":07 -0500").alias("Created at"),
        pl.Series(rnd.integers(1, 6, rows)).cast(pl.String).alias("Lineitem quantity"),
        (pl.lit("Product ") + sku + ", large").alias("Lineitem name"),
        price.alias("Lineitem price"),
        (pl.lit("SKU-") + sku).alias("Lineitem sku"),
        pl.lit("true").alias("Lineitem requires shipping"),
        pl.lit("fulfilled").alias("Lineitem fulfillment status"),
        pl.lit("0.00").alias("Lineitem discount"),
        once((pl.col("n") + 5_000_000_000).cast(pl.String)).alias("Id"),
    )


def amazon(rows: int, start: int = 0) -> pl.DataFrame:
    """Return lines of Amazon's all-orders report."""
    line, rnd = _lines(rows, start)
    number = (pl.col("n") + 1_000_000).cast(pl.String).str.zfill(14)
    order = pl.lit("111-") + number.str.slice(0, 7) + "-" + number.str.slice(7)
    minutes = (pl.col("n") * 7 % 1440).cast(pl.Int64)
    day = pl.lit("2026-") + _two(pl.col("n") % 12 + 1) + "-" + _two(pl.col("n") % 28 + 1)
    at = day + "T" + _two(minutes // 60) + ":" + _two(minutes % 60) + ":07+00:00"
    sku = _sku(rnd, rows)
    return line.select(
        order.alias("amazon-order-id"),
        at.alias("purchase-date"),
        at.alias("last-updated-date"),
        pl.lit("Shipped").alias("order-status"),
        pl.lit("Amazon").alias("fulfillment-channel"),
        pl.lit("Amazon.com").alias("sales-channel"),
        pl.lit("Expedited").alias("ship-service-level"),
        (pl.lit("Product ") + sku + ', 5" large').alias("product-name"),
        (pl.lit("SKU-") + sku).alias("sku"),
        (pl.lit("B0") + sku + "XY").alias("asin"),
        pl.lit("Shipped").alias("item-status"),
        pl.Series(rnd.integers(1, 6, rows)).cast(pl.String).alias("quantity"),
        pl.lit("USD").alias("currency"),
        _money(rnd.integers(100, 20_000, rows)).alias("item-price"),
        pl.lit("0.00").alias("item-tax"),
        pl.lit(None, pl.String).alias("shipping-price"),
        pl.lit("US").alias("ship-country"),
        pl.lit("false").alias("is-business-order"),
    )


def write(path: Path, rows: int, lines: Callable[[int, int], pl.DataFrame], start: int = 0) -> None:
    """Write a file of `rows` lines; Amazon's has tabs and no quotes. Memory does not grow with the rows."""
    tabs = lines is amazon
    with path.open("wb") as file:
        for at, size in _blocks(rows):
            lines(size, start + at).write_csv(
                file,
                include_header=at == 0,
                separator="\t" if tabs else ",",
                quote_style="never" if tabs else "necessary",
            )


def _blocks(rows: int) -> Iterator[tuple[int, int]]:
    for at in range(0, rows, _BLOCK):
        yield at, min(_BLOCK, rows - at)


def _lines(rows: int, start: int) -> tuple[pl.DataFrame, np.random.Generator]:
    return pl.DataFrame({"n": np.arange(start, start + rows)}), np.random.default_rng(start + 1)


def _two(number: pl.Expr) -> pl.Expr:
    return number.cast(pl.String).str.zfill(2)


def _money(cents: np.ndarray) -> pl.Expr:
    text = pl.Series(cents)
    return pl.lit(text // 100).cast(pl.String) + "." + _two(pl.lit(text % 100))


def _sku(rnd: np.random.Generator, rows: int) -> pl.Expr:
    return pl.lit(pl.Series(rnd.integers(1, 20_001, rows))).cast(pl.String).str.zfill(6)
