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
//! # What it measures
//!
//! | format | where the dimensions come from |
//! |---|---|
//! | JPEG, JPEG-LS | the first frame header, past fill bytes and junk; a DNL segment if that leaves the height open |
//! | PNG, APNG, Apple's `CgBI` | IHDR, if its checksum is right |
//! | GIF | the logical screen; the first frame if that is empty |
//! | WebP | VP8 (without scale bits), VP8L or the VP8X canvas |
//! | AVIF, HEIF/HEIC | the primary item's extent, clean aperture and rotation; the first picture track of a sequence |
//! | BMP | headers of OS/2 and Windows, top-down ones too |
//! | TIFF, `BigTIFF`, raw formats based on them | the first directory |
//! | JPEG XL | the size header, with orientation |
//! | ICO, CUR | the largest image's own header |
//! | PSD, PSB, QOI, TGA, Netpbm | the file header |
//! | JPEG 2000 | `ihdr`, or the codestream's SIZ segment |
//! | SVG | the root element's width and height, or its view box |
//! | Aseprite, ASTC, DDS, EXR, farbfeld, Radiance HDR, ILBM, KTX2, PKM, PVR, VTF | through the `imagesize` crate |
//!
//! Orientation, bits per channel, channels and animation come along where the
//! bytes read state them; nothing more is read for their sake.
//!
//! # What it costs
//!
//! One read for nearly every image: 64 KiB at first (16 KiB where the hint says
//! that the header is short, 128 KiB for TIFF). What lies further on is jumped
//! to; a JPEG's metadata that is split over many segments is read at once, by
//! the length that it states. [`Limits`] cap reads and bytes. Beyond them, as
//! for a header that is cut off or contradicts itself, the answer is an error,
//! never a guess.
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
