//! Sample objects for the demo, for uploads and for load runs, encoded in memory: images of the
//! common formats, and a few objects whose content is not the image that the key suggests.

mod encode;
mod raster;

use self::raster::Raster;

/// A sample object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Key without a prefix such as `uploads/`.
    pub name: &'static str,
    /// Content of the object.
    pub bytes: Vec<u8>,
}

/// A sample image could not be encoded.
#[derive(Debug, thiserror::Error)]
#[error("cannot encode the sample image {name}: {message}")]
pub struct SampleError {
    name: &'static str,
    message: String,
}

type Encoder = fn(&Raster) -> Result<Vec<u8>, encode::EncodeError>;

/// Name, encoder, width and height of the demo's images.
const IMAGES: [(&str, Encoder, u16, u16); 9] = [
    ("photo.jpg", encode::jpeg, 640, 480),
    ("drawing.png", encode::png, 400, 300),
    ("icon.gif", encode::gif, 120, 90),
    ("banner.webp", encode::webp, 728, 90),
    ("bitmap.bmp", encode::bmp, 64, 48),
    ("scan.tiff", encode::tiff, 210, 297),
    ("holiday/Grüße & more (1).PNG", encode::png, 96, 96),
    ("png-named.jpg", encode::png, 150, 100),
    // Percent signs in a key are characters like any other.
    ("a%2Fb%20c.png", encode::png, 70, 50),
];

/// Returns the objects that the demo uploads first.
///
/// # Errors
/// If an encoder fails, which does not happen at these sizes.
pub fn samples() -> Result<Vec<Sample>, SampleError> {
    let mut samples = Vec::new();
    for (name, encoder, width, height) in IMAGES {
        samples.push(Sample { name, bytes: image(name, encoder, width, height)? });
    }
    samples.push(Sample { name: "text-named.jpg", bytes: b"This is not an image.\n".to_vec() });
    let mut truncated = image("truncated.png", encode::png, 400, 300)?;
    truncated.truncate(20);
    samples.push(Sample { name: "truncated.png", bytes: truncated });
    Ok(samples)
}

/// Name, encoder, width and height of the images for a load run. Their sizes range from 100 bytes
/// to 230 kB; the average is 55 kB.
const VARIED: [(&str, Encoder, u16, u16); 12] = [
    ("small.jpg", encode::jpeg, 64, 48),
    ("medium.jpg", encode::jpeg, 320, 240),
    ("large.jpg", encode::jpeg, 1280, 960),
    ("small.png", encode::png, 16, 16),
    ("medium.png", encode::png, 320, 240),
    ("large.png", encode::png, 640, 480),
    ("medium.gif", encode::gif, 160, 120),
    ("large.gif", encode::gif, 320, 240),
    ("small.webp", encode::webp, 64, 48),
    ("large.webp", encode::webp, 320, 240),
    ("medium.bmp", encode::bmp, 160, 120),
    ("large.tiff", encode::tiff, 320, 240),
];

/// Returns the images for a load run, of several formats and sizes.
///
/// # Errors
/// If an encoder fails, which does not happen at these sizes.
pub(crate) fn varied() -> Result<Vec<Sample>, SampleError> {
    let sample = |&(name, encoder, width, height)| {
        Ok(Sample { name, bytes: image(name, encoder, width, height)? })
    };
    VARIED.iter().map(sample).collect()
}

/// Returns the object that overwrites `drawing.png`: an image of another size.
///
/// # Errors
/// If the encoder fails, which does not happen at this size.
pub fn overwritten() -> Result<Sample, SampleError> {
    let name = "drawing.png";
    Ok(Sample { name, bytes: image(name, encode::png, 800, 600)? })
}

/// Name of the sample that the demo deletes at the end.
pub const DELETED: &str = "bitmap.bmp";

fn image(
    name: &'static str,
    encoder: Encoder,
    width: u16,
    height: u16,
) -> Result<Vec<u8>, SampleError> {
    encoder(&Raster::gradient(width, height))
        .map_err(|error| SampleError { name, message: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_image_begins_with_the_signature_of_its_format() {
        let samples = samples().unwrap();
        let begins = |name: &str, signature: &[u8]| {
            let sample = samples.iter().find(|sample| sample.name == name).unwrap();
            assert!(sample.bytes.starts_with(signature), "{name}");
        };
        begins("photo.jpg", b"\xff\xd8\xff");
        begins("drawing.png", b"\x89PNG\r\n\x1a\n");
        begins("icon.gif", b"GIF89a");
        begins("banner.webp", b"RIFF");
        begins("bitmap.bmp", b"BM");
        begins("scan.tiff", b"II*\0");
        begins("png-named.jpg", b"\x89PNG");
    }

    #[test]
    fn images_for_a_load_differ_in_format_and_size() {
        let images = varied().unwrap();
        let bytes: std::collections::BTreeSet<_> = images.iter().map(|it| &it.bytes).collect();
        assert_eq!(bytes.len(), images.len());
        // The uploads of the largest load run, 10,000 for each of two state machines, have to fit
        // into the emulator's memory.
        let total: usize = images.iter().map(|it| it.bytes.len()).sum();
        assert!(total / images.len() < 60_000, "{} bytes on average", total / images.len());
    }

    #[test]
    fn overwritten_and_deleted_objects_are_samples() {
        let samples = samples().unwrap();
        assert!(samples.iter().any(|sample| sample.name == overwritten().unwrap().name));
        assert!(samples.iter().any(|sample| sample.name == DELETED));
    }
}
