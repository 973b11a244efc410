//! Finds format, dimensions and other facts about an image from the bytes of its header.
//!
//! The probe does no I/O. The caller passes the size of the object, and a [`Hint`] about its
//! format. Each step returns the next range to read, the image, or a typed error. The caller may
//! read from S3, from a file or from memory:
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
//! | JPEG, JPEG-LS | the frame header, past fill bytes and junk; a DNL segment if the frame header leaves the height open |
//! | PNG, APNG, Apple's `CgBI` | IHDR, whose checksum is verified |
//! | GIF | the logical screen, extended by the first frame |
//! | WebP | VP8 (without its scale bits), VP8L or the VP8X canvas |
//! | AVIF, HEIF/HEIC | the primary item's extent, clean aperture and rotation; the track header of a sequence |
//! | BMP | the OS/2 or Windows header, bottom-up or top-down |
//! | DIB | the same header without the file header, if the key ends in `.dib` |
//! | TIFF, `BigTIFF`, raw formats based on them | the first directory |
//! | JPEG XL | the size header and the orientation |
//! | ICO, CUR | the largest image: its directory entry or its own header, whichever is larger |
//! | ICNS | the largest element; an embedded PNG or JPEG 2000 file by its own header |
//! | PSD, PSB, QOI, TGA, Netpbm | the file header |
//! | JPEG 2000 | `ihdr` and the codestream's SIZ segment |
//! | SVG | the root element's width and height, or its view box |
//! | EXR | `dataWindow` of the first part |
//! | Radiance HDR | the resolution after the header's lines |
//! | ILBM | the BMHD chunk |
//! | Aseprite, ASTC, DDS, farbfeld, KTX2, PKM, PVR, VTF | the file header |
//!
//! A signature alone does not make an image: sizes of structures, flags and ranges have to make
//! sense, too. A signature outranks a hint, with one exception: a TGA header may begin with the
//! four bytes of a cursor's signature. If no directory of cursors follows these bytes, and the hint
//! announces TGA, a plausible TGA header is accepted. Two headers that contradict each other are an
//! error, because decoders disagree on which of them to use.
//!
//! # Facts
//!
//! Facts are read wherever the header states them. A JPEG is read up to its first scan, and a PNG
//! up to its image data. A WebP is read up to the EXIF chunk, if its header announces one. In EXIF,
//! TIFF and HEIF, the probe follows the pointers of directories and items. If the bytes that state
//! a fact have not been read yet, the probe takes another read. If the limits forbid that read, the
//! image is reported without the fact. PNG and non-animated WebP are exceptions: if the limits
//! forbid reading the chunks before the image data, the result is an error.
//!
//! | facts | from |
//! |---|---|
//! | orientation, time, camera, lens, location | EXIF metadata |
//! | density | EXIF metadata, or else the header |
//! | color space, description of the ICC profile | the profile, or else the header |
//! | samples, alpha, frames, pages, interlacing, C2PA | the header |
//!
//! These are not read:
//!
//! - XMP and IPTC
//! - in PNG, an `eXIf` chunk after the image data
//! - in GIF, the frames after the first 64 KiB (`animated` may then be `None`)
//! - in an animated WebP, an EXIF chunk more than 256 KiB before the end
//! - in JPEG XL, compressed (`brob`) boxes, and the ICC profile in the codestream
//! - C2PA manifests after the image data
//!
//! # Cost
//!
//! Nearly every image takes one read, whose size depends on the format that the hint announces:
//!
//! - 16 KiB for BMP
//! - 32 KiB for PNG and WebP
//! - 128 KiB for TIFF and raw formats based on TIFF
//! - 64 KiB for any other format, or without a hint
//!
//! If the header continues beyond those bytes, the next read starts where the header continues.
//! JPEG metadata that is split over many segments usually takes only one more read. The segments
//! state the total length of the metadata, so one read returns the rest. [`Limits`] cap the number
//! of reads and of bytes. A header that exceeds a limit, is truncated or contradicts itself is an
//! error, never a guess. The error says whether a limit or damage is the cause.
//!
//! # Layout
//!
//! Start with `probe`, the public state machine, and `formats`, which has one parser per format.
//! `sniff` recognizes the format by its first bytes. `ifd`, `exif`, `icc` and `isobmff` read
//! structures that several formats share. `extents` holds the parts of the object read so far, and
//! `source` gives parsers access to these parts.
//!
//! A parser that reaches bytes not read yet stops with a *need*, and `plan` turns the need into the
//! range of the next read. After the read, the parser starts over. Starting over is cheap: parsing
//! a header takes about a microsecond, and a read takes milliseconds. Once the limits forbid a
//! read, the optional fact that needs it is left out.

mod bits;
mod content_type;
mod error;
mod exif;
mod extents;
mod format;
mod formats;
mod hint;
mod icc;
mod ifd;
mod image;
mod isobmff;
mod plan;
mod probe;
mod sniff;
mod source;
mod text;

pub use content_type::CONTENT_TYPES;
pub use error::ProbeError;
pub use format::Format;
pub use hint::Hint;
pub use image::{ColorSpace, Decimal, Density, Image, InvalidOrientation, Location, Orientation};
pub use plan::Limits;
pub use probe::{Probe, Step};
