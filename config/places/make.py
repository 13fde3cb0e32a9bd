#!/usr/bin/env python3
"""Makes places.bin.zst from public data: see README.md beside this file for sources and steps.

    python3 make.py --zips US.txt --cities cities500.json --counties us_counties.json \
        --zcta zcta_centroids_us.csv --areas areas.csv --output places.bin.zst

The same input gives the same bytes. `fold` must do what `src/reference/places/fold.rs` does; a test
there compares the two over every name.
"""

import argparse
import collections
import csv
import json
import math
import pathlib
import re
import struct
import subprocess
import unicodedata

HERE = pathlib.Path(__file__).parent
EARTH_RADIUS = 3958.7613
NONE = 0xFFFF
UNMISTAKABLE, ALIAS, SHADOWED = 1, 2, 4
TERRITORIES = ("PR", "VI", "GU", "AS", "MP")
STATE_NAMES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia",
    "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana",
    "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland",
    "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri",
    "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey",
    "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio",
    "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah",
    "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin",
    "WY": "Wyoming", "AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands",
    "PR": "Puerto Rico", "VI": "U.S. Virgin Islands",
}
# Census names of Connecticut's planning regions, and the points of the counties that they replaced
# (Census Gazetteer, 2020), which people still name.
PLANNING_REGIONS = {
    "09110": "Capitol", "09120": "Greater Bridgeport", "09130": "Lower Connecticut River Valley",
    "09140": "Naugatuck Valley", "09150": "Northeastern Connecticut", "09160": "Northwest Hills",
    "09170": "South Central Connecticut", "09180": "Southeastern Connecticut",
    "09190": "Western Connecticut",
}
OLD_COUNTIES = {
    "09001": (41.2274, -73.3671), "09003": (41.8061, -72.7329), "09005": (41.7919, -73.2354),
    "09007": (41.4339, -72.5228), "09009": (41.3497, -72.9002), "09011": (41.4727, -72.1086),
    "09013": (41.8581, -72.3410), "09015": (41.8250, -71.9907),
}
# Words that stand for one another in names of places, as `fold.rs` has them.
WORDS = {
    "saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt", "north": "n", "south": "s", "east": "e",
    "west": "w", "point": "pt", "heights": "hts", "hgts": "hts", "springs": "spgs", "junction": "jct",
    "jctn": "jct", "center": "ctr", "centre": "ctr", "township": "twp", "mtn": "mountain",
}
# Texts in the place of a city that mean something else.
NO_CITIES = ("mobile", "remote", "virtual", "home", "normal", "hybrid", "anywhere", "reading", "flexible", "onsite")
# Initials that GeoNames writes as words.
INITIALS = ("Afb", "Arb", "Cbc", "Dhs", "Jber", "Jbphh", "Jbsa", "Jrb", "Mcbh", "Mdl", "Usaf")


def short(word):
    """Writes a word the short way."""
    if len(word) > 7 and word.endswith("borough"):
        return word[:-3]
    return WORDS.get(word, word)


def fold(text):
    """Gives the key under which a name is found."""
    text = unicodedata.normalize("NFD", text).lower()
    letters = []
    for letter in text:
        if unicodedata.combining(letter) or letter in ".'\u2019\u2018\u02bb\u02bc`":
            continue
        letters.append(" and " if letter == "&" else letter if letter.isalnum() else " ")
    words = [short(word) for word in "".join(letters).split()]
    return "".join(words).replace("airforcebase", "afb")


def spelled(name):
    """Gives a post office's name with initials as capitals."""
    words = [word.upper() if word in INITIALS else word for word in name.split(" ")]
    return " ".join(words).replace("Ft Sam Houston", "Fort Sam Houston").replace("Fe Warren", "F.E. Warren")


def distance(a, b):
    """Gives the great-circle distance of two points in miles."""
    (lat_a, lon_a), (lat_b, lon_b) = [tuple(map(math.radians, point)) for point in (a, b)]
    half = (math.sin((lat_b - lat_a) / 2) ** 2
            + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2)
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(half)))


def middle(points):
    """Gives the middle of points on the globe, right across the antimeridian too."""
    x = y = z = 0.0
    for latitude, longitude in points:
        lat, lon = math.radians(latitude), math.radians(longitude)
        x, y, z = x + math.cos(lat) * math.cos(lon), y + math.cos(lat) * math.sin(lon), z + math.sin(lat)
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def median(points):
    """Gives the point in the middle of most points, which one stray point does not move."""
    return min(points, key=lambda point: sum(distance(point, other) for other in points))


def lines(name):
    """Gives the lines of a hand-written file without its remarks."""
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


class Near:
    """Finds the ZIP codes nearest to a point."""

    def __init__(self, rows):
        self.cells = collections.defaultdict(list)
        for row in rows:
            self.cells[self.cell(row["point"])].append(row)

    @staticmethod
    def cell(point):
        return int(point[0] // 0.5), int(point[1] // 0.5)

    def nearest(self, point, count):
        row, column = self.cell(point)
        near = [
            (distance(point, found["point"]), found["zip"], found)
            for i in range(row - 1, row + 2) for j in range(column - 1, column + 2)
            for found in self.cells[i, j]
        ]
        return [(far, found) for far, _, found in sorted(near, key=lambda item: item[:2])[:count]]


def read_zcta(path):
    """Reads the Census Bureau's ZCTA points, from its Gazetteer file or a csv of it."""
    text = path.read_text(encoding="utf-8-sig")
    mark = max("\t|,", key=text.partition("\n")[0].count)
    points = {}
    for row in csv.DictReader(text.splitlines(), delimiter=mark):
        row = {key.strip(): value.strip() for key, value in row.items() if key}
        latitude = row.get("LAT") or row["INTPTLAT"]
        longitude = row.get("LONG") or row["INTPTLONG"]
        points[row["GEOID"]] = (float(latitude), float(longitude))
    return points


def read_cities(path):
    """Reads GeoNames' populated places: those of the US, and the most populous of each foreign name."""
    ours, foreign = [], {}
    for row in json.loads(path.read_text(encoding="utf-8")).values():
        country, name = row["countrycode"], row["name"]
        if country != "US" and country not in TERRITORIES:
            key = fold(name)
            foreign[key] = max(foreign.get(key, 0), row["population"])
            continue
        name = re.sub(r" \((historical|balance|village)\)", "", name)
        if country in ("GU", "MP"):
            name = re.sub(r" [Vv]illage$", "", name)
        name = re.sub(r"^(City|Town|Borough|Village) of (?!the )", "", name)
        state = row["admin1code"] if country == "US" else country
        county = {"PR": "72", "VI": "78", "AS": "60", "MP": "69"}.get(country)
        county = "66010" if country == "GU" else county and county + row["admin1code"]
        ours.append({"name": name, "state": state, "point": (row["latitude"], row["longitude"]),
                     "population": row["population"], "county": county})
    return ours, foreign


def read_zips(path, zcta, counties, cities):
    """Reads every ZIP code with its place, county and point; military ones need no table."""
    fips_of_state = {county["state"]: fips[:2] for fips, county in counties.items()}
    city_points = collections.defaultdict(list)
    for city in cities:
        city_points[fold(city["name"]), city["state"]].append(city["point"])
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        _, code, name, _, state, _, county, _, _, latitude, longitude, _ = line.split("\t")
        if state in ("", "MH"):
            continue
        point = zcta.get(code) or (float(latitude), float(longitude))
        cities_here = city_points.get((fold(name), state), [])
        if code not in zcta and cities_here and min(distance(point, city) for city in cities_here) > 25:
            point = cities_here[0]
        found[code] = {"zip": code, "name": spelled(name), "state": state,
                       "county": fips_of_state[state] + county, "point": point, "area": code in zcta}
    # Places whose points others take come first.
    for line in sorted(lines("territories.txt"), key=lambda line: not any(code in zcta for code in line.split())):
        head, codes = line.split(":")
        state, county, name = head.split(" ", 2)
        for code in codes.split():
            beside = [zcta[other] for other in codes.split() if other in zcta] + city_points[fold(name), state]
            beside = beside or [middle([row["point"] for row in found.values() if row["county"] == county])]
            point = zcta.get(code) or beside[0]
            found[code] = {"zip": code, "name": name, "state": state, "county": county,
                           "point": point, "area": code in zcta}
    for line in lines("corrections.txt"):
        county, *codes = line.split()
        for code in codes:
            found[code]["county"] = county
    unknown = sorted({row["county"] for row in found.values()} - set(counties))
    assert not unknown, f"counties without a name: {unknown}"
    lost = [code for code, row in found.items() if abs(row["point"][0]) < 1]
    assert not lost, f"ZIP codes without a point: {lost}"
    return sorted(found.values(), key=lambda row: row["zip"])


def read_counties(path):
    """Reads the names of counties by FIPS code, with Connecticut's planning regions."""
    counties = {row["fips"]: row for row in json.loads(path.read_text(encoding="utf-8"))}
    for fips, name in PLANNING_REGIONS.items():
        counties[fips] = {"fips": fips, "name": name + " Planning Region", "state": "CT"}
    counties["66010"]["name"] = "Guam"
    return {fips: row for fips, row in counties.items() if row["state"] in STATE_NAMES}


def read_metros(path):
    """Reads which metropolitan area each county is in, and the areas' names from the wage table's file."""
    names = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["areatype"] == "M" and row["area_code"].startswith("00"):
                names[row["area_code"]] = row["area_name"]
    metro_of = {}
    for line in lines("metropolitan_counties.txt"):
        state, code, *counties = line.split()
        for county in counties:
            assert state + county not in metro_of, state + county
            metro_of[state + county] = "00" + code
    assert set(metro_of.values()) == set(names), set(metro_of.values()) ^ set(names)
    return names, metro_of


def settled(values, share):
    """Gives the value that at least this share of the values is, or None."""
    tally = collections.Counter(values).most_common(1)
    return tally[0][0] if tally and tally[0][1] >= share * len(values) else None


def place_rows(zips, cities, metro_of):
    """Joins post offices and populated places: one row for each place that can be told apart."""
    near = Near([row for row in zips if row["area"]])
    by_name = collections.defaultdict(lambda: {"cities": [], "zips": []})
    for row in zips:
        by_name[fold(row["name"]), row["state"]]["zips"].append(row)
    for city in sorted(cities, key=lambda city: (-city["population"], city["name"], city["point"])):
        key = fold(city["name"])
        if key == "thebronx":
            city, key = {**city, "name": "Bronx"}, "bronx"
        if key == "newyorkcity":
            city, key = {**city, "name": "New York"}, "newyork"
        if not re.search(r"[/,]|\bNumber \d", city["name"]):
            by_name[key, city["state"]]["cities"].append(city)
    rows = []
    for (key, state), group in sorted(by_name.items()):
        places = []
        for city in group["cities"]:
            if all(distance(city["point"], place["point"]) > 15 for place in places):
                places.append({"name": city["name"], "point": city["point"], "county": city["county"],
                               "population": city["population"], "zips": []})
        stray = []
        for row in group["zips"]:
            home = min(places, key=lambda place: distance(place["point"], row["point"]), default=None)
            # In Alaska the middle of a ZIP code's land may be far from its only village.
            if home and distance(home["point"], row["point"]) <= (250 if state == "AK" else 40):
                home["zips"].append(row)
            else:
                stray.append(row)
        while stray:
            center = median([row["point"] for row in stray if row["area"]] or [row["point"] for row in stray])
            # GeoNames' points of post office boxes are not to be relied on.
            here = [row for row in stray if distance(center, row["point"]) <= 40 or not row["area"]]
            stray = [row for row in stray if row not in here]
            for row in here:
                row["point"] = row["point"] if row["area"] or distance(center, row["point"]) <= 40 else center
            places.append({"name": here[0]["name"], "point": center, "county": None, "population": 0, "zips": here})
        for place in places:
            place.update(key=key, state=state, flags=0)
            settle_county(place, near, metro_of)
        rows.extend(places)
    return rows


def settle_county(place, near, metro_of):
    """Finds the county and metropolitan area of a place; where its ZIP codes disagree it has none."""
    counties = [row["county"] for row in place["zips"] if row["area"]] or [row["county"] for row in place["zips"]]
    if place["county"]:
        counties = [place["county"]]
    elif not counties:
        nearest = near.nearest(place["point"], 3)
        in_state = [row["county"] for far, row in nearest if row["state"] == place["state"] and far < 25]
        counties = in_state if len(set(in_state)) == 1 or len(in_state) >= 2 else []
        if nearest and nearest[0][0] < 1 and nearest[0][1]["state"] == place["state"]:
            counties = [nearest[0][1]["county"]]
        place["county"] = settled(counties, 1)
    if not place["county"]:
        place["county"] = settled(counties, 2 / 3)
    if not place["county"] and place["population"]:
        # A city with a known center is in the county of the ZIP code there.
        center = min(place["zips"], key=lambda row: distance(row["point"], place["point"]), default=None)
        if center and distance(center["point"], place["point"]) < 10:
            place["county"] = center["county"]
    if (place["key"], place["state"]) == ("newyork", "NY"):
        place["county"] = None
    if place["county"]:
        place["metro"] = metro_of.get(place["county"])
    else:
        place["metro"] = settled([metro_of.get(county) for county in counties], 1)


def is_part(place, big):
    """Tells whether a place is but a part of a city: no post office, and a far bigger one next to it."""
    return not place["zips"] and any(
        far < 15 and city["population"] >= 10 * place["population"] and city["state"] == place["state"]
        for far, city in big.nearest(place["point"], 5) if city["name"] != place["name"])


def shadow(rows):
    """Where one state has a name twice, decides which place answers to it: the far more populous one,
    or else the only one that is a post office, for addresses are written by post offices."""
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row["key"], row["state"]].append(row)
    for places in groups.values():
        first, *rest = sorted(places, key=lambda place: (-place["population"], place["point"]))
        if not rest:
            continue
        post = [place for place in places if place["zips"]]
        if first["population"] >= 20 * max(rest[0]["population"], 250):
            winner = first
        elif len(post) == 1 and first["population"] <= 10 * max(post[0]["population"], 250):
            winner = post[0]
        else:
            continue
        for place in places:
            if place is not winner:
                place["flags"] |= SHADOWED


def mark_unmistakable(rows, foreign):
    """Marks the places that a name means even without a state."""
    names = {fold(name) for name in STATE_NAMES.values()}
    big = Near([{"zip": "", **row} for row in rows if row["population"] >= 100_000])
    by_key = collections.defaultdict(list)
    for row in rows:
        if not row["flags"] & SHADOWED and not is_part(row, big):
            by_key[row["key"]].append(row)
    for key, places in by_key.items():
        places.sort(key=lambda place: -place["population"])
        first, others = places[0], sum(max(place["population"], 250) for place in places[1:])
        clear = first["population"] >= 100_000 and first["population"] >= 20 * others
        only = len(places) == 1 and first["population"] >= 5_000 and first["zips"]
        if (clear or only) and key not in names and key not in NO_CITIES and foreign.get(key, 0) <= first["population"]:
            first["flags"] |= UNMISTAKABLE


def add_aliases(rows):
    """Adds the other names of places as rows of their own; a name that is taken stays what it is."""
    at = {(row["key"], row["state"]): row for row in rows if not row["flags"] & SHADOWED}
    missing = []
    for line in lines("aliases.txt"):
        head, others = line.split(":")
        state, name = head.split(" ", 1)
        target = at.get((fold(name), state))
        if not target:
            missing.append(head)
            continue
        for other in others.split(";"):
            key = fold(other)
            if (key, state) not in at:
                alias = {**target, "key": key, "flags": ALIAS, "zips": target["zips"]}
                if key in ("nyc", "newyorkcity", "washingtondc"):
                    alias["flags"] |= UNMISTAKABLE
                rows.append(alias)
                at[key, state] = alias
    if missing:
        print("aliases of places that are not there:", missing)


def county_rows(zips, places, counties, metro_of):
    """Gives every county that has a point: the middle of its ZIP codes, or else of its places."""
    points = collections.defaultdict(list)
    for row in zips:
        points[row["county"]].append((row["area"], row["point"]))
    rows = []
    for fips, county in counties.items():
        here = points.get(fips, [])
        here = [point for area, point in here if area] or [point for _, point in here]
        here = here or [place["point"] for place in places if place["county"] == fips]
        point = middle(here) if here else OLD_COUNTIES.get(fips)
        if point:
            rows.append({"fips": fips, "name": county["name"], "state": county["state"], "point": point,
                         "metro": metro_of.get(fips), "key": county_key(county["name"])})
    return sorted(rows, key=lambda row: (row["state"], row["key"], row["fips"]))


def county_key(name):
    """Folds a county's name; what kind of county it is does not count, but that it is a city does."""
    kinds = (" City and Borough", " Census Area", " Planning Region", " Municipality", " Municipio", " County",
             " Parish", " Borough", " District", " Island")
    for kind in kinds:
        if name.endswith(kind):
            return fold(name[: -len(kind)])
    return fold(name)


def planes(layout, values):
    """Packs numbers so that their first bytes stand together, then their second ones: that packs better."""
    packed = struct.pack(f"<{len(values)}{layout}", *values)
    width = struct.calcsize(layout)
    return b"".join(packed[byte::width] for byte in range(width))


def degrees(rows, axis):
    """Gives one coordinate of all rows in ten-thousandths of a degree."""
    return [round(row["point"][axis] * 10_000) for row in rows]


def steps(values):
    """Gives each number's difference to the one before it."""
    return [value - before for value, before in zip(values, [0] + values)]


def sections(zips, places, counties, metros):
    """Gives the sections of the file in the order in which `table.rs` reads them."""
    states = sorted(STATE_NAMES)
    metro_codes = sorted(metros)
    metro_at = {code: at for at, code in enumerate(metro_codes)} | {None: NONE}
    county_at = {county["fips"]: at for at, county in enumerate(counties)} | {None: NONE}
    zip_at = {row["zip"]: at for at, row in enumerate(zips)}
    place_at = {}
    for at, place in enumerate(places):
        if not place["flags"] & ALIAS:
            place_at.update((row["zip"], at) for row in place["zips"])
    text = lambda values: "\n".join(values).encode()
    state_lines = []
    for state in states:
        here = [row["point"] for row in zips if row["state"] == state and row["area"]]
        latitude, longitude = middle(here)
        state_lines.append(f"{state}\t{latitude:.4f}\t{longitude:.4f}")
    keys = sorted({place["key"] for place in places})
    tally = collections.Counter(place["key"] for place in places)
    size = lambda place: place["population"].bit_length()
    only_zip = lambda place: zip_at[place["zips"][0]["zip"]] if len(place["zips"]) == 1 else NONE
    return [
        text(state_lines),
        text(f"{code}\t{metros[code]}" for code in metro_codes),
        text(f"{county['fips']}\t{county['state']}\t{county['key']}\t{county['name']}" for county in counties),
        planes("H", [metro_at[county["metro"]] for county in counties]),
        planes("i", degrees(counties, 0)),
        planes("i", degrees(counties, 1)),
        text(keys),
        planes("B", [tally[key] for key in keys]),
        text(place["name"] for place in places),
        planes("B", [states.index(place["state"]) for place in places]),
        planes("B", [place["flags"] for place in places]),
        planes("B", [size(place) for place in places]),
        planes("H", [county_at[place["county"]] for place in places]),
        planes("H", [metro_at[place["metro"]] for place in places]),
        planes("H", [only_zip(place) for place in places]),
        planes("i", degrees(places, 0)),
        planes("i", degrees(places, 1)),
        planes("H", steps([int(row["zip"]) for row in zips])),
        planes("H", [place_at[row["zip"]] for row in zips]),
        planes("H", [county_at[row["county"]] for row in zips]),
        planes("i", steps(degrees(zips, 0))),
        planes("i", steps(degrees(zips, 1))),
    ]


def main():
    """Reads the sources, joins them and writes the file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("zips", "cities", "counties", "zcta", "areas", "output"):
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    options = parser.parse_args()
    counties = read_counties(options.counties)
    cities, foreign = read_cities(options.cities)
    zips = read_zips(options.zips, read_zcta(options.zcta), counties, cities)
    metros, metro_of = read_metros(options.areas)
    places = place_rows(zips, cities, metro_of)
    shadow(places)
    mark_unmistakable(places, foreign)
    add_aliases(places)
    places.sort(key=lambda place: (place["key"], place["state"], place["name"], place["point"]))
    county_table = county_rows(zips, places, counties, metro_of)
    parts = sections(zips, places, county_table, metros)
    body = b"JRPLACE1" + struct.pack("<I", len(parts)) + b"".join(struct.pack("<I", len(part)) + part for part in parts)
    plain = options.output.with_suffix("")
    plain.write_bytes(body)
    subprocess.run(["zstd", "-19", "--ultra", "-q", "-f", "--no-check", plain, "-o", options.output], check=True)
    plain.unlink()
    print(f"{len(zips)} ZIP codes, {len(places)} names of places, {len(county_table)} counties, {len(metros)} areas;"
          f" {len(body)} bytes, {options.output.stat().st_size} packed")


if __name__ == "__main__":
    main()
