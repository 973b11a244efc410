//! One parser per format.

pub(crate) mod tga;
mod through_imagesize;

use crate::hint::Expected;
use crate::sniff::{SNIFF_LENGTH, Sniffed, sniff};
use crate::source::{Need, Parsed, Source, Stop};
use crate::{Format, Image, ProbeError};

/// Why there is no image (yet).
pub(crate) enum Failure {
    /// Bytes are missing; with the format, once it is known.
    Need(Need, Option<Format>),
    /// No further byte will help.
    Final(ProbeError),
}

/// Finds format and dimensions in what is known of the object.
pub(crate) fn measure(source: &Source<'_>, expected: Expected) -> Result<Image, Failure> {
    let length = source.size().min(SNIFF_LENGTH as u64) as usize;
    let start = source.bytes(0, length).map_err(|stop| failure(stop, None))?;
    let format = match sniff(start, expected) {
        Sniffed::Format(format) => format,
        Sniffed::IsoMedia => Format::Heif,
        Sniffed::Markup => Format::Svg,
        Sniffed::Foreign(name) => {
            return Err(Failure::Final(ProbeError::UnsupportedFormat { name }));
        }
        Sniffed::Unknown(found) => return Err(Failure::Final(ProbeError::NotAnImage { found })),
    };
    parse(source, format).map_err(|stop| failure(stop, Some(format)))
}

fn parse(source: &Source<'_>, format: Format) -> Parsed<Image> {
    let image = match format {
        Format::Tga => tga::parse(source)?,
        _ => through_imagesize::parse(source, format)?,
    };
    Ok(image)
}

fn failure(stop: Stop, format: Option<Format>) -> Failure {
    let format_or_jpeg = format.unwrap_or(Format::Jpeg);
    match stop {
        Stop::Need(need) => Failure::Need(need, format),
        Stop::Corrupt { what, offset } => {
            Failure::Final(ProbeError::Corrupt { format: format_or_jpeg, what, offset })
        }
        Stop::Unsupported(what) => {
            Failure::Final(ProbeError::UnsupportedFeature { format: format_or_jpeg, what })
        }
    }
}
