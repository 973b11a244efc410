//! Tests of the probe on generated images. Encoders write some of the images (`encoded`). The other
//! images are assembled byte by byte (`images`), for variants that no encoder writes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::trivially_copy_pass_by_ref, reason = "byte strings are references")]
#![expect(clippy::cast_possible_truncation, reason = "test images are small")]

mod adversary;
mod drive;
mod images;

mod bmp_and_ico;
mod encoded;
mod facts;
mod fuzz_seeds;
mod gif;
mod guarantees;
mod heif;
mod icns;
mod jpeg;
mod jxl;
mod limits;
mod other_formats;
mod png;
mod rejections;
mod signatures;
mod svg;
mod tiff;
mod truncation;
mod webp;
