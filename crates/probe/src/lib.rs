//! Finds the format and dimensions of an image from the bytes of its header.
//!
//! The probe does no I/O. Given an object's size and what its key and uploader claim about it, each
//! step returns the next range to read, the image, or a typed error. The caller may read from S3,
//! from a file or from memory:
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
//! # Formats
//!
//! | format | where the dimensions come from |
//! |---|---|
//! | JPEG, JPEG-LS | the first frame header, past fill bytes and junk; a DNL segment if the frame header leaves the height open |
//! | PNG, APNG, Apple's `CgBI` | IHDR, whose checksum is verified |
//! | GIF | the logical screen; the first frame if the screen is empty |
//! | WebP | VP8 (without its scale bits), VP8L or the VP8X canvas |
//! | AVIF, HEIF/HEIC | the primary item's extent, clean aperture and rotation; the first picture track of a sequence |
//! | BMP | the OS/2 or Windows header, bottom-up or top-down |
//! | TIFF, `BigTIFF`, raw formats based on them | the first directory |
//! | JPEG XL | the size header and the orientation |
//! | ICO, CUR | the largest image's own header |
//! | PSD, PSB, QOI, TGA, Netpbm | the file header |
//! | JPEG 2000 | `ihdr`, or the codestream's SIZ segment |
//! | SVG | the root element's width and height, or its view box |
//! | Aseprite, ASTC, DDS, EXR, farbfeld, Radiance HDR, ILBM, KTX2, PKM, PVR, VTF | through the `imagesize` crate |
//!
//! Orientation, bits per channel, channels and animation are reported if the bytes already read
//! state them; the probe reads nothing more for their sake.
//!
//! # Cost
//!
//! Nearly every image takes one read: 64 KiB, or 16 KiB if the hint announces a format with a short
//! header, or 128 KiB for TIFF and raw formats based on it. If the header continues further on, the
//! probe jumps there. JPEG metadata that is split over many segments is read at once, using the
//! total length that it states. [`Limits`] cap the number of reads and of bytes. A header that
//! exceeds them, is truncated or contradicts itself is an error, never a guess.
//!
//! # Layout
//!
//! Start with `probe`, the public state machine, and `formats`, which has one parser per format.
//! `sniff` recognizes the format by its first bytes. `extents` holds the parts of the object read
//! so far, and `source` gives parsers access to them. A parser that reaches missing bytes stops
//! with a *need*, and `plan` turns that into a range worth a GET. After the read, the parser starts
//! over: parsing a header takes about a microsecond, a read thousands of them.

mod bits;
mod error;
mod exif;
mod extents;
mod format;
mod formats;
mod hint;
mod ifd;
mod image;
mod isobmff;
mod plan;
mod probe;
mod sniff;
mod source;
mod text;

pub use error::ProbeError;
pub use format::Format;
pub use hint::Hint;
pub use image::{Image, InvalidOrientation, Orientation};
pub use plan::Limits;
pub use probe::{Probe, Step};
