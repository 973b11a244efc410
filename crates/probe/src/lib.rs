//! Finds the format and the dimensions of an image from the bytes of its header.
//!
//! The probe owns no I/O. It is told the object's size and what is claimed
//! about it, and then answers one of three things: *read this range next*, *this
//! is the image*, or a typed error. Whoever drives it may read from S3, from a
//! file or from memory:
//!
//! ```
//! use probe::{Hint, Probe, ProbeError, Step};
//!
//! fn measure(object: &'static [u8]) -> Result<probe::Image, ProbeError> {
//!     let hint = Hint { key: "uploads/cat.png", content_type: None };
//!     let mut probe = Probe::new(object.len() as u64, hint);
//!     loop {
//!         match probe.step()? {
//!             Step::Done(image) => return Ok(image),
//!             Step::Read(range) => {
//!                 let bytes = &object[range.start as usize..range.end as usize];
//!                 probe.supply(range.start, bytes);
//!             }
//!         }
//!     }
//! }
//!
//! let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x07\0\0\0\x05\x08\x02\0\0\0\x06\xf8\x61\x8f";
//! let image = measure(png)?;
//! assert_eq!((image.width, image.height), (7, 5));
//! # Ok::<(), ProbeError>(())
//! ```
//!
//! # How it is laid out
//!
//! `extents` keeps the parts of the object that were read; `source` shows them
//! to a parser, which stops with a *need* where bytes are missing and starts
//! over once they are there: a header is parsed in a microsecond, a read takes
//! thousands of them. `plan` turns a need into a range worth a GET. `sniff`
//! tells the format by its first bytes, and `formats` has one parser for each.

mod bits;
mod error;
mod exif;
mod extents;
mod format;
mod formats;
mod hint;
mod image;
mod isobmff;
mod plan;
mod probe;
mod sniff;
mod source;

pub use error::ProbeError;
pub use format::Format;
pub use hint::Hint;
pub use image::{Image, InvalidOrientation, Orientation};
pub use plan::Limits;
pub use probe::{Probe, Step};
