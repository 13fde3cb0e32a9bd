//! Known answers over the bundled table, and what must hold for all of it.

use proptest::prelude::*;

use super::fold::fold;
use super::*;

fn places() -> &'static Places {
    Places::bundled()
}

/// Writes a spot as `name, state / county / metropolitan area's code`.
fn said(spot: Option<Spot<'_>>) -> String {
    let Some(spot) = spot else { return String::new() };
    let metro = spot.metro.map_or("", |metro| metro.code);
    format!("{}, {} / {} / {metro}", spot.name, spot.state, spot.county.unwrap_or_default())
}

#[test]
fn known_zip_codes() {
    for (code, expected) in [
        ("43215", "Columbus, OH / Franklin County / 0018140"),
        ("43017-1234", "Dublin, OH / Franklin County / 0018140"),
        ("45219", "Cincinnati, OH / Hamilton County / 0017140"),
        ("44114", "Cleveland, OH / Cuyahoga County / 0017410"),
        ("41011", "Covington, KY / Kenton County / 0017140"),
        ("10001", "New York, NY / New York County / 0035620"),
        ("11201", "Brooklyn, NY / Kings County / 0035620"),
        ("02115", "Boston, MA / Suffolk County / 0014460"),
        ("01002", "Amherst, MA / Hampshire County / 0011200"),
        ("06103", "Hartford, CT / Capitol Planning Region / 0025540"),
        ("06510", "New Haven, CT / South Central Connecticut Planning Region / 0035300"),
        ("06702", "Waterbury, CT / Naugatuck Valley Planning Region / 0047930"),
        ("06901", "Stamford, CT / Western Connecticut Planning Region / 0014860"),
        ("06790", "Torrington, CT / Northwest Hills Planning Region / "),
        ("20001", "Washington, DC / District of Columbia / 0047900"),
        ("20850", "Rockville, MD / Montgomery County / 0047900"),
        ("21201", "Baltimore, MD / Baltimore city / 0012580"),
        ("21204", "Towson, MD / Baltimore County / 0012580"),
        ("22314", "Alexandria, VA / Alexandria city / 0047900"),
        ("23510", "Norfolk, VA / Norfolk city / 0047260"),
        ("23219", "Richmond, VA / Richmond city / 0040060"),
        ("60601", "Chicago, IL / Cook County / 0016980"),
        ("53140", "Kenosha, WI / Kenosha County / 0028450"),
        ("63101", "St. Louis, MO / St. Louis city / 0041180"),
        ("64108", "Kansas City, MO / Jackson County / 0028140"),
        ("66101", "Kansas City, KS / Wyandotte County / 0028140"),
        ("70112", "New Orleans, LA / Orleans Parish / 0035380"),
        ("70458", "Slidell, LA / St. Tammany Parish / 0043640"),
        ("77030", "Houston, TX / Harris County / 0026420"),
        ("78701", "Austin, TX / Travis County / 0012420"),
        ("80202", "Denver, CO / Denver County / 0019740"),
        ("85004", "Phoenix, AZ / Maricopa County / 0038060"),
        ("90012", "Los Angeles, CA / Los Angeles County / 0031080"),
        ("94103", "San Francisco, CA / San Francisco County / 0041860"),
        ("98101", "Seattle, WA / King County / 0042660"),
        ("97201", "Portland, OR / Multnomah County / 0038900"),
        ("99501", "Anchorage, AK / Anchorage Municipality / 0011260"),
        ("96813", "Honolulu, HI / Honolulu County / 0046520"),
        ("72201", "Little Rock, AR / Pulaski County / 0030780"),
        ("59601", "Helena, MT / Lewis and Clark County / 0025740"),
        ("19947", "Georgetown, DE / Sussex County / "),
        ("00901", "San Juan, PR / San Juan Municipio / 0041980"),
        ("00680", "Mayag\u{fc}ez, PR / Mayag\u{fc}ez Municipio / 0032420"),
        ("96910", "Hag\u{e5}t\u{f1}a, GU / Guam / "),
        ("00802", "St. Thomas, VI / St. Thomas Island / "),
        ("96799", "Pago Pago, AS / Eastern District / "),
        ("96950", "Saipan, MP / Saipan Municipality / "),
        ("09012", "Military post office, AE /  / "),
        ("34002", "Military post office, AA /  / "),
        ("96301", "Military post office, AP /  / "),
        ("00000", ""),
        ("4321", ""),
        ("432155", ""),
        ("4321a", ""),
        ("", ""),
    ] {
        assert_eq!(said(places().zip(code)), expected, "{code}");
    }
}

#[test]
fn known_cities() {
    for (city, state, expected) in [
        ("Columbus", "OH", "Columbus, OH / Franklin County / 0018140"),
        ("Columbus", "GA", "Columbus, GA / Muscogee County / 0017980"),
        ("Columbus", "IN", "Columbus, IN / Bartholomew County / 0018020"),
        ("Springfield", "IL", "Springfield, IL / Sangamon County / 0044100"),
        ("Springfield", "MO", "Springfield, MO / Greene County / 0044180"),
        ("Springfield", "MA", "Springfield, MA / Hampden County / 0044140"),
        ("Portland", "ME", "Portland, ME / Cumberland County / 0038860"),
        ("Portland", "OR", "Portland, OR / Multnomah County / 0038900"),
        ("Washington", "DC", "Washington, DC / District of Columbia / 0047900"),
        ("New York", "NY", "New York, NY /  / 0035620"),
        ("Queens", "NY", "Queens, NY / Queens County / 0035620"),
        ("Saint Paul", "MN", "Saint Paul, MN / Ramsey County / 0033460"),
        ("Kansas City", "MO", "Kansas City, MO / Jackson County / 0028140"),
        ("St. Louis", "MO", "St. Louis, MO / St. Louis city / 0041180"),
        ("Richmond", "VA", "Richmond, VA / Richmond city / 0040060"),
        ("Alexandria", "VA", "Alexandria, VA / Alexandria city / 0047900"),
        ("Bethesda", "MD", "Bethesda, MD / Montgomery County / 0047900"),
        ("Salt Lake City", "UT", "Salt Lake City, UT / Salt Lake County / 0041620"),
        ("Las Vegas", "NV", "Las Vegas, NV / Clark County / 0029820"),
        ("Nashville", "TN", "Nashville, TN / Davidson County / 0034980"),
        ("Louisville", "KY", "Louisville, KY / Jefferson County / 0031140"),
        ("Rochester", "MN", "Rochester, MN / Olmsted County / 0040340"),
        ("Hershey", "PA", "Hershey, PA / Dauphin County / 0025420"),
        ("Danville", "PA", "Danville, PA / Montour County / "),
        ("Bloomington", "IN", "Bloomington, IN / Monroe County / 0014020"),
        ("Chapel Hill", "NC", "Chapel Hill, NC / Orange County / 0020500"),
        ("Fort Bragg", "NC", "Fort Bragg, NC / Cumberland County / 0022180"),
        ("Bayam\u{f3}n", "PR", "Bayam\u{f3}n, PR / Bayam\u{f3}n Municipio / 0041980"),
        ("Nome", "AK", "Nome, AK / Nome Census Area / "),
        ("Plantation", "FL", "Plantation, FL / Broward County / 0033100"),
        ("Bozeman", "MT", "Bozeman, MT / Gallatin County / 0014580"),
        ("Poughkeepsie", "NY", "Poughkeepsie, NY / Dutchess County / 0028880"),
    ] {
        assert_eq!(said(places().city(city, state)), expected, "{city}, {state}");
    }
}

#[test]
fn states_have_points() {
    for state in states::STATES {
        let spot = places().state(state.code).unwrap();
        assert_eq!((spot.state, spot.precision), (state.code, SpotPrecision::State));
        assert_eq!(spot.point.is_some(), !is_military(state.code), "{}", state.code);
    }
    let ohio = places().state("Ohio").unwrap().point.unwrap();
    assert!(distance_miles(ohio, Point { latitude: 40.3, longitude: -82.7 }) < 30.0);
    let alaska = places().state("AK").unwrap().point.unwrap();
    assert!((55.0..70.0).contains(&alaska.latitude) && (-160.0..-145.0).contains(&alaska.longitude), "{alaska:?}");
    assert_eq!(places().state("ZZ"), None);
}

#[test]
fn points_are_where_they_should_be() {
    for (spot, latitude, longitude) in [
        (places().zip("43215"), 39.966, -83.012),
        (places().city("Cincinnati", "OH"), 39.127, -84.514),
        (places().county("Franklin County", "OH"), 39.99, -82.99),
        (places().zip("99546"), 51.88, -176.64),
        (places().zip("96910"), 13.47, 144.75),
    ] {
        let point = spot.unwrap().point.unwrap();
        assert!(distance_miles(point, Point { latitude, longitude }) < 6.0, "{point:?}");
    }
}

#[test]
fn every_name_is_found_by_its_own_key() {
    let mut names = 0;
    for (key, rows) in places().table.keys() {
        for row in rows.filter(|row| !row.is_alias()) {
            assert_eq!(fold(row.name), key, "{}, {}", row.name, row.state);
            names += 1;
        }
    }
    assert!(names > 36_000);
}

#[test]
fn every_metropolitan_area_has_its_first_city() {
    let mut astray = Vec::new();
    for at in 0..393 {
        let metro = places().table.metro(at).unwrap();
        let (cities, state) = metro.name.rsplit_once(", ").unwrap();
        let (city, state) = (cities.split("--").next().unwrap(), state.split('-').next().unwrap());
        let first = city.split(['-', '/']).next().unwrap();
        let spot = places().city(city, state).or_else(|| places().city(first, state));
        if spot.and_then(|spot| spot.metro) != Some(metro) {
            astray.push(metro.name);
        }
    }
    assert_eq!(places().table.metro(393), None);
    assert_eq!(astray, Vec::<&str>::new());
}

#[test]
fn the_box_and_the_distance_agree_with_all_distances() {
    let table = &places().table;
    let points: Vec<_> = table.keys().flat_map(|(_, rows)| rows).filter_map(|row| row.point).collect();
    // A fixed walk over the table: 200 centers all over the US and its territories.
    for at in 0..200 {
        let center = points[at * 7919 % points.len()];
        let miles = [5.0, 25.0, 60.0, 150.0, 700.0][at % 5];
        let bounds = box_around(center, miles);
        let near = |point: &&Point| distance_miles(center, **point) <= miles;
        let all = points.iter().filter(near).count();
        let boxed = points.iter().filter(|point| bounds.contains(**point)).filter(near).count();
        assert_eq!(all, boxed, "{center:?} {miles}");
        assert!(all > 0);
    }
}

#[test]
fn zip_codes_are_read() {
    for text in ["43215", " 43215 ", "43215-1234", "432151234"] {
        assert_eq!(ZipCode::parse(text).unwrap().as_str(), "43215");
    }
    for text in ["", "4321", "43215-", "43215-123", "4321\u{e9}", "-43215", "43215 1234", "43215--123"] {
        assert_eq!(ZipCode::parse(text), None, "{text}");
    }
    assert_eq!(format!("{:>7}", ZipCode::from_number(501)), "  00501");
    assert_eq!(model::Precision::from(SpotPrecision::ZipCode), model::Precision::PostalCode);
    assert!(Places::read(b"no file of places").is_err());
}

proptest! {
    #[test]
    fn any_text_is_looked_up_without_panic(
        name in "\\PC{0,60}|(Saint|St.|of|City| |, |-|OH|\u{e9}|Twp|43215){0,8}",
        state in "\\PC{0,12}|OH|AE|Ohio",
    ) {
        let places = places();
        for spot in [places.zip(&name), places.city(&name, &state), places.county(&name, &state), places.state(&state), places.unique_city(&name)] {
            prop_assert!(spot.is_none_or(|spot| spot.state.len() == 2));
        }
    }
}
