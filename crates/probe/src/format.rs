//! The formats that the probe measures.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares [`Format`] from one table, so that no format can lack a name, a content type or a
/// title.
macro_rules! formats {
    ($(
        $(#[$doc:meta])*
        $variant:ident, $name:literal, $content_type:literal, $title:literal;
    )*) => {
        /// An image format.
        ///
        /// Serialized as its stable lower-case name, see [`Format::as_str`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Format {
            $(
                $(#[$doc])*
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
    /// JPEG (ITU-T T.81) and JPEG-LS (ITU-T T.87).
    Jpeg, "jpeg", "image/jpeg", "JPEG";
    /// PNG and APNG (W3C PNG, third edition), and Apple's `CgBI` variant.
    Png, "png", "image/png", "PNG";
    /// GIF ("Graphics Interchange Format", versions 87a and 89a).
    Gif, "gif", "image/gif", "GIF";
    /// WebP (RFC 9649), with lossy image data by RFC 6386.
    Webp, "webp", "image/webp", "WebP";
    /// BMP (Microsoft, "Bitmap Storage"), with the headers of OS/2 1.x and 2.x.
    Bmp, "bmp", "image/bmp", "BMP";
    /// BMP without its file header, as Windows keeps bitmaps in memory (RFC 7903).
    Dib, "dib", "image/bmp", "DIB";
    /// TIFF (TIFF 6.0), BigTIFF, and camera raw formats based on TIFF.
    Tiff, "tiff", "image/tiff", "TIFF";
    /// AVIF (AV1 Image File Format 1.1).
    Avif, "avif", "image/avif", "AVIF";
    /// HEIF (ISO/IEC 23008-12), HEIC included.
    Heif, "heif", "image/heif", "HEIF";
    /// JPEG XL (ISO/IEC 18181-1 and 18181-2).
    Jxl, "jxl", "image/jxl", "JPEG XL";
    /// Windows icon (Microsoft, "The format of icon resources").
    Ico, "ico", "image/vnd.microsoft.icon", "ICO";
    /// Windows cursor (Microsoft, "The format of icon resources").
    Cur, "cur", "image/x-win-bitmap", "CUR";
    /// Icon of Apple's systems (Apple, "Icon Services").
    Icns, "icns", "image/x-icns", "ICNS";
    /// PSD and PSB (Adobe Photoshop File Formats Specification).
    Psd, "psd", "image/vnd.adobe.photoshop", "PSD";
    /// QOI (The Quite OK Image Format, specification version 1.0).
    Qoi, "qoi", "image/qoi", "QOI";
    /// JPEG 2000 (ISO/IEC 15444-1), as a file or a bare codestream.
    Jp2, "jp2", "image/jp2", "JPEG 2000";
    /// SVG (W3C SVG 2).
    Svg, "svg", "image/svg+xml", "SVG";
    /// Aseprite (Aseprite File Format Specifications).
    Aseprite, "aseprite", "image/x-aseprite", "Aseprite";
    /// ASTC texture, in the file format of the Arm ASTC Encoder.
    Astc, "astc", "image/astc", "ASTC";
    /// DDS (Microsoft, "Programming Guide for DDS").
    Dds, "dds", "image/vnd-ms.dds", "DDS";
    /// EXR (the file layout of `OpenEXR`).
    Exr, "exr", "image/x-exr", "EXR";
    /// farbfeld (suckless, manual page `farbfeld(5)`).
    Farbfeld, "farbfeld", "image/x-farbfeld", "farbfeld";
    /// Radiance HDR, the RGBE picture format of Radiance.
    Hdr, "hdr", "image/vnd.radiance", "Radiance HDR";
    /// ILBM and PBM images in IFF files (Electronic Arts, EA IFF 85).
    Ilbm, "ilbm", "image/x-ilbm", "ILBM";
    /// KTX 2 (Khronos, KTX File Format Specification 2.0).
    Ktx2, "ktx2", "image/ktx2", "KTX2";
    /// PKM texture, in the file format of Ericsson's ETCPACK.
    Pkm, "pkm", "image/x-pkm", "PKM";
    /// Netpbm: PBM, PGM, PPM, PAM and PFM (Netpbm format specifications).
    Pnm, "pnm", "image/x-portable-anymap", "PNM";
    /// PVR texture (Imagination Technologies, PVR file format, versions 2 and 3).
    Pvr, "pvr", "image/x-pvr", "PVR";
    /// TGA (Truevision TGA File Format Specification 2.0).
    Tga, "tga", "image/x-tga", "TGA";
    /// VTF (Valve Texture Format).
    Vtf, "vtf", "image/vnd.valve.source.texture", "VTF";
}

impl fmt::Display for Format {
    /// Writes the stable name, like [`Format::as_str`].
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
