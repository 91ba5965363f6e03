"""A late module costs nothing until it is used, and is the module itself from then on."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from company import REPOSITORY
from ingestion.late_imports import import_late

PACKAGE = {
    "pack/__init__.py": "",
    "pack/heavy.py": "import pack.seen\npack.seen.count += 1\nVALUE = 7\n\n\ndef twice(number):\n    return 2 * number\n",
    "pack/seen.py": "count = 0\n",
}


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in PACKAGE.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("pack", "pack.heavy", "pack.seen"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    importlib.invalidate_caches()


@pytest.mark.usefixtures("pack")
def test_a_late_module_is_executed_on_its_first_use_and_once() -> None:
    import_late(["pack.heavy"])
    import pack.heavy  # type: ignore[import-not-found]
    import pack.seen  # type: ignore[import-not-found]
    from pack import heavy

    assert pack.seen.count == 0
    assert heavy.twice(heavy.VALUE) == 14
    assert pack.heavy.twice(1) == 2
    assert pack.seen.count == 1
    with pytest.raises(AttributeError):
        _ = heavy.nothing


@pytest.mark.usefixtures("pack")
def test_what_is_imported_or_not_installed_stays_as_it_is() -> None:
    import pack.heavy

    before = pack.heavy
    import_late(["pack.heavy", "pack.nowhere", "no_such_module_at_all", "no_such_package.part"])
    assert sys.modules["pack.heavy"] is before
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("pack.nowhere")


def test_the_gate_starts_without_what_it_never_uses() -> None:
    program = (
        "import sys; sys.stdin.close(); sys.stdin = open('/dev/null'); from ingestion.gate import serve; serve();"
        "assert 'great_expectations' in sys.modules; assert 'pandas' in sys.modules;"
        "late = {'altair.vegalite', 'scipy.stats._stats_py', 'boto3.session'} & set(sys.modules); assert not late, late"
    )
    subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, check=True, timeout=300)
