"""A wrong mapping is refused with file, key, reason and fix; a right one becomes a feed of the house template."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from company import Account, ConfigurationError, Paths
from ingestion.contract import ColumnType, Dialect, JsonShape
from ingestion.delimited.detect import detect
from ingestion.mapping.feeds import effective_system, load_mapping, mapping_paths, system_of
from ingestion.mapping.file import MappingError
from ingestion.mapping.forms import format_problem
from ingestion.systems import HOUSE

DAY, INSTANT = ColumnType.DATE, ColumnType.TIMESTAMP
RATES = """
entity = "exchange_rates"
[columns.rate_on]
headers = ["Day"]
[columns.from_currency]
headers = ["From"]
[columns.to_currency]
constant = "EUR"
[columns.rate]
headers = ["Rate"]
"""


def write(folder: Path, text: str, name: str = "rates.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def day(line: str) -> str:
    return RATES.replace('["Day"]', f'["Day"]\n{line}')


def rate(line: str) -> str:
    return RATES.replace('["Rate"]', f'["Rate"]\n{line}')


def instead(line: str) -> str:
    return RATES.replace('headers = ["Rate"]', line)


WRONG = {
    "no TOML": ("entity = ", "(whole file)|not readable as TOML", "correct that line"),
    "unknown entity": (RATES.replace("exchange_rates", "rates"), "entity: 'rates' is no house template", "exchange_rates"),
    "unknown key": (RATES + "\n[values]\ndecimal = ','", "values.decimal: unknown key", "remove it"),
    "unknown column": (RATES + '\n[columns.ratte]\nheaders = ["R"]', "columns.ratte: the template exchange_rates has no", "rate"),
    "text wanted": (RATES.replace('"EUR"', "5"), "columns.to_currency.constant: 5 is not text", "in quotes"),
    "missing column": (RATES.replace('[columns.rate]\nheaders = ["Rate"]', ""), "rate: every row needs it", "add headers"),
    "nowhere from": (RATES.replace('headers = ["Rate"]', ""), "columns.rate: says not where", "headers, same_as or constant"),
    "twice from": (
        instead('headers = ["Rate"]\nsame_as = "rate_on"'), "columns.rate: says not where", "write",
    ),
    "same as nothing": (instead('same_as = "to_currency"'), "rate.same_as: 'to_currency' has no", "name"),
    "same as itself": (instead('same_as = "rate"'), "columns.rate.same_as", "name a column"),
    "one header twice": (RATES.replace('"From"', '"From", "DAY"'), "'DAY' stands under columns.rate_on.headers too", "same_as"),
    "header dropped too": ('drop = ["rate"]\n' + RATES, "drop: the header 'rate' stands under columns.rate.headers", "one place"),
    "blank header": (RATES.replace('"From"', '" "'), "columns.from_currency.headers: a header is blank", "remove"),
    "needed but optional": (rate('optional = true'), "columns.rate.optional: every row", "constant"),
    "bad format": (day('formats = ["%d.%m.%q"]'), "rate_on.formats: '%d.%m.%q' has %q", "write one"),
    "half a date": (day('formats = ["%d.%m."]'), "lacks the year, the month or the day", "write"),
    "no half of the day": ('values = { instant_formats = ["%Y%m%d %I"] }\n' + RATES, "values.instant_formats", "write one like"),
    "format of a number": (rate('formats = ["%Y"]'), "rate.formats: the column holds rate", "remove"),
    "words of a number": (rate('words = {a="1"}'), "rate.words: the column holds rate", "remove"),
    "zone of a date": (day('zone = "UTC"'), "rate_on.zone: the column holds date", "remove it"),
    "unknown zone": ('values = { zone = "Mars/Olympus" }\n' + RATES, "is not an IANA time zone", "Europe/Berlin"),
    "bad mark": (rate('decimal_mark = ";"'), "rate.decimal_mark: ';' is not a decimal mark", '"."'),
    "one mark for both": ('values = { thousands = "." }\n' + RATES, "values.thousands: '.' is the decimal mark too", "what"),
    "bad sign": (rate('signs = "-"'), "rate.signs: '-' holds a digit, blank or mark", "$€"),
    "bad factor": (rate('factor = "0"'), "rate.factor: '0' is no number other than 0", "0.01"),
    "bad constant": (instead('constant = "1,5"'), "rate.constant: '1,5' is no rate", "plain number"),
    "bad trailer": (RATES + "\n[csv]\ntrailer = ['(']", "csv.trailer: '(' is no regular expression", "correct it"),
    "bad note row": (RATES + "\n[csv]\nnote_row = '['", "csv.note_row: '[' is no regular expression", "correct it"),
    "bad encoding": (RATES + '\n[csv]\nencodings = ["klingon"]', "csv.encodings: 'klingon' is no text encoding", "cp1252"),
    "no text encoding": (RATES + '\n[csv]\nencodings = ["base64"]', "csv.encodings: 'base64' is no text encoding", "cp1252"),
    "no file's encoding": (RATES + '\n[csv]\nencodings = ["idna"]', "csv.encodings: 'idna' is no text encoding", "cp1252"),
    "quote is a letter": (RATES + "\n[csv]\nquote = 'q'", "csv.quote: 'q' is not one character", "never quoted"),
    "delimiter of control": (RATES + '\n[csv]\ndelimiter = "\\u0001"', "csv.delimiter: '\\x01' is not one", "write one"),
    "factor without end": (rate('factor = "1e400"'), "rate.factor: '1e400' is no number", "0.01"),
    "factor too fine": (rate('factor = "1e-60"'), "rate.factor: '1e-60' is no number", "0.01"),
    "bad delimiter": (RATES + '\n[csv]\ndelimiter = ",,"', "csv.delimiter: ',,' is not one separating character", "write one"),
    "bad quote": (RATES + "\n[csv]\nquote = ','", "csv.quote: ',' is not one character", "never quoted"),
    "header nowhere": (RATES + "\n[csv]\nheader_within = 0", "csv.header_within: Input should be greater", "correct the value"),
    "another form": (RATES + "\n[json]\nrows = 'a[]'", "json: the form is csv", 'form = "json"'),
    "form unknown": ('form = "xlsx"\n' + RATES, "form: Input should be 'csv' or 'json'", "correct the value"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_mapping_says_file_key_reason_and_fix(tmp_path: Path, case: str) -> None:
    text, said, fix = WRONG[case]
    path = write(tmp_path, text)
    with pytest.raises(MappingError) as caught:
        load_mapping(path)
    [line] = [line for line in str(caught.value).splitlines() if said.split("|")[-1] in line]
    assert line.startswith(f"{path}: ")
    assert fix in line[line.index("Fix: ") :]
    assert isinstance(caught.value, ConfigurationError)


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    text = day('formats = ["%q"]').replace('["Rate"]', '["From"]')
    with pytest.raises(MappingError) as caught:
        load_mapping(write(tmp_path, text))
    assert len(str(caught.value).splitlines()) == 2


def test_words_and_constants_are_held_against_what_the_column_allows(tmp_path: Path) -> None:
    text = """
entity = "cancellations"
[columns.cancellation_id]
headers = ["Id"]
[columns.channel_account]
constant = "web"
[columns.order_id]
headers = ["Order"]
[columns.sku]
headers = ["SKU"]
[columns.cancelled_qty]
constant = "one"
[columns.reason]
headers = ["Why"]
words = { "no stock" = "sold_out" }
[columns.cancelled_at]
headers = ["When"]
"""
    with pytest.raises(MappingError) as caught:
        load_mapping(write(tmp_path, text))
    quantity, reason = str(caught.value).splitlines()
    assert "columns.cancelled_qty.constant: 'one' is no integer" in quantity
    assert "'no stock' becomes 'sold_out', which the column does not hold" in reason
    assert "write one of: customer, out_of_stock" in reason


def test_a_missing_file_and_one_that_is_no_mapping_are_told(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="not found"):
        load_mapping(tmp_path / "none.toml")
    with pytest.raises(MappingError, match="larger than"):
        load_mapping(write(tmp_path, "#" * (1024 * 1024 + 1)))


@pytest.mark.parametrize(
    ("pattern", "kind", "is_good"),
    [
        ("%d/%m/%Y %H:%M:%S", INSTANT, True), ("%b-%d-%y", INSTANT, True), ("{day}", DAY, True),
        ("{day} %I:%M %p", INSTANT, True), ("epoch_ms", INSTANT, True), ("epoch_s", DAY, False),
        ("%Y-%m-%dT%H:%M:%S%.f%z", INSTANT, True), ("%Y", DAY, False), ("%", DAY, False),
        ("%Y-%m-%d %I:%M", INSTANT, False), ("", DAY, False), ("%d%% %m %Y", DAY, True),
        ("%Y-%m-%d %Z", INSTANT, True), ("%Y-%m-%d %d", DAY, False), ("%Y-%b-%m-%d", DAY, False), ("%.Y-%m-%d", DAY, False),
    ],
)  # fmt: skip
def test_patterns_are_judged_before_a_file_is_read(pattern: str, kind: ColumnType, is_good: bool) -> None:
    assert (format_problem(pattern, kind) == "") is is_good


def test_a_mapped_feed_is_the_template_under_other_headers(tmp_path: Path) -> None:
    feed = load_mapping(write(tmp_path, RATES + '\n[csv]\ndelimiter = ";"\nencodings = ["UTF_8", "cp1252"]'))
    house = HOUSE.feed("exchange_rates")
    assert (feed.entity, feed.grain, feed.kind, feed.is_mapped) == (house.entity, house.grain, house.kind, True)
    assert [column.name for column in feed.stored_columns] == [column.name for column in house.stored_columns]
    assert [column.type for column in feed.stored_columns] == [column.type for column in house.stored_columns]
    assert {c.name: c.headers for c in feed.columns if c.headers} == {
        "rate_on": ("Day",), "from_currency": ("From",), "rate": ("Rate",),
    }  # fmt: skip
    assert {c.name: c.constant for c in feed.columns if c.constant} == {"to_currency": "EUR"}
    assert feed.form == Dialect(delimiter=";", encodings=("utf-8", "cp1252"))


def test_a_mapped_feed_wins_only_where_its_header_is(tmp_path: Path) -> None:
    system = effective_system("house", (str(write(tmp_path, RATES)),))
    mapped, plain = system.feeds[0], HOUSE.feed("exchange_rates")
    assert detect(["Day", "From", "Rate", "Source"], system).feed is mapped
    assert detect([column.headers[0] for column in plain.columns], system).feed is plain
    for feed in HOUSE.feeds:
        assert detect([column.headers[0] for column in feed.columns], system).feed is feed
    lost = detect(["Day", "From", "Source"], system)
    assert (lost.feed, lost.reason, lost.missing) == (None, "missing_column", ("Rate",))


def test_a_mapping_that_keeps_our_headers_wins_over_the_plain_template(tmp_path: Path) -> None:
    text = RATES.replace("Day", "rate_on").replace("From", "from_currency").replace('"Rate"', '"rate"')
    system = effective_system("house", (str(write(tmp_path, text)),))
    assert detect(["rate_on", "from_currency", "to_currency", "rate"], system).feed is system.feeds[0]


def test_an_account_lists_its_mappings_by_name(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    write(paths.mappings, RATES)
    account = Account(system="house", mappings=("rates.toml",))
    assert mapping_paths(account, paths) == (str(tmp_path / "mappings" / "rates.toml"),)
    assert system_of(account, paths).feeds[1:] == HOUSE.feeds
    assert system_of(Account(system="house"), paths) == HOUSE
    with pytest.raises(ConfigurationError, match="an account of their own"):
        system_of(Account(system="shopify", mappings=("rates.toml",)), paths)
    for outside in ("../rates.toml", "/etc/rates.toml", "rates.csv"):
        with pytest.raises(ValueError, match="pattern"):
            Account(system="house", mappings=(outside,))


def test_two_exports_may_fill_one_template_unless_both_are_json(tmp_path: Path) -> None:
    first = write(tmp_path, RATES)
    other = write(tmp_path, RATES.replace("Day", "Tag").replace('"Rate"', '"Kurs"'), "kurse.toml")
    system = effective_system("house", (str(first), str(other)))
    assert detect(["Tag", "From", "Kurs"], system).feed is system.feeds[1]
    documents = [write(tmp_path, 'form = "json"\n' + path.read_text(), f"json_{path.name}") for path in (first, other)]
    assert isinstance(load_mapping(documents[0]).form, JsonShape)
    with pytest.raises(MappingError, match="a record would fit both"):
        effective_system("house", tuple(str(path) for path in documents))


def test_json_mappings_of_one_account_must_tell_their_records_apart(tmp_path: Path) -> None:
    rates = 'form = "json"\n' + RATES
    kits = """form = "json"
entity = "kits"
[columns.kit_sku]
headers = ["bundle"]
[columns.component_sku]
headers = ["part"]
[columns.component_qty]
headers = ["count"]
"""

    def system(first: str, second: str) -> None:
        paths = (write(tmp_path, first, "first.toml"), write(tmp_path, second, "second.toml"))
        effective_system("house", tuple(str(path) for path in paths))

    with pytest.raises(MappingError, match=r"second\.toml: json\.marks: a record would fit .*first\.toml too"):
        system(rates, kits)
    system(rates + '[json]\nmarks = ["Day"]', kits + '[json]\nmarks = ["bundle"]')
    system(rates + '[json]\nrecords = "rates[]"', kits)


def test_cells_to_be_dropped_are_personal_columns_of_the_feed(tmp_path: Path) -> None:
    feed = load_mapping(write(tmp_path, 'drop = ["Typed in by", "Phone"]\n' + RATES))
    dropped = [column for column in feed.columns if column.personal]
    assert [column.headers for column in dropped] == [("Typed in by",), ("Phone",)]
    assert replace(feed, columns=feed.stored_columns).columns == feed.columns[:-2]
