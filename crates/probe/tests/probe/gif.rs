//! GIF: the logical screen and its frames.

use crate::drive::{expect_corrupt, expect_size, expect_unsupported, trace};
use crate::images::others::{gif, gif_frame};

const COMMENT: &[u8] = b"\x21\xFE\x02hi\0";

#[test]
fn the_first_frame_extends_the_logical_screen() {
    let [wide, high] = [gif_frame(2, 0, 9, 1), gif_frame(0, 1, 1, 9)];
    expect_size(&gif(30, 20, &[&gif_frame(0, 0, 9, 9), b";"]), 30, 20);
    expect_size(&gif(3, 2, &[&wide, b";"]), 11, 2);
    expect_size(&gif(3, 2, &[COMMENT, &high, b";"]), 3, 10);
    expect_size(&gif(3, 2, &[&gif_frame(0, 0, 3, 2), &wide, b";"]), 3, 2);
    // Even a screen of 0 × 0 pixels is extended until it contains the first frame.
    expect_size(&gif(0, 0, &[COMMENT, &gif_frame(1, 2, 5, 5), b";"]), 6, 7);
    expect_corrupt(&gif(0, 2, &[b";"]), "no frame");
}

#[test]
fn the_first_frame_is_found_behind_large_extensions() {
    let comment = [&b"\x21\xFE"[..], &[&[255; 256][..]; 400].concat(), &[0]].concat();
    let outcome = trace("", &gif(3, 2, &[&comment, &gif_frame(0, 0, 9, 9), b";"]));
    assert_eq!(outcome.result.unwrap().width, 9);
    assert!(outcome.reads.len() <= 4, "{:?}", outcome.reads);
}

#[test]
fn frames_beyond_the_first_read_are_not_counted() {
    let mut frame = gif_frame(0, 0, 3, 2);
    frame.splice(11..11, [255].repeat(300 * 256));
    for key in ["", "uploads/a.png"] {
        let outcome = trace(key, &gif(3, 2, &[&frame, &frame, b";"]));
        assert_eq!(outcome.result.unwrap().animated, None);
        assert!(outcome.reads.iter().all(|read| read.end <= 65_536), "{:?}", outcome.reads);
    }
}

#[test]
fn the_first_frame_states_the_bits_without_a_global_color_table() {
    let mut file = gif(3, 2, &[]);
    file.truncate(13);
    file[10] = 0;
    let frame = [&[0x2C, 0, 0, 0, 0, 3, 0, 2, 0, 0x82][..], &[0; 24], &[2, 0]].concat();
    let image = expect_size(&[&file[..], &frame, b";"].concat(), 3, 2);
    assert_eq!((image.animated, image.bits_per_channel), (Some(false), Some(3)));
}

#[test]
fn blocks_that_make_no_sense_are_refused() {
    let frame = gif_frame(0, 0, 3, 2);
    expect_size(&gif(3, 2, &[b"\0", &frame, b";"]), 3, 2);
    expect_corrupt(&gif(3, 2, &[b"junk", &frame, b";"]), "neither a frame");
    expect_corrupt(&gif(3, 2, &[]), "ends within");
    // An object may end before the data of its first frame.
    expect_size(&gif(3, 2, &[&frame[..10]]), 3, 2);
    let mut code = frame;
    code[10] = 12;
    expect_size(&gif(3, 2, &[&code]), 3, 2);
    code[10] = 13;
    expect_corrupt(&gif(3, 2, &[&code]), "code size");
    expect_corrupt(b"GIF89a", "");
    expect_unsupported(b"GIF89a is a format", "");
}

#[test]
fn a_gif_is_animated_if_two_frames_are_known() {
    let frame = gif_frame(0, 0, 3, 2);
    let loops = [&b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0"[..], &frame].concat();
    for (blocks, animated, frames) in [
        (&[&frame[..], b";"][..], Some(false), Some(1)),
        (&[&loops, &frame, b";"], Some(true), Some(2)),
        (&[&loops], None, None),
        (&[&loops, &frame], Some(true), None),
        // Some writers end a block with more than one zero byte.
        (&[&frame, &[0, 0], &frame, &[0], b";"], Some(true), Some(2)),
    ] {
        let image = expect_size(&gif(3, 2, blocks), 3, 2);
        assert_eq!((image.animated, image.frames), (animated, frames), "{blocks:?}");
        assert_eq!((image.bits_per_channel, image.progressive), (Some(1), Some(false)));
    }
}

#[test]
fn a_graphic_control_extension_declares_transparency_unless_it_is_empty() {
    let frame = gif_frame(0, 0, 3, 2);
    for (extension, has_alpha) in [
        (&b"\x21\xF9\x04\x01\0\0\0\0"[..], true),
        (b"\x21\xF9\x04\0\0\0\0\0", false),
        (b"\x21\xF9\0", false),
    ] {
        let image = expect_size(&gif(3, 2, &[extension, b"\x21\xFE\0", &frame, b";"]), 3, 2);
        assert_eq!(image.has_alpha, Some(has_alpha), "{extension:?}");
    }
}
