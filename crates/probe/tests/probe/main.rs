//! The probe's behaviour on images made here: by encoders, and by hand where no
//! encoder writes what is to be covered.

mod adversary;
mod drive;
mod images;

mod encoded;
mod heif;
mod jpeg;
mod limits;
mod lossless_formats;
mod promises;
mod refusals;
mod svg;
mod tiff;
mod truncation;
