"""Delimited bytes to pages of text: every cell as written under the file's own headers, with record and line numbers.

A record that is ragged, holds control characters, is not valid text, has too long a field or a broken quote is a reject.
Nothing is guessed or repaired: records in = rows out + rejects.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from ingestion.contract import Dialect, Feed, System, fold_header
from ingestion.delimited.positions import Positions, line_count, line_ends
from ingestion.delimited.recognise import CONTROLS, Recognised, grammar_of, leading_bytes, recognise
from ingestion.delimited.records import Block, RecordTooLongError, cut
from ingestion.delimited.rejects import RejectTable, cells_of
from ingestion.encoding import utf8_chunks
from ingestion.pages import LINE_PARTS, HeldError, Opened, Page, ReadLimits, ReadOptions
from ingestion.personal import is_named_personal

_IS_CONTROL = np.isin(np.arange(256), np.frombuffer(CONTROLS, dtype=np.uint8))


def open_delimited(source: Path, system: System, options: ReadOptions) -> Opened:
    """Recognise `source` as one of the system's delimited feeds; raises `HeldError` when it is none or cannot be read."""
    seen = recognise(source, system, options)
    if seen.feed is None:
        found = seen.found
        counted = _count_records(_blocks(source, seen, options.limits))
        raise HeldError(
            found.reason, found.detail, found.looks_like, seen.header, found.missing, counted, seen.encoding.name
        )
    reader = _BodyReader(seen.feed, seen, options.limits)
    entity = seen.feed.entity
    return Opened(
        seen.encoding.name, {entity: seen.header}, reader.pages(source), {entity: seen.feed}, {entity: reader.lines}
    )


def _count_records(blocks: Iterator[tuple[bytes, Block]]) -> int:
    """Return how many records a file has whose feed is unknown, for the ledger."""
    try:
        return sum(len(block.starts) + len(block.broken) for _, block in blocks)
    except RecordTooLongError:
        return 0


def _blocks(source: Path, seen: Recognised, limits: ReadLimits) -> Iterator[tuple[bytes, Block]]:
    """Yield the body, between preamble and trailer, in pieces of whole records."""
    grammar, width, bound = grammar_of(seen.dialect), len(seen.header), 4 * limits.max_field_chars
    carry = b""
    for chunk in _body_chunks(source, seen):
        carry += chunk
        if len(carry) >= limits.block_bytes:
            block = cut(carry, grammar, width, final=False, max_field_bytes=bound)
            yield carry, block
            carry = carry[block.consumed :]
    if carry:
        yield carry, cut(carry, grammar, width, final=True, max_field_bytes=bound)


def _body_chunks(source: Path, seen: Recognised) -> Iterator[bytes]:
    at = 0
    for chunk in utf8_chunks(source, seen.encoding):
        end = len(chunk) if seen.trailer is None else seen.trailer.starts_at - at
        if end <= 0:
            return
        yield chunk[max(seen.body_at - at, 0) : end]
        at += len(chunk)


class _BodyReader:
    """Reads the records below the header; `rows_in` counts them as it goes, `lines` the physical lines of each part of the file.

    A record's line is one that stands between header and trailer, so the blank ones there count with it.
    """

    def __init__(self, feed: Feed, seen: Recognised, limits: ReadLimits) -> None:
        self.feed, self.seen, self.limits = feed, seen, limits
        self.header, self.encoding = seen.header, seen.encoding
        self.rows_in = 0
        self.lines = dict.fromkeys(LINE_PARTS, 0)
        self._line = 1

    def pages(self, source: Path) -> Iterator[Page]:
        """Yield the records below the header, block by block.

        Raises `HeldError` on a record without an end, and in the end when the file states another number of records.
        """
        header_at, body_at = self.seen.header_at, self.seen.body_at
        frame = leading_bytes(source, self.encoding, body_at)[:body_at]
        self._line += len(_physical(frame))
        self.lines["preamble"], self.lines["header"] = line_count(frame[:header_at]), line_count(frame[header_at:])
        self.lines["trailer"] = self.seen.trailer.lines if self.seen.trailer else 0
        personal = _masked_positions(self.feed, self.header)
        rejects = RejectTable(self.feed.dialect, len(self.header), personal)
        try:
            for data, block in _blocks(source, self.seen, self.limits):
                rows = self._read_block(data, block, rejects)
                yield Page(self.feed.entity, rows, rejects.taken())
        except RecordTooLongError as error:
            raise HeldError(
                "record_too_long", str(error), self.feed.entity, self.header, rows_in=self.rows_in
            ) from error
        stated = self.seen.trailer.rows if self.seen.trailer else None
        if stated not in (None, self.rows_in):
            detail = f"the file's last lines state {stated} records, it has {self.rows_in}; is it whole?"
            raise HeldError("trailer_mismatch", detail, self.feed.entity, self.header, rows_in=self.rows_in)

    def _read_block(self, data: bytes, block: Block, rejects: RejectTable) -> pa.Table:
        first, line = self.rows_in + 1, self._line
        breaks = _physical(data[: block.consumed])
        self.rows_in += len(block.starts) + len(block.broken)
        self._line += len(breaks)
        self.lines["records"] += line_count(data[: block.consumed], breaks)
        lines = line + np.searchsorted(breaks, block.starts)
        table = self._parse_sound(data, block)
        if table is not None:
            return _numbered(table, np.arange(first, first + len(block.starts)), lines)
        origins = np.sort(np.concatenate([block.starts, [span.start for span in block.broken]]).astype(np.int64))
        numbers = first + np.searchsorted(origins, block.starts)
        reasons = self._judge(data, block)
        for index in np.flatnonzero(reasons):
            raw = data[block.starts[index] : block.ends[index]]
            rejects.add(int(numbers[index]), int(lines[index]), raw, str(reasons[index]))
        for span in block.broken:
            number = first + int(np.searchsorted(origins, span.start))
            line_no = line + int(np.searchsorted(breaks, span.start))
            rejects.add(number, line_no, data[span.start : span.end].rstrip(b"\r\n"), "malformed_quote")
        keep = reasons == ""
        table = self._parse(_kept(data, block, keep), int(keep.sum()))
        return _numbered(table, numbers[keep], lines[keep])

    def _parse_sound(self, data: bytes, block: Block) -> pa.Table | None:
        """Return all records of a block in which nothing is wrong, or None when each has to be looked at.

        That every record has the header's number of cells is left to the parser, which counts them anyway.
        """
        if block.broken or self.encoding.damaged or not len(block.starts):
            return None
        body = data[: block.consumed]
        too_long = int((block.ends - block.starts).max()) > self.limits.max_field_chars
        if too_long or len(body.translate(None, delete=CONTROLS)) != len(body):
            return None
        try:
            return self._parse(body, len(block.starts))
        except pa.ArrowInvalid:
            return None

    def _judge(self, data: bytes, block: Block) -> np.ndarray:
        """Return a reason code per record, empty for a good one."""
        reasons = np.full(len(block.starts), "", dtype="<U20")
        longest = self.limits.max_field_chars
        for index in np.flatnonzero(block.cells.longest > longest):
            if _longest_cell(data[block.starts[index] : block.ends[index]], self.feed.dialect) > longest:
                reasons[index] = "field_too_long"
        reasons[block.cells.count != len(self.header)] = "ragged"
        body = data[: block.consumed]
        if len(body.translate(None, delete=CONTROLS)) != len(body):
            at = np.flatnonzero(_IS_CONTROL[np.frombuffer(body, dtype=np.uint8)])
            reasons[_owners(at, block)] = "control_character"
        if self.encoding.damaged:
            for number, (start, end) in enumerate(zip(block.starts, block.ends, strict=True)):
                if not _is_text(data[start:end]):
                    reasons[number] = "undecodable"
        return reasons

    def _parse(self, body: bytes, expected: int) -> pa.Table:
        names = list(self.header)
        if not expected:
            return pa.table({name: pa.array([], pa.string()) for name in names})
        quote = self.feed.dialect.quote
        table = pa_csv.read_csv(
            # a leading line end: otherwise a first cell that begins with a byte-order mark would lose it
            pa.py_buffer(b"\n" + body),
            read_options=pa_csv.ReadOptions(column_names=names, block_size=len(body) + 2, use_threads=False),
            parse_options=pa_csv.ParseOptions(
                delimiter=self.feed.dialect.delimiter, quote_char=quote or False, double_quote=quote is not None,
                escape_char=False, newlines_in_values=quote is not None, ignore_empty_lines=True,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False, null_values=[],
            ),
        )  # fmt: skip
        if table.num_rows != expected:
            raise ValueError(f"counted {expected} records but read {table.num_rows}")
        return _stripped(table, self.feed.dialect.strip)


def _stripped(table: pa.Table, characters: str) -> pa.Table:
    """Return the cells without the characters that the vendor leaves at their edges."""
    if not characters:
        return table
    return pa.table({name: pc.utf8_trim(table[name], characters) for name in table.column_names})


def _numbered(table: pa.Table, numbers: np.ndarray, lines: np.ndarray) -> pa.Table:
    table = table.append_column("_source_row", pa.array(numbers, pa.int64()))
    return table.append_column("_line_no", pa.array(lines, pa.int64()))


def _kept(data: bytes, block: Block, keep: np.ndarray) -> bytes:
    """Return the kept records, each with a line end; the input itself when nothing was cut out."""
    if keep.all() and not block.broken:
        return data[: block.consumed]
    return b"\n".join(data[start:end] for start, end in zip(block.starts[keep], block.ends[keep], strict=True)) + b"\n"


def _owners(positions: Positions, block: Block) -> Positions:
    """Return the records in which the byte positions lie."""
    index = np.searchsorted(block.starts, positions, side="right") - 1
    inside = (index >= 0) & (positions < block.ends[np.clip(index, 0, None)]) if len(block.starts) else index >= 0
    return np.unique(index[inside])


def _physical(data: bytes) -> Positions:
    """Return the positions of all line ends, those inside quotes too."""
    return line_ends(np.frombuffer(data, dtype=np.uint8), final=True)


def _longest_cell(record: bytes, dialect: Dialect) -> int:
    return max((len(cell) for cell in cells_of(record.decode("utf-8", "replace"), dialect)), default=0)


def _is_text(record: bytes) -> bool:
    try:
        record.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _masked_positions(feed: Feed, header: tuple[str, ...]) -> frozenset[int]:
    """Return the cells that may not be kept: declared ones, and undeclared ones that are named like a person's data."""
    known = {fold_header(alias): column.is_masked for column in feed.columns for alias in column.headers}
    return frozenset(
        index for index, name in enumerate(header) if known.get(fold_header(name), is_named_personal(name))
    )
