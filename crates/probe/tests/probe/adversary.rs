//! A range server that can return wrong responses, and a check that the probe keeps its guarantees
//! despite them. The property tests and the fuzzer share this file.

use std::ops::Range;

use probe::{Hint, Image, Limits, Probe, Step};

/// Keys that, as hints, lead to different first reads and content types.
const KEYS: [&str; 7] = ["", "a.jpg", "a.tga", "a.nef", "a.png", "a.tif", "a.dib"];

/// Maximum size in bytes of a response. It is small, so that a run takes microseconds.
const MAX_RESPONSE: u64 = 512;

/// Number of bytes before the object in the input of [`check`]. These bytes choose the key and how
/// the server behaves.
const CONTROL: usize = 6;

/// The input with which [`check`] probes `object` on a server without faults. The object's key is
/// the entry of [`KEYS`] with the extension `name`; if there is no such entry, the key is empty.
#[allow(dead_code, reason = "used where seeds are written")]
pub(crate) fn honest_input(name: &str, object: &[u8]) -> Vec<u8> {
    let is_extension = |key: &&str| key.strip_prefix("a.") == Some(name);
    let key = KEYS.iter().position(is_extension).unwrap_or(0);
    [&[0, u8::try_from(key).unwrap_or(0), 0, 0, 0, 0], object].concat()
}

/// Runs a probe against the server that `input` describes.
///
/// # Panics
///
/// If the probe breaks one of these guarantees:
///
/// - It ends within its limits.
/// - It requests only ranges that lie within the object and were not supplied before.
/// - It returns the same step if `step` is called twice.
/// - No dimension is zero.
/// - No text is empty, is too long or contains control characters.
/// - An error has a message.
pub(crate) fn check(input: &[u8]) {
    let Some((control, object)) = input.split_first_chunk::<CONTROL>() else { return };
    let mut server = Server::new(*control, object);
    let key = KEYS[usize::from(control[1]) % KEYS.len()];
    let limits = server.limits();
    let hint = Hint { key, content_type: None };
    let mut probe = Probe::with_limits(server.size, hint, limits).with_location(true);
    for _ in 0..=limits.max_reads {
        let step = probe.step();
        if server.steps_twice {
            assert_eq!(probe.step(), step, "the same state gives the same step");
        }
        match step {
            Ok(Step::Read(range)) => server.serve(&mut probe, range),
            Ok(Step::Done(image)) => {
                assert!(image.width > 0 && image.height > 0, "no dimension is zero");
                check_texts(&image);
                return;
            }
            Err(error) => {
                assert!(!error.to_string().is_empty(), "an error has a message");
                return;
            }
        }
    }
    panic!("the probe reads beyond its limits");
}

fn check_texts(image: &Image) {
    let texts = [
        &image.icc_profile,
        &image.taken_at,
        &image.camera_make,
        &image.camera_model,
        &image.lens_model,
    ];
    for text in texts.into_iter().flatten() {
        assert!((1..=Image::MAX_TEXT).contains(&text.len()), "{text:?} has a length of a text");
        assert!(!text.contains(char::is_control), "{text:?} contains a control character");
    }
}

/// A range server that has one object.
struct Server<'a> {
    object: &'a [u8],
    /// The size in bytes that the server claims for the object.
    size: u64,
    /// Flags: 0x01 truncates responses, 0x02 empties some responses, 0x04 garbles responses, 0x08
    /// supplies some responses at wrong offsets, 0x80 lowers the limits of the probe.
    faults: u8,
    /// True if [`check`] calls `Probe::step` twice for each step, and compares the results.
    steps_twice: bool,
    /// State of the random number generator.
    random: u64,
    /// The ranges supplied so far.
    supplied: Vec<Range<u64>>,
}

impl<'a> Server<'a> {
    fn new(control: [u8; CONTROL], object: &'a [u8]) -> Self {
        let [size, _, faults, seed @ ..] = control;
        let length = object.len() as u64;
        let size = match size {
            1 => length / 2,
            2 => length * 2,
            3 => u64::MAX,
            4..=8 => length << size,
            _ => length,
        };
        let steps_twice = seed[0].is_multiple_of(8);
        let random = u64::from_be_bytes([1, 0, 0, 0, 0, seed[0], seed[1], seed[2]]);
        Self { object, size, faults, steps_twice, random, supplied: Vec::new() }
    }

    fn limits(&self) -> Limits {
        if self.faults & 0x80 == 0 {
            Limits::default()
        } else {
            Limits { max_reads: 3, max_bytes: 100 }
        }
    }

    fn serve(&mut self, probe: &mut Probe, range: Range<u64>) {
        assert!(range.start < range.end && range.end <= self.size, "{range:?} is in the object");
        let overlaps = |known: &Range<u64>| known.start < range.end && range.start < known.end;
        assert!(!self.supplied.iter().any(overlaps), "{range:?} was supplied in part");
        let offset = self.offset(range.start);
        let bytes = self.response(range);
        // The probe may ignore a response at a wrong offset, and later request that offset.
        // So no ranges are recorded if responses can come at wrong offsets.
        if self.faults & 0x08 == 0 {
            self.supplied.push(offset..offset + bytes.len() as u64);
        }
        probe.supply(offset, bytes);
    }

    /// The offset at which to supply a response: `requested` or, as a fault, a random offset.
    fn offset(&mut self, requested: u64) -> u64 {
        let is_wrong = self.faults & 0x08 != 0 && self.next().is_multiple_of(4);
        if is_wrong { self.next() } else { requested }
    }

    /// The object's bytes in `range`, but at most [`MAX_RESPONSE`]. According to `faults`, the
    /// response is truncated, empty or garbled.
    fn response(&mut self, range: Range<u64>) -> Vec<u8> {
        let mut length = (range.end - range.start).min(MAX_RESPONSE);
        if self.faults & 0x01 != 0 {
            length = self.next() % (length + 1);
        }
        if self.faults & 0x02 != 0 && self.next().is_multiple_of(8) || self.object.is_empty() {
            length = 0;
        }
        let mut bytes = self.repeated(range.start, length);
        if self.faults & 0x04 != 0 {
            self.garble(&mut bytes);
        }
        bytes
    }

    /// `length` bytes from `offset`, as if the object were repeated endlessly, because the claimed
    /// size may exceed the object's size.
    fn repeated(&self, offset: u64, length: u64) -> Vec<u8> {
        let to_usize = |number: u64| usize::try_from(number).unwrap_or(0);
        let start = to_usize(offset % (self.object.len() as u64).max(1));
        let endless = self.object[start..].iter().chain(self.object.iter().cycle());
        match self.object.get(start..start + to_usize(length)) {
            Some(bytes) => bytes.to_vec(),
            None => endless.take(to_usize(length)).copied().collect(),
        }
    }

    /// Changes one byte.
    fn garble(&mut self, bytes: &mut [u8]) {
        if let Some(at) = usize::try_from(self.next()).unwrap_or(0).checked_rem(bytes.len()) {
            bytes[at] = self.next().to_le_bytes()[0];
        }
    }

    /// The next number of the random sequence (xorshift) that follows from the input.
    fn next(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}
