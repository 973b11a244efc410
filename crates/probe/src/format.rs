//! The formats that the probe measures.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares [`Format`] from one table, so that no format can lack a name, a content type or a
/// title.
macro_rules! formats {
    ($($variant:ident, $name:literal, $content_type:literal, $title:literal;)*) => {
        /// An image format.
        ///
        /// Serialized as its stable lower-case name, see [`Format::as_str`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Format {
            $(
                #[doc = $title]
                #[serde(rename = $name)]
                $variant,
            )*
        }

        impl Format {
            /// Every format, in the order of declaration.
            pub const ALL: &'static [Format] = &[$(Format::$variant),*];

            /// The stable lower-case name, such as `jpeg`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Format::$variant => $name,)* }
            }

            /// The usual content type, such as `image/jpeg`. An image may have a more specific one:
            /// see [`Image::content_type`](crate::Image::content_type).
            #[must_use]
            pub const fn content_type(self) -> &'static str {
                match self { $(Format::$variant => $content_type,)* }
            }

            /// The usual name, such as `JPEG`.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Format::$variant => $title,)* }
            }
        }
    };
}

formats! {
    Jpeg, "jpeg", "image/jpeg", "JPEG";
    Png, "png", "image/png", "PNG";
    Gif, "gif", "image/gif", "GIF";
    Webp, "webp", "image/webp", "WebP";
    Bmp, "bmp", "image/bmp", "BMP";
    Tiff, "tiff", "image/tiff", "TIFF";
    Avif, "avif", "image/avif", "AVIF";
    Heif, "heif", "image/heif", "HEIF";
    Jxl, "jxl", "image/jxl", "JPEG XL";
    Ico, "ico", "image/vnd.microsoft.icon", "ICO";
    Cur, "cur", "image/x-win-bitmap", "CUR";
    Psd, "psd", "image/vnd.adobe.photoshop", "PSD";
    Qoi, "qoi", "image/qoi", "QOI";
    Jp2, "jp2", "image/jp2", "JPEG 2000";
    Svg, "svg", "image/svg+xml", "SVG";
    Aseprite, "aseprite", "image/x-aseprite", "Aseprite";
    Astc, "astc", "image/astc", "ASTC";
    Dds, "dds", "image/vnd-ms.dds", "DDS";
    Exr, "exr", "image/x-exr", "EXR";
    Farbfeld, "farbfeld", "image/x-farbfeld", "farbfeld";
    Hdr, "hdr", "image/vnd.radiance", "Radiance HDR";
    Ilbm, "ilbm", "image/x-ilbm", "ILBM";
    Ktx2, "ktx2", "image/ktx2", "KTX2";
    Pkm, "pkm", "image/x-pkm", "PKM";
    Pnm, "pnm", "image/x-portable-anymap", "PNM";
    Pvr, "pvr", "image/x-pvr", "PVR";
    Tga, "tga", "image/x-tga", "TGA";
    Vtf, "vtf", "image/vnd.valve.source.texture", "VTF";
}

impl fmt::Display for Format {
    /// Writes the stable name, like [`Format::as_str`].
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
