#!/usr/bin/env python3
"""Makes wages.csv.zst from the BLS OEWS flat files in a SQLite database: see README.md beside this file.

    python3 make.py --database oews-2025.sqlite --output wages.csv.zst

The same input gives the same bytes.
"""

import argparse
import csv
import io
import pathlib
import sqlite3
import subprocess

# Occupations that postings of the field are in.
OCCUPATIONS = (
    "11-9111", "13-1041", "15-1211", "25-1071", "29-2072", "29-9021", "31-9094", "43-3021", "43-4071",
    "43-6013", "43-9041",
)
# Columns of the csv beside BLS's numbers of the data types.
MEASURES = (
    ("employment", "01"), ("hourly_mean", "03"), ("annual_mean", "04"),
    ("h_p10", "06"), ("h_p25", "07"), ("h_median", "08"), ("h_p75", "09"), ("h_p90", "10"),
    ("a_p10", "11"), ("a_p25", "12"), ("a_median", "13"), ("a_p75", "14"), ("a_p90", "15"),
)
# BLS's footnote for a wage above the highest that it publishes; this release has none.
TOP_CODED = "5"


def rows(database):
    """Gives the csv's rows: nation, states and areas, each with every occupation that has an estimate."""
    meta = dict(database.execute("SELECT name, value FROM meta"))
    areas = database.execute("SELECT area_code, areatype_code, area_name FROM area ORDER BY area_code").fetchall()
    titles = dict(database.execute("SELECT occupation_code, occupation_name FROM occupation"))
    columns = ", ".join(f"v{code}, f{code}" for _, code in MEASURES)
    for occupation in OCCUPATIONS:
        code = occupation.replace("-", "")
        for area, kind, name in areas:
            key = f"OEU{kind}{area}000000{code}"
            found = database.execute(f"SELECT {columns} FROM cell WHERE key = ?", (key,)).fetchone()
            if found:
                values = ["#" if note == TOP_CODED else value for value, note in zip(found[::2], found[1::2])]
                yield [kind, area, name, occupation, titles[code], *values, meta["release"]]


def main():
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--database", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    header = ["areatype", "area_code", "area_name", "soc", "soc_title", *(name for name, _ in MEASURES), "release"]
    writer.writerow(header)
    writer.writerows(rows(sqlite3.connect(f"file:{options.database}?mode=ro", uri=True)))
    plain = options.output.with_suffix("")
    plain.write_text(text.getvalue(), encoding="utf-8")
    subprocess.run(["zstd", "-19", "--ultra", "-q", "-f", "--no-check", plain, "-o", options.output], check=True)
    print(f"{text.getvalue().count(chr(10)) - 1} rows; {plain.stat().st_size} bytes, {options.output.stat().st_size} packed")
    plain.unlink()


if __name__ == "__main__":
    main()
