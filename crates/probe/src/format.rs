//! The formats that the probe measures.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Declares [`Format`] from one table, in which every format has a name, a content type, a title
/// and extensions.
macro_rules! formats {
    ($(
        $(#[$doc:meta])*
        $variant:ident, $name:literal, $content_type:literal, $title:literal, $extensions:literal;
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

            /// The usual content type, such as `image/jpeg`. An image may have a more specific
            /// content type: see [`Image::content_type`](crate::Image::content_type).
            #[must_use]
            pub const fn content_type(self) -> &'static str {
                match self { $(Format::$variant => $content_type,)* }
            }

            /// The usual name, such as `JPEG`.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Format::$variant => $title,)* }
            }

            /// Extensions of file names, in lower case and without the dot, such as `jpg`. The
            /// first extension is the most common.
            pub fn extensions(self) -> impl Iterator<Item = &'static str> {
                let list = match self { $(Format::$variant => $extensions,)* };
                list.split(' ')
            }
        }
    };
}

formats! {
    /// JPEG (ITU-T T.81) and JPEG-LS (ITU-T T.87).
    Jpeg, "jpeg", "image/jpeg", "JPEG", "jpg jpeg jpe jfif jif jls";
    /// PNG and APNG (W3C PNG, third edition), and Apple's `CgBI` variant.
    Png, "png", "image/png", "PNG", "png apng";
    /// GIF ("Graphics Interchange Format", versions 87a and 89a).
    Gif, "gif", "image/gif", "GIF", "gif";
    /// WebP (RFC 9649), whose lossy image data follows RFC 6386.
    Webp, "webp", "image/webp", "WebP", "webp";
    /// BMP (Microsoft, "Bitmap Storage"), with the headers of OS/2 1.x and 2.x.
    Bmp, "bmp", "image/bmp", "BMP", "bmp dib rle";
    /// BMP without its file header, as Windows keeps bitmaps in memory (RFC 7903).
    Dib, "dib", "image/bmp", "DIB", "dib bmp";
    /// TIFF (TIFF 6.0), BigTIFF, and camera raw formats based on TIFF.
    Tiff, "tiff", "image/tiff", "TIFF", "tiff tif btf tf8 3fr arw cr2 dcr dng erf fff iiq k25 kdc mef mos nef nrw pef sr2 srw";
    /// AVIF (AV1 Image File Format 1.1).
    Avif, "avif", "image/avif", "AVIF", "avif avifs";
    /// HEIF (ISO/IEC 23008-12), HEIC included.
    Heif, "heif", "image/heif", "HEIF", "heic heif hif heics heifs";
    /// JPEG XL (ISO/IEC 18181-1 and 18181-2).
    Jxl, "jxl", "image/jxl", "JPEG XL", "jxl";
    /// Windows icon (Microsoft, "The format of icon resources").
    Ico, "ico", "image/vnd.microsoft.icon", "ICO", "ico";
    /// Windows cursor (Microsoft, "The format of icon resources").
    Cur, "cur", "image/x-win-bitmap", "CUR", "cur";
    /// Icon of Apple's systems (Apple, "Icon Services").
    Icns, "icns", "image/x-icns", "ICNS", "icns";
    /// PSD and PSB (Adobe Photoshop File Formats Specification).
    Psd, "psd", "image/vnd.adobe.photoshop", "PSD", "psd psb";
    /// QOI (The Quite OK Image Format, specification version 1.0).
    Qoi, "qoi", "image/qoi", "QOI", "qoi";
    /// JPEG 2000 (ISO/IEC 15444-1), as a file or a bare codestream.
    Jp2, "jp2", "image/jp2", "JPEG 2000", "jp2 j2c j2k jpc jpf jpm jpx";
    /// SVG (W3C SVG 2).
    Svg, "svg", "image/svg+xml", "SVG", "svg";
    /// Aseprite (Aseprite File Format Specifications).
    Aseprite, "aseprite", "image/x-aseprite", "Aseprite", "aseprite ase";
    /// ASTC texture, in the file format of the Arm ASTC Encoder.
    Astc, "astc", "image/astc", "ASTC", "astc";
    /// DDS (Microsoft, "Programming Guide for DDS").
    Dds, "dds", "image/vnd-ms.dds", "DDS", "dds";
    /// EXR (the file layout of `OpenEXR`).
    Exr, "exr", "image/x-exr", "EXR", "exr";
    /// farbfeld (suckless, manual page `farbfeld(5)`).
    Farbfeld, "farbfeld", "image/x-farbfeld", "farbfeld", "ff";
    /// Radiance HDR, the RGBE picture format of Radiance.
    Hdr, "hdr", "image/vnd.radiance", "Radiance HDR", "hdr pic rgbe xyze";
    /// ILBM and PBM images in IFF files (Electronic Arts, EA IFF 85).
    Ilbm, "ilbm", "image/x-ilbm", "ILBM", "ilbm iff lbm";
    /// KTX 2 (Khronos, KTX File Format Specification 2.0).
    Ktx2, "ktx2", "image/ktx2", "KTX2", "ktx2";
    /// PKM texture, in the file format of Ericsson's ETCPACK.
    Pkm, "pkm", "image/x-pkm", "PKM", "pkm";
    /// Netpbm: PBM, PGM, PPM, PAM and PFM (Netpbm format specifications).
    Pnm, "pnm", "image/x-portable-anymap", "PNM", "pnm pam pbm pfm pgm ppm";
    /// PVR texture (Imagination Technologies, PVR file format, versions 2 and 3).
    Pvr, "pvr", "image/x-pvr", "PVR", "pvr";
    /// TGA (Truevision TGA File Format Specification 2.0).
    Tga, "tga", "image/x-tga", "TGA", "tga icb vda vst";
    /// VTF (Valve Texture Format).
    Vtf, "vtf", "image/vnd.valve.source.texture", "VTF", "vtf";
}

impl Format {
    /// The format with this stable name; `None` if there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.as_str() == name)
    }
}

impl fmt::Display for Format {
    /// Writes the stable name, which [`Format::as_str`] returns.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_lower_case_and_belong_to_one_format() {
        let of = |format: Format| format.extensions().map(move |extension| (extension, format));
        for (extension, format) in Format::ALL.iter().copied().flat_map(of) {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            assert!(!extension.is_empty() && extension.bytes().all(plain), "{extension:?}");
            let others =
                Format::ALL.iter().filter(|other| other.extensions().any(|it| it == extension));
            // Formats may share an extension if they share the content type: BMP and DIB do.
            let others = others.filter(|other| other.content_type() != format.content_type());
            assert_eq!(others.count(), 0, "{extension}");
        }
    }
}
