//! The probe's behaviour on images made here: by encoders, and by hand where no encoder writes what
//! is to be covered.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::trivially_copy_pass_by_ref, reason = "byte strings are references")]
#![expect(clippy::cast_possible_truncation, reason = "test images are small")]

mod adversary;
mod drive;
mod images;

mod bmp_and_ico;
mod encoded;
mod fuzz_seeds;
mod gif;
mod heif;
mod jpeg;
mod jxl;
mod limits;
mod other_formats;
mod png;
mod promises;
mod refusals;
mod svg;
mod tiff;
mod truncation;
mod webp;
