//! TIFF and BigTIFF files.

/// The byte order and the width of offsets.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) little: bool,
    pub(crate) big_tiff: bool,
}

pub(crate) const LAYOUTS: [Layout; 4] = [
    Layout { little: true, big_tiff: false },
    Layout { little: false, big_tiff: false },
    Layout { little: true, big_tiff: true },
    Layout { little: false, big_tiff: true },
];

/// A directory entry: the tag, the type, and a single value.
pub(crate) type Entry = (u16, u16, u64);

impl Layout {
    fn number(self, value: u64, length: usize) -> Vec<u8> {
        if self.little {
            value.to_le_bytes()[..length].to_vec()
        } else {
            value.to_be_bytes()[8 - length..].to_vec()
        }
    }

    fn header(self, ifd: u64) -> Vec<u8> {
        let order = if self.little { b"II" } else { b"MM" };
        if self.big_tiff {
            let fixed = [self.number(43, 2), self.number(8, 2), self.number(0, 2)].concat();
            return [&order[..], &fixed, &self.number(ifd, 8)].concat();
        }
        [&order[..], &self.number(42, 2), &self.number(ifd, 4)].concat()
    }

    fn entry(self, (tag, kind, value): Entry) -> Vec<u8> {
        let size = match kind {
            1 | 6 => 1,
            3 | 8 => 2,
            16 | 17 => 8,
            _ => 4,
        };
        let slot = if self.big_tiff { 8 } else { 4 };
        let mut value = self.number(value, size);
        value.resize(slot, 0);
        [self.number(tag.into(), 2), self.number(kind.into(), 2), self.number(1, slot), value]
            .concat()
    }

    /// A directory with these entries and no next directory.
    pub(crate) fn directory(self, entries: &[Entry]) -> Vec<u8> {
        let count = self.number(entries.len() as u64, if self.big_tiff { 8 } else { 2 });
        let entries: Vec<u8> = entries.iter().flat_map(|entry| self.entry(*entry)).collect();
        [count, entries, self.number(0, if self.big_tiff { 8 } else { 4 })].concat()
    }

    /// A file that begins with the header and the directory. The values of `BitsPerSample`, which
    /// do not fit in its entry, follow after `gap` bytes.
    pub(crate) fn with_values_at_the_end(
        self,
        entries: &[Entry],
        gap: usize,
        bits: &[u16],
    ) -> Vec<u8> {
        let header = if self.big_tiff { 16 } else { 8 };
        let others = entries.iter().filter(|(tag, ..)| *tag != 258).copied();
        let entries: Vec<Entry> = [(258, 3, 0)].into_iter().chain(others).collect();
        let mut file = [self.header(header), self.directory(&entries), vec![0xAB; gap]].concat();
        // Corrects the entry: its count becomes the number of values, and its value field becomes
        // the offset of the values.
        let (entry, slot) =
            if self.big_tiff { (header as usize + 8, 8) } else { (header as usize + 2, 4) };
        let values: Vec<u8> = bits.iter().flat_map(|bits| self.number((*bits).into(), 2)).collect();
        // Adds two values, because an entry of BigTIFF has room for four values.
        let values = [values, vec![0; 4]].concat();
        let count = self.number(values.len() as u64 / 2, slot);
        let offset = self.number(file.len() as u64, slot);
        file[entry + 4..entry + 4 + slot].copy_from_slice(&count);
        file[entry + 4 + slot..entry + 4 + 2 * slot].copy_from_slice(&offset);
        [file, values].concat()
    }

    /// A file whose only directory follows `gap` bytes of image data.
    pub(crate) fn file(self, gap: usize, entries: &[Entry]) -> Vec<u8> {
        let header = if self.big_tiff { 16 } else { 8 };
        [self.header((header + gap) as u64), vec![0xAB; gap], self.directory(entries)].concat()
    }
}

/// Entries of an RGB image with 8 bits per channel.
pub(crate) fn rgb(width: u64, height: u64, orientation: u64) -> Vec<Entry> {
    vec![(256, 4, width), (257, 3, height), (258, 3, 8), (274, 3, orientation), (277, 3, 3)]
}

/// The small images of 40 × 30 pixels for [`super::all`].
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let names =
        ["tiff-little-endian", "tiff-big-endian", "bigtiff-little-endian", "bigtiff-big-endian"];
    let files = LAYOUTS.map(|layout| layout.file(10, &rgb(40, 30, 6)));
    names.into_iter().zip(files).collect()
}
