//! A bit reader for JPEG XL headers, least significant bit first.

/// Reads unsigned numbers from the bits of a byte slice.
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Bits<'a> {
    /// Starts at the least significant bit of the first byte.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// The next `count` bits, at most 32, as a number; `None` if fewer are left.
    pub(crate) fn take(&mut self, count: u32) -> Option<u32> {
        let mut number = 0;
        for index in 0..count.min(32) {
            let byte = self.bytes.get(self.position / 8)?;
            number |= u32::from(byte >> (self.position % 8) & 1) << index;
            self.position += 1;
        }
        Some(number)
    }

    /// The next bit; `None` if none is left.
    pub(crate) fn flag(&mut self) -> Option<bool> {
        self.take(1).map(|bit| bit == 1)
    }

    /// A number coded as "U32" (ISO/IEC 18181-1). The next two bits select one of the choices. A
    /// choice is an offset and a bit count. The bit count says how many further bits to read. The
    /// number is the value of these bits plus the offset.
    pub(crate) fn choose(&mut self, choices: [(u32, u32); 4]) -> Option<u32> {
        let (offset, bits) = choices[self.take(2)? as usize];
        self.take(bits)?.checked_add(offset)
    }
}
