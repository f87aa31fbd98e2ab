"""Which files of an export count: its manifest's, whole, of one version."""

import json
from pathlib import Path

import pytest

from finops.billing.bill_manifests import current_files
from finops.domain.errors import InvalidInput

OLD, NEW = "0f9a1111-1111-1111-1111-111111111111", "1f9a2222-2222-2222-2222-222222222222"
LEGACY, PERIOD = "20260701-20260801", "BILLING_PERIOD=2026-07"


def put(folder: Path, *names: str) -> list[str]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return [str(folder / name) for name in names]


def manifest(folder: Path, name: str, **said: object) -> None:
    [path] = put(folder, name)
    Path(path).write_text(json.dumps(said))


def current(folder: Path, paths: list[str]) -> list[str]:
    return [str(Path(path).relative_to(folder)) for path in current_files(paths)]


def test_of_a_data_exports_versions_the_manifest_beside_the_data_says_which(
    tmp_path: Path,
) -> None:
    paths = put(
        tmp_path,
        f"daily/data/{PERIOD}/2026-07-02T01:00Z-{OLD}/daily-00001.snappy.parquet",
        f"daily/data/{PERIOD}/2026-07-03T01:00Z-{NEW}/daily-00001.snappy.parquet",
        f"daily/data/{PERIOD}/2026-07-03T01:00Z-{NEW}/daily-00002.snappy.parquet",
    )

    with pytest.raises(InvalidInput, match="holds 2 versions of one month"):
        current_files(paths)
    keys = [f"s3://acme/exports/{Path(path).relative_to(tmp_path)}" for path in paths[1:]]
    manifest(tmp_path, f"daily/metadata/{PERIOD}/daily-Manifest.json", dataFiles=keys)
    assert current_files(paths) == paths[1:]


def test_what_an_export_left_when_it_was_written_over_does_not_count(tmp_path: Path) -> None:
    paths = put(tmp_path, *(f"d/data/{PERIOD}/d-0000{n}.csv.gz" for n in (1, 2, 3)))
    keys = [f"s3://acme/d/data/{PERIOD}/d-0000{n}.csv.gz" for n in (1, 2)]
    manifest(tmp_path, f"d/metadata/{PERIOD}/d-Manifest.json", dataFiles=keys)

    assert current_files(paths) == paths[:2]


def test_a_month_that_lacks_a_file_of_its_manifest_is_not_whole(tmp_path: Path) -> None:
    paths = put(tmp_path, f"acme/{LEGACY}/{NEW}/acme-00001.csv.gz")
    keys = [f"cur/acme/{LEGACY}/{NEW}/acme-0000{n}.csv.gz" for n in range(1, 7)]
    manifest(tmp_path, f"acme/{LEGACY}/acme-Manifest.json", assemblyId=NEW, reportKeys=keys)

    with pytest.raises(InvalidInput, match=r"lists 6 files, and .*00004.csv.gz and 2 more are not"):
        current_files(paths)


def test_legacy_reports_in_parquet_have_their_manifest_elsewhere(tmp_path: Path) -> None:
    folder = "cur/acme/acme/year=2026/month=7"
    paths = put(tmp_path, f"{folder}/acme-00001.snappy.parquet", f"{folder}/stale.snappy.parquet")
    keys = ["cur/acme/acme/year=2026/month=7/acme-00001.snappy.parquet"]
    manifest(tmp_path, f"cur/acme/{LEGACY}/acme-Manifest.json", reportKeys=keys)

    assert current_files(paths) == paths[:1]


def test_months_are_apart_and_what_is_of_no_month_stays(tmp_path: Path) -> None:
    paths = put(
        tmp_path,
        f"a/{LEGACY}/{OLD}/a.csv",
        f"a/20260801-20260901/{NEW}/a.csv",
        "plain.csv",
    )

    assert current(tmp_path, paths) == sorted(str(Path(p).relative_to(tmp_path)) for p in paths)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"dataFiles": "all"}', '{"reportKeys": []}', "[" * 100_000, "\x00"],
)
def test_a_broken_manifest_names_nothing(tmp_path: Path, text: str) -> None:
    one, two = put(tmp_path, f"a/{LEGACY}/{OLD}/a.csv", f"a/{LEGACY}/{NEW}/a.csv")
    put(tmp_path, f"a/{LEGACY}/a-Manifest.json")
    (tmp_path / f"a/{LEGACY}/a-Manifest.json").write_text(text)

    assert current_files([one]) == [one]
    with pytest.raises(InvalidInput, match="no manifest that names one"):
        current_files([one, two])
