//! Property tests: guarantees that hold for any object and any range server.

use proptest::prelude::*;

use crate::adversary;
use crate::images;

/// Inputs of the adversary: control bytes, either honest or random, and an image with up to 7 bytes
/// changed.
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

#[test]
fn the_guarantees_hold_for_honest_servers() {
    for (_, image) in images::all() {
        adversary::check(&adversary::honest_input(&image));
    }
}
