//! Limits on reads, and reads that return too few or too many bytes.

use probe::{Hint, Limits, Probe, ProbeError, Step};

use crate::drive::run;
use crate::images::boxes::{file_type, plain};
use crate::images::jpeg::Jpeg;

const HINT: Hint<'_> = Hint { key: "uploads/a.jpg", content_type: None };

/// Serves reads of an object whose byte at each offset is `byte(offset)`, until the probe fails.
/// Returns the error, the number of reads and the number of bytes read.
fn exhaust(size: u64, limits: Limits, byte: impl Fn(u64) -> u8) -> (ProbeError, u32, u64) {
    let mut probe = Probe::with_limits(size, HINT, limits);
    let error = run(&mut probe, |range| range.map(&byte).collect()).unwrap_err();
    (error, probe.reads(), probe.bytes_read())
}

#[test]
fn an_endless_scan_ends_at_the_limits() {
    let start = Jpeg::new().frame(0xC0, 3, 0, 1).segment(0xDA, &[1, 1, 0, 0, 63, 0]).finish();
    let start = &start[..start.len() - 8];
    let scan = |offset: u64| start.get(offset as usize).copied().unwrap_or(0);
    let limits = Limits::default();
    let (error, reads, bytes) = exhaust(1 << 40, limits, scan);
    assert_eq!(error.name(), "UnsupportedImage");
    assert!(matches!(error, ProbeError::LimitExceeded { .. }), "{error}");
    assert!(reads <= limits.max_reads && bytes <= limits.max_bytes, "{reads} {bytes}");
}

#[test]
fn chains_of_far_boxes_end_at_the_limits() {
    let start = file_type(&[b"heic", b"mif1"]);
    let boxes = [&0x0010_0000_u32.to_be_bytes()[..], b"free"].concat();
    let byte = |offset: u64| {
        let offset = offset as usize;
        start.get(offset).copied().unwrap_or_else(|| {
            boxes.get((offset - start.len()) % 0x0010_0000).copied().unwrap_or(0)
        })
    };
    let limits = Limits { max_reads: 7, max_bytes: 1 << 30 };
    let (error, reads, _) = exhaust(1 << 40, limits, byte);
    assert!(error.to_string().contains("7 reads"), "{error}");
    assert_eq!(reads, 7);
}

#[test]
fn text_headers_that_do_not_end_within_64_kib_say_so() {
    let starts: [&[u8]; 3] =
        [b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n", b"P6 3 2 #", b"P7\nTUPLTYPE "];
    for start in starts {
        let text = |offset: u64| {
            let is_pnm = start.starts_with(b"P");
            let filler = if is_pnm { b"xx" } else { b"x\n" };
            start.get(offset as usize).copied().unwrap_or(filler[offset as usize % 2])
        };
        let (error, reads, _) = exhaust(1 << 40, Limits::default(), text);
        assert_eq!(error.name(), "UnsupportedImage", "{error}");
        assert!(error.to_string().contains("within the first 64 KiB"), "{error}");
        assert!(reads <= 2, "{reads} reads");
        let (error, ..) = exhaust(60_000, Limits::default(), text);
        assert!(!error.to_string().contains("within the first 64 KiB"), "{error}");
    }
}

#[test]
fn text_after_a_signature_is_no_image_however_long() {
    for start in [&b"#?RADIANCE\n"[..], b"P6 is the name of "] {
        let text = |offset: u64| start.get(offset as usize).copied().unwrap_or(b'x');
        let (error, ..) = exhaust(1 << 40, Limits::default(), text);
        assert!(matches!(error, ProbeError::NotAnImage { .. }), "{error}");
    }
}

#[test]
fn reads_shrink_to_the_bytes_that_are_left() {
    let file = Jpeg::new().segment(0xE1, &[b'x'; 3000]).frame(0xC0, 3, 2, 3).finish();
    let byte = |offset: u64| file[offset as usize];
    let limits = Limits { max_reads: 9, max_bytes: 1000 };
    let (error, reads, bytes) = exhaust(file.len() as u64, limits, byte);
    assert!(matches!(error, ProbeError::LimitExceeded { .. }), "{error}");
    assert_eq!((reads, bytes), (1, 1000));
}

#[test]
fn a_short_read_is_continued_and_an_empty_one_ends_the_object() {
    let file = Jpeg::new().segment(0xE1, &[b'x'; 3000]).frame(0xC0, 3, 2, 3).finish();
    let size = file.len() as u64;
    let mut probe = Probe::new(size, HINT);
    assert_eq!(probe.step(), Ok(Step::Read(0..size)));
    probe.supply(0, file[..100].to_vec());
    let Ok(Step::Read(rest)) = probe.step() else { panic!("the rest is needed") };
    assert_eq!(rest.start, 3006, "bytes of the segment are not needed");
    probe.supply(rest.start, Vec::new());
    assert!(probe.step().unwrap_err().to_string().contains("at byte 3006"));
}

#[test]
fn bytes_beyond_the_object_are_ignored() {
    let file = plain(b"ftyp", b"heic\0\0\0\0mif1");
    let mut probe = Probe::new(file.len() as u64, Hint::default());
    probe.supply(0, [file.clone(), vec![0xFF; 100]].concat());
    probe.supply(1 << 50, vec![0; 10]);
    probe.supply(u64::MAX, vec![0; 10]);
    assert_eq!(probe.step().unwrap_err().name(), "CorruptImage");
}
