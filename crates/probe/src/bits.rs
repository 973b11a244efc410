//! Bits of a JPEG XL header, least significant first.

/// Reads numbers of a few bits from a short byte slice.
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Bits<'a> {
    /// Starts at the lowest bit of the first byte.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// The next `count` bits, at most 32; `None` beyond the last byte.
    pub(crate) fn take(&mut self, count: u32) -> Option<u32> {
        let mut number = 0;
        for index in 0..count.min(32) {
            let byte = self.bytes.get(self.position / 8)?;
            number |= u32::from(byte >> (self.position % 8) & 1) << index;
            self.position += 1;
        }
        Some(number)
    }

    /// The next bit.
    pub(crate) fn flag(&mut self) -> Option<bool> {
        self.take(1).map(|bit| bit == 1)
    }

    /// A number whose width is chosen by two bits: each choice is an offset
    /// and a number of bits to add to it (ISO/IEC 18181-1, "U32").
    pub(crate) fn choose(&mut self, choices: [(u32, u32); 4]) -> Option<u32> {
        let (offset, bits) = choices[self.take(2)? as usize];
        self.take(bits)?.checked_add(offset)
    }
}
