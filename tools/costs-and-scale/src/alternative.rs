//! The cost of a simple alternative to pixgauge. For each upload, S3 invokes a single function,
//! which downloads and decodes the whole image. An overview scans the table.

use crate::costs::{PLATFORM_LOG_BYTES, bytes};
use crate::counts::Counts;
use crate::prices::{ARM_DURATION, HTTP_REQUEST, INVOCATION, LOGS, READ_UNIT, S3_READ, WRITE_UNIT};
use crate::time;

/// Sizes of images in bytes, each with its share of the uploads. An assumption: photos from phones
/// and cameras, and some graphics.
pub const SIZES: [(f64, f64); 4] = [(200e3, 0.50), (2e6, 0.35), (5e6, 0.12), (20e6, 0.03)];

/// Bytes per second that one function downloads: an assumption, not an AWS quota.
pub const THROUGHPUT: f64 = 50e6;

/// Seconds that decoding takes per byte of the file: an assumption, for a library that decodes the
/// whole image.
pub const DECODING: f64 = 10e-9;

/// Memory of the function in gigabytes: an assumption, enough for the largest image, its pixels and
/// the library.
pub const MEMORY: f64 = 0.5;

/// Mean size of an image, in bytes.
#[must_use]
pub fn mean_size() -> f64 {
    SIZES.iter().map(|(size, share)| size * share).sum()
}

/// Billed seconds of the function for an image of mean size.
#[must_use]
pub fn busy() -> f64 {
    time::S3_CALL + mean_size() * (1.0 / THROUGHPUT + DECODING) + time::TABLE_CALL + time::OWN
}

/// US dollars for a million uploads: invocation, time, GET, one write, and the log.
#[must_use]
pub fn uploads() -> f64 {
    let each = INVOCATION.each()
        + busy() * MEMORY * ARM_DURATION.each()
        + S3_READ.each()
        + WRITE_UNIT.each()
        + PLATFORM_LOG_BYTES * LOGS.each();
    each * 1e6
}

/// US dollars for a million overviews of a table with this many images. Each overview scans the
/// table with eventual consistency: half a read unit for each 4 KB, rounded up.
#[must_use]
pub fn overviews(counts: &Counts, images: f64) -> f64 {
    let units = (images * bytes(counts.item_bytes) / 4096.0).ceil() / 2.0;
    let each = HTTP_REQUEST.each() + INVOCATION.each() + units * READ_UNIT.each();
    each * 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::assert_close;

    #[test]
    fn shares_add_up_to_one() {
        assert_close(SIZES.iter().map(|(_, share)| share).sum(), 1.0);
        assert!((mean_size() - 2e6).abs() < 1.0);
    }

    #[test]
    fn an_overview_costs_what_it_reads() {
        let counts = Counts { uploads: Vec::new(), queries: Vec::new(), item_bytes: 4096 };
        let difference = overviews(&counts, 2_000.0) - overviews(&counts, 1_000.0);
        assert_close(difference, 500.0 * READ_UNIT.dollars);
    }
}
