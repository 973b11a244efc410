//! The filter that selects the images of a listing by their content type.

use probe::CONTENT_TYPES;

/// Names that uploaders and browsers use for a content type, each with the name that is recorded.
/// The recorded name is the registered one, if there is one
/// (<https://www.iana.org/assignments/media-types/media-types.xhtml>).
const ALIASES: [(&str, &str); 12] = [
    ("image/heics", "image/heic-sequence"),
    ("image/jpg", "image/jpeg"),
    ("image/pjpeg", "image/jpeg"),
    ("image/photoshop", "image/vnd.adobe.photoshop"),
    ("image/svg", "image/svg+xml"),
    ("image/tga", "image/x-tga"),
    ("image/tif", "image/tiff"),
    ("image/x-icon", "image/vnd.microsoft.icon"),
    ("image/x-ms-bmp", "image/bmp"),
    ("image/x-png", "image/png"),
    ("image/x-targa", "image/x-tga"),
    ("image/x-tiff", "image/tiff"),
];

/// Media ranges that every image matches (RFC 9110, section 12.5.1).
const ALL: [&str; 2] = ["image/*", "*/*"];

/// The images that the parameter `contentType` selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// Every image.
    All,
    /// Images of this content type.
    Type(&'static str),
}

/// Reads the value of the parameter `contentType`; `None` if no image can have that type.
///
/// Types are case-insensitive (RFC 9110, section 8.3.1), and may be one of [`ALIASES`]. No type
/// contains a space, so a space stands for a plus sign that the client did not escape.
pub(crate) fn filter(text: &str) -> Option<Filter> {
    let text = text.to_ascii_lowercase().replace(' ', "+");
    if ALL.contains(&text.as_str()) {
        return Some(Filter::All);
    }
    let alias = ALIASES.iter().find(|(alias, _)| *alias == text);
    let name = alias.map_or(text.as_str(), |(_, name)| name);
    CONTENT_TYPES.iter().find(|known| **known == name).map(|known| Filter::Type(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_an_image_can_have_is_understood_in_any_case() {
        for name in CONTENT_TYPES {
            assert_eq!(filter(name), Some(Filter::Type(name)));
            assert_eq!(filter(&name.to_uppercase()), Some(Filter::Type(name)));
        }
    }

    #[test]
    fn other_names_mean_the_type_that_is_recorded() {
        for (alias, name) in ALIASES {
            assert_eq!(filter(alias), Some(Filter::Type(name)), "{alias}");
            assert!(!CONTENT_TYPES.contains(&alias), "{alias} is recorded itself");
        }
        assert_eq!(filter("image/svg xml"), Some(Filter::Type("image/svg+xml")));
    }

    #[test]
    fn a_range_selects_every_image() {
        assert_eq!((filter("image/*"), filter("*/*")), (Some(Filter::All), Some(Filter::All)));
    }

    #[test]
    fn what_no_image_can_have_is_no_filter() {
        for text in ["", "jpeg", "image", "image/", "image/jpeq", "text/html", "image/jpeg;q=1"] {
            assert_eq!(filter(text), None, "{text}");
        }
    }
}
