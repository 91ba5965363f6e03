"""`make emulators` starts, prints settings that load, and takes a push."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import company
from reverse_etl import push
from tests.push_campaign.exports import published
from tests.reverse_etl.channels import KINDS

HEAD = """environment = "test"
[company]
name = "By hand"
[accounts.shop]
system = "{system}"
[environments.demo]
[environments.local]
[environments.prod]
[environments.test]
push = true
"""


def test_the_printed_settings_take_a_push(tmp_path: Path, monkeypatch) -> None:
    command = [sys.executable, "-m", "tests.emulators", "--kind", "woocommerce_stock_api", "--kind", "ebay_stock_api"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as process:
        assert process.stdout is not None
        printed = ""
        while "# serving" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        try:
            for name, value in re.findall(r"# export (\w+)='(.*)'", printed):
                monkeypatch.setenv(name, value)
            for system in ("woocommerce", "ebay"):
                home = tmp_path / system
                home.mkdir()
                sections = re.findall(rf"\[destinations\.emulated_{system}.*?(?=\n\n)", printed, re.DOTALL)
                assert len(sections) == 1
                text = HEAD.format(system=system) + sections[0]
                (home / company.CONFIG_FILE).write_text(text, encoding="utf-8")
                paths = company.Paths(home)
                paths.create()
                report = push(company.load_settings(home), paths, published({1: 3, 2: 14, 3: 10}))
                assert (report.planned, report.sent) == (3, 3)
        finally:
            process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
    assert process.returncode == 0
    assert re.search(r"woocommerce_stock_api: POST \S+/batch -> 200", rest)
    assert "bulk_update_price_quantity -> 200" in rest


def test_every_kind_can_be_served() -> None:
    command = [sys.executable, "-m", "tests.emulators"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as process:
        assert process.stdout is not None
        printed = ""
        while "# serving" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        process.send_signal(signal.SIGTERM)
    urls = re.findall(r'^url = "http://127\.0\.0\.1:(\d+)"$', printed, re.MULTILINE)
    assert len(set(urls)) == len(KINDS)
