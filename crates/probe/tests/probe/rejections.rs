//! Objects that are not images, and formats that are not supported.

use probe::{Format, Hint, Probe, ProbeError};

use crate::drive::expect_unsupported;

#[test]
fn an_empty_object_is_rejected_without_a_read() {
    let error = Probe::new(0, Hint::default()).step().unwrap_err();
    assert_eq!(error, ProbeError::Empty);
    assert_eq!(
        (error.name(), error.to_string().as_str()),
        ("UnsupportedImage", "the object is empty")
    );
}

#[test]
fn text_and_noise_are_not_images() {
    for (bytes, found) in [
        (&b"hello, this is no image"[..], "text"),
        (b"x", "text"),
        (b"BMW and BASF went up, others did not", "text"),
        ("na\u{ef}ve \u{fc}nicode".as_bytes(), "text"),
        (b"    \n  ", "text"),
        (&[0x9C, 0x03, 0x11, 0x80, 0x07, 0x01], "no known format"),
        // These objects begin like containers, icons and other formats, but the bytes that must
        // follow are wrong or missing.
        (b"RIFF\0\0\0\0CDR9vrsn", "no known format"),
        (b"FORM\0\0\0\x10AIFFCOMM", "no known format"),
        (b"\0\0\x01\0\0\0\0\0", "no known format"),
        (&[&[52, 0, 0, 0][..], &[0x80; 60]].concat(), "no known format"),
        (&[&[1, 0, 0, 0][..], &[0x80; 60]].concat(), "no known format"),
        (b"GIF89a in Latin-1: caf\xE9", "text"),
        (&[0; 64], "no known format"),
    ] {
        let error = expect_unsupported(bytes, found);
        assert!(error.starts_with("not an image"), "{error}");
    }
}

#[test]
fn recognized_formats_are_rejected_by_name() {
    for (bytes, name) in [
        (&b"%PDF-1.7"[..], "PDF"),
        (b"PK\x03\x04", "ZIP"),
        (b"\x1F\x8B\x08", "gzip"),
        (b"II\x1A\0\0\0HEAPCCDR", "Canon CRW"),
        (b"FUJIFILMCCD-RAW 0201", "Fujifilm raw"),
        (b"RIFF\0\0\0\0AVI LIST", "AVI"),
        (b"RIFF\0\0\0\0WAVEfmt ", "WAV"),
        (&[&b"\x01\0\0\0\x6C\0\0\0"[..], &[0; 32], b" EMF"].concat(), "EMF"),
        (b"\0\0\0\x08moov", "QuickTime"),
        (b"\0\x01\0\0mdat", "QuickTime"),
        (b"gimp xcf v011", "GIMP XCF"),
    ] {
        let error = expect_unsupported(bytes, name);
        assert_eq!(error, format!("{name} is not a supported image format"));
    }
}

#[test]
fn format_names_are_distinct_and_serialized() {
    let mut names: Vec<_> = Format::ALL.iter().map(|format| format.as_str()).collect();
    for (format, name) in Format::ALL.iter().zip(&names) {
        assert_eq!(serde_json::to_string(format).unwrap(), format!("\"{name}\""));
        assert_eq!(serde_json::from_str::<Format>(&format!("\"{name}\"")).unwrap(), *format);
        assert_eq!((format.to_string().as_str(), Format::named(name)), (*name, Some(*format)));
        assert!(format.content_type().starts_with("image/"), "{name}");
    }
    assert_eq!(Format::named("JPEG"), None);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Format::ALL.len());
}
