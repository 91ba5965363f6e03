"""Work on another thread keeps its order, holds little in memory and never hides an error."""

from __future__ import annotations

import threading

import pytest

from ingestion.behind import Behind


def test_pieces_are_done_in_order_on_one_other_thread() -> None:
    done: list[tuple[int, int]] = []
    with Behind[int](lambda piece: done.append((piece, threading.get_ident()))) as behind:
        for piece in range(50):
            behind.do(piece)
    assert [piece for piece, _ in done] == list(range(50))
    assert len({thread for _, thread in done}) == 1
    assert done[0][1] != threading.get_ident()


def test_at_most_two_pieces_are_not_done_when_the_caller_goes_on() -> None:
    done: list[int] = []
    with Behind[int](done.append) as behind:
        for piece in range(20):
            behind.do(piece)
            assert len(done) >= piece


def test_an_error_in_the_work_reaches_the_caller_at_the_latest_at_the_end() -> None:
    def work(piece: int) -> None:
        if piece == 3:
            raise MemoryError("the fourth")

    def run() -> None:
        with Behind[int](work) as behind:
            for piece in range(4):
                behind.do(piece)

    with pytest.raises(MemoryError, match="the fourth"):
        run()


def test_the_callers_own_error_is_the_one_that_is_seen_and_queued_work_is_done() -> None:
    done: list[int] = []

    def run() -> None:
        with Behind[int](done.append) as behind:
            behind.do(1)
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        run()
    assert done == [1]
