//! Property tests: guarantees that hold for any object and any range server.

use probe::{Hint, Image, Limits, Probe, ProbeError};
use proptest::prelude::*;

use crate::adversary;
use crate::drive::{part, run};
use crate::images;

/// Inputs of [`adversary::check`]: control bytes, then an image with up to 7 bytes changed. The
/// control bytes are random, or zero for a server without faults.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let images: Vec<Vec<u8>> = images::all().into_iter().map(|(_, image)| image).collect();
    let image = proptest::sample::select(images);
    let damage = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8);
    let control = prop_oneof![Just([0; 6]), any::<[u8; 6]>()];
    (control, image, damage).prop_map(|(control, mut image, damage)| {
        for (index, byte) in damage {
            let index = index.index(image.len());
            image[index] = byte;
        }
        [&control[..], &image].concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_guarantees_hold_for_damaged_images_and_lying_servers(input in input()) {
        adversary::check(&input);
    }

    #[test]
    fn the_guarantees_hold_for_noise(input in proptest::collection::vec(any::<u8>(), 0..256)) {
        adversary::check(&input);
    }
}

/// Probes an object. The first read returns at most `lengths[0]` bytes, the second at most
/// `lengths[1]`, and so on, in rotation. The number of reads is not limited.
fn probe_in_parts(key: &str, object: &[u8], lengths: &[usize]) -> Result<Image, ProbeError> {
    let hint = Hint { key, content_type: None };
    let limits = Limits { max_reads: u32::MAX, max_bytes: u64::MAX };
    let mut probe = Probe::with_limits(object.len() as u64, hint, limits).with_location(true);
    let mut lengths = lengths.iter().cycle();
    run(&mut probe, |range| {
        let mut bytes = part(object, range);
        bytes.truncate(lengths.next().map_or(usize::MAX, |length| *length));
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_answer_does_not_depend_on_the_split_into_reads(
        input in input(),
        key in proptest::sample::select(vec!["", "a.png", "a.tga", "a.tif"]),
        lengths in proptest::collection::vec(1_usize..200, 1..4),
    ) {
        let object = &input[6..];
        let whole = probe_in_parts(key, object, &[object.len()]);
        prop_assert_eq!(probe_in_parts(key, object, &lengths), whole);
    }
}

#[test]
fn the_guarantees_hold_for_honest_servers() {
    for (name, image) in images::all() {
        adversary::check(&adversary::honest_input(name, &image));
    }
}
