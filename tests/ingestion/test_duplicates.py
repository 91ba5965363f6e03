"""The same content twice in one run, while the gate is still judging the first."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ingestion import GateReport, ingest
from ingestion.gate import GateRequest
from tests.ingestion.conftest import Company

KITS = "kit_sku,component_sku,component_qty\nK-1,C-1,2\n"


class SlowGate:
    """Answers late, as the real one does while it still imports."""

    def start(self) -> None:
        """Nothing to get ready."""

    def judge(self, requests: Sequence[GateRequest]) -> tuple[GateReport, ...]:
        time.sleep(0.3)
        return tuple(GateReport(f"{request.system}__{request.entity}", passed=True) for request in requests)


def test_a_duplicate_leaves_the_first_one_its_working_files(company: Company) -> None:
    company.drop("wms", "kits_20261101T000000Z.csv", KITS)
    company.drop("wms", "kits_again.csv", KITS)
    outcome = ingest(company.settings, company.paths, gate=SlowGate())
    assert sorted(file.status for file in outcome.files) == ["duplicate", "loaded"]
    assert not [path for path in company.paths.staging.iterdir() if path.is_file()]
