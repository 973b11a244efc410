//! The facts in EXIF metadata (CIPA DC-008 "Exif 2.32").

mod location;
mod time;

use crate::ifd::{Entries, Entry, Structure};
use crate::image::{Density, Image, Location, Orientation, Unit};
use crate::source::{Parsed, Source, Stop};
use crate::text;

const MAKE: u16 = 0x010F;
const MODEL: u16 = 0x0110;
const ORIENTATION: u16 = 0x0112;
const X_RESOLUTION: u16 = 0x011A;
const Y_RESOLUTION: u16 = 0x011B;
const RESOLUTION_UNIT: u16 = 0x0128;
const EXIF_IFD: u16 = 0x8769;
const GPS_IFD: u16 = 0x8825;
const DATE_TIME_ORIGINAL: u16 = 0x9003;
const DATE_TIME_DIGITIZED: u16 = 0x9004;
const OFFSET_TIME_ORIGINAL: u16 = 0x9011;
const OFFSET_TIME_DIGITIZED: u16 = 0x9012;
const LENS_MODEL: u16 = 0xA434;

/// The facts in EXIF metadata that the probe reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exif {
    pub(crate) orientation: Option<Orientation>,
    pub(crate) density: Option<Density>,
    pub(crate) taken_at: Option<String>,
    pub(crate) camera_make: Option<String>,
    pub(crate) camera_model: Option<String>,
    pub(crate) lens_model: Option<String>,
    pub(crate) location: Option<Location>,
}

/// Reads the EXIF metadata from `start` to `end`: a TIFF structure, with or without the prefix
/// `Exif\0\0` that JPEG files have before the structure. Some writers keep the prefix in other
/// formats.
///
/// Facts that the metadata does not state, or whose values lie outside the metadata, are `None`.
pub(crate) fn read(source: &Source<'_>, start: u64, end: u64) -> Parsed<Exif> {
    let structure = source.optional(structure(source, start, end.min(source.size())))?;
    structure.map_or(Ok(Exif::default()), |structure| read_structure(source, &structure))
}

fn structure<'a>(source: &'a Source<'a>, start: u64, end: u64) -> Parsed<Structure<'a>> {
    let prefix = if source.array::<4>(start)? == *b"Exif" { 6 } else { 0 };
    Structure::new(source, start + prefix, end)
}

/// Reads the EXIF metadata in a TIFF structure: IFD0, and the EXIF and GPS directories to which it
/// points. IFD1, which describes the thumbnail, is ignored.
pub(crate) fn read_structure(source: &Source<'_>, structure: &Structure<'_>) -> Parsed<Exif> {
    let mut fields = Fields::default();
    let first = structure.first_directory();
    source.optional(first.and_then(|entries| fields.take_all(source, entries)))?;
    // Reads the values of IFD0 before the other directories. These values usually precede the other
    // directories in the file, so the read that returns the values also returns the directories.
    fields.exif(source)?;
    if let Some(entry) = fields.exif_ifd {
        let more = entry.first_integer().and_then(|offset| structure.directory(offset));
        source.optional(more.and_then(|entries| fields.take_all(source, entries)))?;
    }
    let mut exif = fields.exif(source)?;
    if let Some(entry) = fields.gps_ifd.filter(|_| source.wants_location()) {
        let gps = entry.first_integer().and_then(|offset| structure.directory(offset));
        exif.location = source.optional(gps.and_then(location::read))?.flatten();
    }
    Ok(exif)
}

/// The entries that the probe reads. If a tag occurs several times, the first entry is used.
#[derive(Default)]
struct Fields<'a> {
    /// The first valid orientation.
    orientation: Option<Orientation>,
    make: Option<Entry<'a>>,
    model: Option<Entry<'a>>,
    lens_model: Option<Entry<'a>>,
    x_resolution: Option<Entry<'a>>,
    y_resolution: Option<Entry<'a>>,
    resolution_unit: Option<Entry<'a>>,
    original: Option<Entry<'a>>,
    original_offset: Option<Entry<'a>>,
    digitized: Option<Entry<'a>>,
    digitized_offset: Option<Entry<'a>>,
    exif_ifd: Option<Entry<'a>>,
    gps_ifd: Option<Entry<'a>>,
}

impl<'a> Fields<'a> {
    /// Keeps those entries of IFD0 or of the EXIF directory that the probe reads. The two
    /// directories are searched for the same tags, because some writers put a field into the wrong
    /// directory.
    fn take_all(&mut self, source: &Source<'_>, mut entries: Entries<'a>) -> Parsed<()> {
        while let Some(entry) = entries.next()? {
            self.take(source, entry)?;
        }
        Ok(())
    }

    fn take(&mut self, source: &Source<'_>, entry: Entry<'a>) -> Parsed<()> {
        let field = match entry.tag() {
            ORIENTATION if self.orientation.is_none() => {
                let number = source.optional(entry.first_integer())?;
                let number = number.and_then(|number| u8::try_from(number).ok());
                self.orientation = number.and_then(Orientation::new);
                return Ok(());
            }
            MAKE => &mut self.make,
            MODEL => &mut self.model,
            LENS_MODEL => &mut self.lens_model,
            X_RESOLUTION => &mut self.x_resolution,
            Y_RESOLUTION => &mut self.y_resolution,
            RESOLUTION_UNIT => &mut self.resolution_unit,
            DATE_TIME_ORIGINAL => &mut self.original,
            OFFSET_TIME_ORIGINAL => &mut self.original_offset,
            DATE_TIME_DIGITIZED => &mut self.digitized,
            OFFSET_TIME_DIGITIZED => &mut self.digitized_offset,
            EXIF_IFD => &mut self.exif_ifd,
            GPS_IFD => &mut self.gps_ifd,
            _ => return Ok(()),
        };
        field.get_or_insert(entry);
        Ok(())
    }

    /// The facts, except for the location. Facts that cannot be read are `None`.
    fn exif(&self, source: &Source<'_>) -> Parsed<Exif> {
        let bytes = |entry: Option<Entry<'_>>| match entry {
            Some(entry) => source.optional(entry.text()),
            None => Ok(None),
        };
        let text = |entry| {
            let bytes = bytes(entry)?;
            Ok(bytes.and_then(|bytes| text::displayed(&bytes, Image::MAX_TEXT)))
        };
        let moment = |time, offset| {
            let (time, offset) = (bytes(time)?, bytes(offset)?);
            Ok(time.and_then(|time| time::iso_8601(&time, offset.as_deref().unwrap_or_default())))
        };
        let taken_at = match moment(self.original, self.original_offset)? {
            Some(taken_at) => Some(taken_at),
            None => moment(self.digitized, self.digitized_offset)?,
        };
        Ok(Exif {
            orientation: self.orientation,
            density: source.optional(self.density())?.flatten(),
            taken_at,
            camera_make: text(self.make)?,
            camera_model: text(self.model)?,
            lens_model: text(self.lens_model)?,
            location: None,
        })
    }

    /// The density, per inch if no unit is stated. `None` if a resolution is missing, or if the
    /// unit is neither inch nor centimeter.
    fn density(&self) -> Parsed<Option<Density>> {
        let (Some(x), Some(y)) = (self.x_resolution, self.y_resolution) else { return Ok(None) };
        let (x, y) = (x.fraction(0)?, y.fraction(0)?);
        let unit = match self.resolution_unit.map_or(Ok(2), whole)? {
            2 => Unit::Inch,
            3 => Unit::Centimeter,
            _ => return Ok(None),
        };
        Ok(Density::new(x, y, unit))
    }
}

/// The first value of an entry, which must be an integer. Some writers store the integer as a
/// fraction with the denominator 1.
fn whole(entry: Entry<'_>) -> Parsed<u64> {
    match entry.fraction(0) {
        Ok((number, 1)) => Ok(number.into()),
        Err(Stop::Need(need)) => Err(Stop::Need(need)),
        _ => entry.first_integer(),
    }
}
