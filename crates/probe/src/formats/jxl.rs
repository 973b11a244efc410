//! JPEG XL (ISO/IEC 18181-1 codestream, 18181-2 container).

use crate::bits::Bits;
use crate::image::ColorSpace;
use crate::isobmff::Boxes;
use crate::source::{Parsed, Source, Stop, corrupt};
use crate::{Format, Image, exif};

/// First bytes of a codestream.
const SIGNATURE: [u8; 2] = [0xFF, 0x0A];

/// Maximum number of bytes that are read from the start of the codestream. The size header and the
/// image metadata are shorter, unless there are very many extra channels, or extra channels with
/// very long names. A longer header is reported as truncated.
const HEADER: usize = 256;

/// Largest number of bits per sample that a decoder accepts.
const MAX_BITS: u32 = 32;

/// Type of an extra channel that contains alpha.
const ALPHA: u32 = 0;

/// Number of color spaces that a header can state: RGB, gray, XYB and unknown.
const COLOR_SPACES: u32 = 4;

/// Reads the codestream's size header and image metadata. If the object is a container, also reads
/// the EXIF metadata and looks for a C2PA manifest.
pub(crate) fn parse(source: &Source<'_>) -> Parsed<Image> {
    let mut image = codestream(source)?;
    if source.array::<2>(0)? != SIGNATURE {
        source.optional(add_metadata(source, &mut image))?;
    }
    Ok(image)
}

/// The image that the codestream describes.
fn codestream(source: &Source<'_>) -> Parsed<Image> {
    let codestream = if source.array::<2>(0)? == SIGNATURE {
        let length = source.size().min(HEADER as u64);
        source.bytes(0, usize::try_from(length).unwrap_or(HEADER))?.to_vec()
    } else {
        from_container(source)?
    };
    let Some(bits) = codestream.strip_prefix(&SIGNATURE) else {
        return corrupt("the codestream has no signature", 0);
    };
    let too_short = Stop::Corrupt { what: "the codestream ends within its header", offset: 0 };
    let header = Header::read(&mut Bits::new(bits)).ok_or(too_short)?;
    if header.bits_per_sample > MAX_BITS || header.color_space >= COLOR_SPACES {
        return corrupt("the image metadata make no sense", 0);
    }
    Ok(header.image())
}

/// The first bytes of a container's codestream, at most [`HEADER`]. The codestream is in one `jxlc`
/// box, or split over several `jxlp` boxes. The content of a `jxlp` box begins with a 4-byte index;
/// in the last box, the top bit of the index is set.
fn from_container(source: &Source<'_>) -> Parsed<Vec<u8>> {
    let mut codestream = Vec::with_capacity(HEADER);
    let mut boxes = Boxes::within(source, 0, source.size());
    while let Some(found) = boxes.next()? {
        let (start, is_last) = match &found.kind {
            b"jxlc" => (found.content, true),
            b"jxlp" => (found.content + 4, source.u32_be(found.content)? >> 31 == 1),
            _ => continue,
        };
        let end = found.end.min(source.size());
        let room = (HEADER - codestream.len()) as u64;
        let length = end.saturating_sub(start).min(room);
        codestream.extend_from_slice(source.bytes(start, usize::try_from(length).unwrap_or(0))?);
        if is_last || codestream.len() == HEADER {
            return Ok(codestream);
        }
    }
    corrupt("no box holds the codestream", source.size())
}

/// Adds the facts in the boxes around the codestream (18181-2): the EXIF metadata in the first
/// `Exif` box, and whether there is a C2PA manifest. The content of an `Exif` box begins with a
/// 4-byte field, which states the distance from the field's end to the TIFF structure.
fn add_metadata(source: &Source<'_>, image: &mut Image) -> Parsed<()> {
    let mut has_exif = false;
    let mut boxes = Boxes::within(source, 0, source.size());
    while let Some(found) = boxes.next()? {
        match &found.kind {
            b"Exif" if !has_exif => {
                has_exif = true;
                let start = found.content + 4 + u64::from(source.u32_be(found.content)?);
                image.take_exif(exif::read(source, start, found.end)?);
            }
            // A JUMBF superbox. The content of its first box, the description `jumd`, begins with
            // the type of the superbox (ISO/IEC 19566-5, A.3). The type of a C2PA manifest begins
            // with `c2pa`.
            b"jumb" => {
                let description = source.optional(source.array::<12>(found.content))?;
                image.content_credentials |=
                    description.is_some_and(|description| description[4..] == *b"jumdc2pa");
            }
            _ => {}
        }
    }
    Ok(())
}

/// The fields of the size header and of the image metadata from which the image's facts are taken.
struct Header {
    width: u32,
    height: u32,
    swaps_axes: bool,
    animated: bool,
    bits_per_sample: u32,
    /// Number of channels in addition to the channels of the color space.
    extra_channels: u32,
    /// True if one of the extra channels is alpha.
    has_alpha: bool,
    /// 0 RGB, 1 gray, 2 XYB, 3 unknown.
    color_space: u32,
}

impl Header {
    /// Reads `SizeHeader` and `ImageMetadata`; `None` if the bits end too early.
    fn read(bits: &mut Bits<'_>) -> Option<Self> {
        let (width, height) = size(bits)?;
        let mut header = Self {
            width,
            height,
            swaps_axes: false,
            animated: false,
            bits_per_sample: 8,
            extra_channels: 0,
            has_alpha: false,
            color_space: 0,
        };
        let all_default = bits.flag()?;
        if !all_default {
            header.metadata(bits)?;
        }
        Some(header)
    }

    /// Reads `ImageMetadata` (18181-1, D.2) up to and including the color space.
    fn metadata(&mut self, bits: &mut Bits<'_>) -> Option<()> {
        let extra_fields = bits.flag()?;
        if extra_fields {
            // The orientation minus one: 4 to 7 swap the axes.
            self.swaps_axes = bits.take(3)? >= 4;
            if bits.flag()? {
                size(bits)?;
            }
            if bits.flag()? {
                preview(bits)?;
            }
            self.animated = bits.flag()?;
            if self.animated {
                animation(bits)?;
            }
        }
        self.bits_per_sample = bit_depth(bits)?;
        let _buffers_of_16_bits = bits.flag()?;
        self.extra_channels = bits.choose([(0, 0), (1, 0), (2, 4), (1, 12)])?;
        for _ in 0..self.extra_channels {
            self.has_alpha |= extra_channel(bits)? == ALPHA;
        }
        let _is_xyb = bits.flag()?;
        let is_default_color = bits.flag()?;
        if !is_default_color {
            let _has_profile = bits.flag()?;
            self.color_space = enumerated(bits)?;
        }
        Some(())
    }

    /// The image with the orientation applied, because decoders apply the orientation.
    fn image(self) -> Image {
        let (width, height) =
            if self.swaps_axes { (self.height, self.width) } else { (self.width, self.height) };
        let mut image = Image::new(Format::Jxl, width, height);
        image.animated = Some(self.animated);
        image.bits_per_channel = u8::try_from(self.bits_per_sample).ok();
        let colors = match self.color_space {
            0 => Some(3),
            1 => Some(1),
            _ => None,
        };
        image.has_alpha = Some(self.has_alpha);
        image.color_space = match self.color_space {
            0 => Some(ColorSpace::Rgb),
            1 => Some(ColorSpace::Gray),
            _ => None,
        };
        image.channels = colors.and_then(|colors| u8::try_from(colors + self.extra_channels).ok());
        image
    }
}

/// Reads `SizeHeader` (18181-1, D.3): width and height in pixels. Multiples of 8 up to 256 have a
/// short form, and a ratio may replace the width.
fn size(bits: &mut Bits<'_>) -> Option<(u32, u32)> {
    let small = bits.flag()?;
    let height = side(bits, small)?;
    let width = match bits.take(3)? {
        0 => side(bits, small)?,
        ratio => by_ratio(height, ratio)?,
    };
    Some((width, height))
}

/// A width or height in pixels; `small` selects the short form for multiples of 8 up to 256.
fn side(bits: &mut Bits<'_>, small: bool) -> Option<u32> {
    if small {
        return Some((bits.take(5)? + 1) * 8);
    }
    bits.choose([(1, 9), (1, 13), (1, 18), (1, 30)])
}

/// The width in pixels, computed from the height by one of the fixed ratios of table D.4, and
/// rounded down.
fn by_ratio(height: u32, ratio: u32) -> Option<u32> {
    let (numerator, denominator) = match ratio {
        1 => (1, 1),
        2 => (12, 10),
        3 => (4, 3),
        4 => (3, 2),
        5 => (16, 9),
        6 => (5, 4),
        _ => (2, 1),
    };
    u32::try_from(u64::from(height) * numerator / denominator).ok()
}

/// Skips `PreviewHeader` (18181-1, D.5).
fn preview(bits: &mut Bits<'_>) -> Option<()> {
    let div8 = bits.flag()?;
    let side = |bits: &mut Bits<'_>| {
        if div8 {
            bits.choose([(16, 0), (32, 0), (1, 5), (33, 9)])
        } else {
            bits.choose([(1, 6), (65, 8), (321, 10), (1345, 12)])
        }
    };
    side(bits)?;
    if bits.take(3)? == 0 {
        side(bits)?;
    }
    Some(())
}

/// Skips `AnimationHeader` (18181-1, D.6): ticks per second, loops, time codes.
fn animation(bits: &mut Bits<'_>) -> Option<()> {
    bits.choose([(100, 0), (1000, 0), (1, 10), (1, 30)])?;
    bits.choose([(1, 0), (1001, 0), (1, 8), (1, 10)])?;
    bits.choose([(0, 0), (0, 3), (0, 16), (0, 32)])?;
    bits.flag().map(|_| ())
}

/// Reads `ExtraChannelInfo` (18181-1, D.4.2): type, bit depth, resolution, name, and fields that
/// only some types have. Returns the type.
fn extra_channel(bits: &mut Bits<'_>) -> Option<u32> {
    let is_default = bits.flag()?;
    if is_default {
        return Some(ALPHA);
    }
    let kind = enumerated(bits)?;
    bit_depth(bits)?;
    bits.choose([(0, 0), (3, 0), (4, 0), (1, 3)])?;
    let name = bits.choose([(0, 0), (0, 4), (16, 5), (48, 10)])?;
    for _ in 0..name {
        bits.take(8)?;
    }
    match kind {
        // An alpha channel has a bit that marks premultiplied colors.
        ALPHA => bits.take(1).map(|_| ()),
        // A spot color has four numbers of 16 bits.
        2 => (0..4).try_for_each(|_| bits.take(16).map(|_| ())),
        // A channel of a color filter array has an index.
        5 => bits.choose([(1, 0), (0, 2), (3, 4), (19, 8)]).map(|_| ()),
        _ => Some(()),
    }?;
    Some(kind)
}

/// Reads an `Enum` (18181-1, B.2.4).
fn enumerated(bits: &mut Bits<'_>) -> Option<u32> {
    bits.choose([(0, 0), (1, 0), (2, 4), (18, 6)])
}

/// Reads `BitDepth` (18181-1, D.4.1), and returns the number of bits per sample.
fn bit_depth(bits: &mut Bits<'_>) -> Option<u32> {
    let is_float = bits.flag()?;
    if is_float {
        let count = bits.choose([(32, 0), (16, 0), (24, 0), (1, 6)])?;
        let _exponent = bits.take(4)?;
        return Some(count);
    }
    bits.choose([(8, 0), (10, 0), (12, 0), (1, 6)])
}
