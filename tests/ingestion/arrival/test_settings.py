"""What may be written under `[accounts.<name>.landing]`, and that a secret written there is refused without repeating it."""

from __future__ import annotations

from pathlib import Path

import pytest

from company import ConfigurationError, load_settings

COMPANY = '[company]\nname = "Quill and Ledger"\n[accounts.wms]\nsystem = "house"\n[accounts.wms.landing]\n'


def load(home: Path, landing: str) -> object:
    (home / "tallyhouse.toml").write_text(COMPANY + landing)
    return load_settings(home).accounts["wms"].landing


@pytest.mark.parametrize(
    ("landing", "kind"),
    [
        ("", "folder"),
        ('url = "in/shop #1?"', "folder"),
        ('url = "file:///srv/in"\narchive = "../done"', "folder"),
        ('url = "sftp://me@files.example:2222/in"\npassword_env = "WORD"', "sftp"),
        ('url = "s3://bucket"\nregion = "eu-central-1"', "s3"),
        (
            'url = "s3://bucket/a/b"\nendpoint_url = "http://127.0.0.1:9000"\naccess_key_env = "A"\nsecret_key_file = "b"',
            "s3",
        ),
    ],
)
def test_places_that_can_be_named(tmp_path: Path, landing: str, kind: str) -> None:
    assert load(tmp_path, landing).kind == kind  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("landing", "reason"),
    [
        ('url = "sftp://me:invented-word@files.example/in"\nkey_file = "k"', "holds a secret"),
        ('url = "s3://key:invented-word@bucket/in"', "holds a secret"),
        ('url = "s3://invented-word@bucket/in"', "holds a secret"),
        ('url = "s3://b"\nendpoint_url = "https://me:invented-word@store.example"', "without a user or password"),
        ('url = "ftp://files.example/in"', "begins with ftp:"),
        ('url = "sftp://files.example/in"\nkey_file = "k"', "sftp://user@host"),
        ('url = "sftp://me@files.example:port/in"\nkey_file = "k"', "Port"),
        ('url = "sftp://me@files.example/in"', "needs key_file"),
        ('url = "s3:///in"', "s3://bucket/prefix"),
        ('url = "s3://b"\naccess_key_env = "A"', "together"),
        ('url = "s3://b"\narchive = "../x"', "cannot hold '..'"),
        ('url = "s3://b"\nkey_file = "k"', "belongs to an sftp:// place"),
        ('url = "in"\nregion = "x"', "belongs to an s3:// place"),
        ('wait_for = "luck"', "stable"),
        ('password = "invented-word"', "unknown key"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(tmp_path: Path, landing: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(tmp_path, landing)
    assert reason in str(refused.value)
    assert "accounts.wms.landing" in str(refused.value)
    assert "invented-word" not in str(refused.value)
