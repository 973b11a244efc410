//! The parsers. Similar formats share a parser.

mod aseprite;
mod astc;
pub(crate) mod bmp;
mod dds;
mod exr;
mod farbfeld;
mod gif;
mod hdr;
mod heif;
mod icns;
pub(crate) mod ico;
mod ilbm;
mod jp2;
mod jpeg;
mod jxl;
mod ktx2;
mod pkm;
mod png;
mod pnm;
mod psd;
mod pvr;
mod qoi;
mod svg;
pub(crate) mod tga;
mod through_imagesize;
mod tiff;
mod vtf;
mod webp;

use crate::hint::Expected;
use crate::sniff::{SNIFF_LENGTH, Sniffed, sniff};
use crate::source::{Need, Parsed, Source, Stop, corrupt};
use crate::{Format, Image, ProbeError};

/// The reason why [`measure`] returned no image.
pub(crate) enum Failure {
    /// The parser needs bytes that have not been read yet. The format is `None` until it is known.
    Need(Need, Option<Format>),
    /// The object cannot be measured. Further reads would not change that.
    Final(ProbeError),
}

/// Finds format, dimensions and other facts in the known bytes of the object.
pub(crate) fn measure(source: &Source<'_>, expected: Expected) -> Result<Image, Failure> {
    let length = usize::try_from(source.size()).unwrap_or(SNIFF_LENGTH).min(SNIFF_LENGTH);
    let start = source.bytes(0, length).map_err(|stop| failure(stop, None))?;
    let format = match sniff(start, source.size(), expected) {
        Sniffed::Format(format) => format,
        Sniffed::Unsupported(name) => return Err(failure(Stop::UnsupportedFormat(name), None)),
        Sniffed::Unknown(found) => return Err(failure(Stop::NotAnImage(found), None)),
    };
    let image = parse(source, format).map_err(|stop| failure(stop, Some(format)))?;
    let mut image = checked(image).map_err(|stop| failure(stop, Some(format)))?;
    if let (Expected::Raw(raw), Format::Tiff) = (expected, format) {
        // The directories of a raw file hold previews and sensor data, not pages.
        image.pages = None;
        image = image.with_content_type(raw);
    }
    Ok(image)
}

/// Rejects dimensions that no decoder would accept. A side must be below 2^31 pixels. This is the
/// limit of PNG, and encoders of other formats do not exceed it.
fn checked(image: Image) -> Parsed<Image> {
    if image.width == 0 || image.height == 0 {
        return corrupt("the width or height is zero", 0);
    }
    if (image.width | image.height) >> 31 != 0 {
        return corrupt("the dimensions are implausibly large", 0);
    }
    Ok(image)
}

fn parse(source: &Source<'_>, format: Format) -> Parsed<Image> {
    match format {
        Format::Jpeg => jpeg::parse(source),
        Format::Png => png::parse(source),
        Format::Gif => gif::parse(source),
        Format::Webp => webp::parse(source),
        Format::Bmp => bmp::parse(source),
        Format::Dib => bmp::parse_dib(source),
        Format::Tiff => tiff::parse(source),
        Format::Heif | Format::Avif => heif::parse(source),
        Format::Jxl => jxl::parse(source),
        Format::Ico | Format::Cur => ico::parse(source, format),
        Format::Icns => icns::parse(source),
        Format::Psd => psd::parse(source),
        Format::Qoi => qoi::parse(source),
        Format::Jp2 => jp2::parse(source),
        Format::Svg => svg::parse(source),
        Format::Pnm => pnm::parse(source),
        Format::Tga => tga::parse(source),
        Format::Aseprite => aseprite::parse(source),
        Format::Astc => astc::parse(source),
        Format::Dds => dds::parse(source),
        Format::Exr => exr::parse(source),
        Format::Farbfeld => farbfeld::parse(source),
        Format::Hdr => hdr::parse(source),
        Format::Ilbm => ilbm::parse(source),
        Format::Ktx2 => ktx2::parse(source),
        Format::Pkm => pkm::parse(source),
        Format::Pvr => pvr::parse(source),
        Format::Vtf => vtf::parse(source),
    }
}

/// Rejects an object that is too short for its image data: `length` bytes from `start`. Only
/// formats that are recognized by little more than a short signature need this check. In other
/// formats, truncated image data is accepted, because decoders show the part that exists.
fn expect_room(source: &Source<'_>, start: u64, length: u64) -> Parsed<()> {
    if start.saturating_add(length) > source.size() {
        return corrupt("the object is too small for these dimensions", source.size());
    }
    Ok(())
}

/// Converts the [`Stop`] of a parser into a [`Failure`].
fn failure(stop: Stop, format: Option<Format>) -> Failure {
    let error = match (stop, format) {
        (Stop::Need(need), format) => return Failure::Need(need, format),
        (Stop::Corrupt { what, offset }, Some(format)) => {
            ProbeError::Corrupt { format, what, offset }
        }
        (Stop::UnsupportedFeature(what), Some(format)) => {
            ProbeError::UnsupportedFeature { format, what }
        }
        (Stop::UnsupportedFormat(name), _) => ProbeError::UnsupportedFormat { name },
        (Stop::Corrupt { what: found, .. } | Stop::UnsupportedFeature(found), None)
        | (Stop::NotAnImage(found), _) => ProbeError::NotAnImage { found },
    };
    Failure::Final(error)
}
