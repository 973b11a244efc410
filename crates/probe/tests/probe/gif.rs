//! GIF: the logical screen and its frames.

use probe::Hint;

use crate::drive::{expect_corrupt, expect_size, probe, trace};
use crate::images::others;

#[test]
fn gif_dimensions_are_the_logical_screen() {
    let frame = others::gif_frame(0, 0, 9, 9);
    let image = expect_size(&others::gif(30, 20, &[&frame, b";"]), 30, 20);
    assert_eq!((image.animated, image.bits_per_channel), (Some(false), Some(1)));
}

#[test]
fn the_first_frame_extends_the_screen() {
    let [wide, high] = [others::gif_frame(2, 0, 9, 1), others::gif_frame(0, 1, 1, 9)];
    let comment = b"\x21\xFE\x02hi\0".to_vec();
    expect_size(&others::gif(3, 2, &[&wide, b";"]), 11, 2);
    expect_size(&others::gif(3, 2, &[&comment, &high, b";"]), 3, 10);
    expect_size(&others::gif(3, 2, &[&others::gif_frame(0, 0, 3, 2), &wide, b";"]), 3, 2);
}

#[test]
fn the_first_frame_is_found_behind_large_extensions() {
    let comment = [&b"\x21\xFE"[..], &[&[255; 256][..]; 400].concat(), &[0]].concat();
    let frame = others::gif_frame(0, 0, 9, 9);
    let outcome = trace(Hint::default(), &others::gif(3, 2, &[&comment, &frame, b";"]));
    assert_eq!(outcome.result.unwrap().width, 9);
    assert!(outcome.reads.len() <= 4, "{:?}", outcome.reads);
}

#[test]
fn frames_beyond_the_first_read_are_not_counted() {
    let mut frame = others::gif_frame(0, 0, 3, 2);
    frame.splice(11..11, [255].repeat(300 * 256));
    for key in ["", "uploads/a.png"] {
        let hint = Hint { key, content_type: None };
        let outcome = trace(hint, &others::gif(3, 2, &[&frame, &frame, b";"]));
        assert_eq!(outcome.result.unwrap().animated, None);
        assert!(outcome.reads.iter().all(|read| read.end <= 65_536), "{:?}", outcome.reads);
    }
}

#[test]
fn the_first_frame_states_the_bits_without_a_global_color_table() {
    let mut file = others::gif(3, 2, &[]);
    file.truncate(13);
    file[10] = 0;
    let frame = [&[0x2C, 0, 0, 0, 0, 3, 0, 2, 0, 0x82][..], &[0; 24], &[2, 0]].concat();
    let image = expect_size(&[&file[..], &frame, b";"].concat(), 3, 2);
    assert_eq!((image.animated, image.bits_per_channel), (Some(false), Some(3)));
}

#[test]
fn blocks_that_make_no_sense_are_refused() {
    let frame = others::gif_frame(0, 0, 3, 2);
    expect_size(&others::gif(3, 2, &[b"\0", &frame, b";"]), 3, 2);
    expect_corrupt(&others::gif(3, 2, &[b"junk", &frame, b";"]), "neither a frame");
    expect_corrupt(&others::gif(3, 2, &[]), "ends within");
    // An object may end before the data of its first frame.
    expect_size(&others::gif(3, 2, &[&frame[..10]]), 3, 2);
    let mut code = frame;
    code[10] = 12;
    expect_size(&others::gif(3, 2, &[&code]), 3, 2);
    code[10] = 13;
    expect_corrupt(&others::gif(3, 2, &[&code]), "code size");
    let cut = probe(b"GIF89a").unwrap_err();
    assert_eq!(cut.name(), "CorruptImage", "{cut}");
    assert_eq!(probe(b"GIF89a is a format").unwrap_err().name(), "UnsupportedImage");
}

#[test]
fn a_gif_is_animated_if_two_frames_are_known() {
    let frame = others::gif_frame(0, 0, 3, 2);
    let loops = [&b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0"[..], &frame].concat();
    let animated = others::gif(3, 2, &[&loops, &frame, b";"]);
    assert_eq!(expect_size(&animated, 3, 2).animated, Some(true));
    let cut = others::gif(3, 2, &[&loops]);
    assert_eq!(expect_size(&cut, 3, 2).animated, None);
    let cut = others::gif(3, 2, &[&loops, &frame]);
    assert_eq!(expect_size(&cut, 3, 2).animated, Some(true));
    // Some writers end a block with more than one zero byte.
    let padded = others::gif(3, 2, &[&frame, &[0, 0], &frame, &[0], b";"]);
    assert_eq!(expect_size(&padded, 3, 2).frames, Some(2));
}

#[test]
fn an_empty_graphic_control_extension_declares_nothing() {
    let frame = others::gif_frame(0, 0, 3, 2);
    let empty = others::gif(3, 2, &[b"\x21\xF9\0", b"\x21\xFE\0", &frame, b";"]);
    assert_eq!(expect_size(&empty, 3, 2).has_alpha, Some(false));
}

#[test]
fn a_gif_with_an_empty_screen_has_the_extent_of_its_first_frame() {
    let comment = b"\x21\xFE\x02hi\0".to_vec();
    let frame = others::gif_frame(1, 2, 5, 5);
    expect_size(&others::gif(0, 0, &[&comment, &frame, b";"]), 6, 7);
    expect_corrupt(&others::gif(0, 2, &[b";"]), "no frame");
}
