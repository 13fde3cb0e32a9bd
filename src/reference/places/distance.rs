//! Distances on the globe, and boxes that hold everything within a distance.
//!
//! A box is what a database can look up by an index; the distance then decides. The boxes are right
//! at the poles and across the 180th meridian, where the Aleutians lie on both sides and Guam is near.

use crate::model::{EARTH_RADIUS_MILES, miles_between};

/// How far a box reaches beyond what was asked, in degrees, so that rounding cuts nothing off.
const SLACK: f64 = 1e-7;

/// A point on the globe.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
}

/// Gives the great-circle distance of two points in miles.
pub fn distance_miles(a: Point, b: Point) -> f64 {
    miles_between((a.latitude, a.longitude), (b.latitude, b.longitude))
}

/// A box of latitudes and longitudes. Where `west` is greater than `east` it spans the 180th meridian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The least latitude.
    pub south: f64,
    /// The greatest latitude.
    pub north: f64,
    /// Where the box begins, going east.
    pub west: f64,
    /// Where the box ends, going east.
    pub east: f64,
}

impl Bounds {
    /// Tells whether a point is in the box.
    pub fn contains(&self, point: Point) -> bool {
        let in_latitude = (self.south..=self.north).contains(&point.latitude);
        in_latitude && self.spans().into_iter().flatten().any(|(west, east)| (west..=east).contains(&point.longitude))
    }

    /// Gives the box's longitudes as spans that rise: one, or two where it spans the 180th meridian.
    pub fn spans(&self) -> [Option<(f64, f64)>; 2] {
        if self.west > self.east {
            [Some((self.west, 180.0)), Some((-180.0, self.east))]
        } else {
            [Some((self.west, self.east)), None]
        }
    }
}

/// Gives the smallest box that holds every point within a distance of `center`.
///
/// A distance below zero, or none that is a number, is taken for zero.
pub fn box_around(center: Point, miles: f64) -> Bounds {
    let angle = miles.max(0.0) / EARTH_RADIUS_MILES;
    let reach = angle.to_degrees() + SLACK;
    let (south, north) = (center.latitude - reach, center.latitude + reach);
    if south <= -90.0 || north >= 90.0 {
        // The circle goes round a pole, so it meets every meridian.
        return Bounds { south: south.max(-90.0), north: north.min(90.0), west: -180.0, east: 180.0 };
    }
    // Where a meridian touches the circle: not at the center's own latitude, but nearer to the pole.
    let width = (angle.sin() / center.latitude.to_radians().cos()).min(1.0).asin().to_degrees() + SLACK;
    Bounds { south, north, west: around(center.longitude - width), east: around(center.longitude + width) }
}

/// Brings a longitude that has run over the 180th meridian back to -180 to 180.
fn around(longitude: f64) -> f64 {
    if longitude < -180.0 {
        longitude + 360.0
    } else if longitude > 180.0 {
        longitude - 360.0
    } else {
        longitude
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(latitude: f64, longitude: f64) -> Point {
        Point { latitude, longitude }
    }

    #[test]
    fn known_distances() {
        for (from, to, miles) in [
            (at(39.9612, -82.9988), at(39.1031, -84.5120), 100.1), // Columbus to Cincinnati
            (at(40.7128, -74.0060), at(34.0522, -118.2437), 2445.6), // New York to Los Angeles
            (at(51.88, -176.65), at(52.83, 173.17), 434.2),        // Adak to Attu, across the meridian
            (at(0.0, 0.0), at(0.0, 180.0), 12436.8),
            (at(90.0, 0.0), at(90.0, 77.0), 0.0),
        ] {
            assert!((distance_miles(from, to) - miles).abs() < 0.5, "{from:?}: {}", distance_miles(from, to));
        }
    }

    #[test]
    fn boxes_span_the_meridian_and_the_poles() {
        let adak = box_around(at(51.88, -176.65), 500.0);
        assert!(adak.west > adak.east && adak.contains(at(52.83, 173.17)) && !adak.contains(at(51.88, 0.0)));
        let guam = box_around(at(13.47, 144.79), 100.0);
        assert!(guam.west < guam.east && guam.contains(at(14.1, 145.2)));
        let pole = box_around(at(89.5, 10.0), 100.0);
        assert!(pole.contains(at(89.9, -170.0)) && (pole.west, pole.east) == (-180.0, 180.0));
        let whole = box_around(at(10.0, 10.0), 20_000.0);
        assert_eq!((whole.south, whole.north, whole.west, whole.east), (-90.0, 90.0, -180.0, 180.0));
        assert!(box_around(at(40.0, -80.0), f64::NAN).contains(at(40.0, -80.0)));
    }

    fn anywhere() -> impl Strategy<Value = Point> {
        (-90.0..=90.0, -180.0..=180.0).prop_map(|(latitude, longitude)| at(latitude, longitude))
    }

    proptest! {
        #[test]
        fn a_box_holds_all_that_is_within_the_distance(center in anywhere(), point in anywhere(), more in 0.0..500.0) {
            let bounds = box_around(center, distance_miles(center, point) + more);
            prop_assert!(bounds.contains(point), "{center:?} {point:?} {bounds:?}");
        }

        #[test]
        fn a_box_holds_what_is_near(center in anywhere(), north in -1.0..1.0, east in -1.0..1.0) {
            let latitude: f64 = center.latitude + north;
            let point = at(latitude.clamp(-90.0, 90.0), around(center.longitude + east));
            prop_assert!(box_around(center, distance_miles(center, point)).contains(point));
        }

        #[test]
        fn distances_are_symmetric(a in anywhere(), b in anywhere()) {
            prop_assert!((distance_miles(a, b) - distance_miles(b, a)).abs() < 1e-6);
            prop_assert!((0.0..=12_437.0).contains(&distance_miles(a, b)));
        }
    }
}
