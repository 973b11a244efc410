//! Files with scripts that a browser would run if the API did not prevent it.

/// A file with a script.
#[derive(Clone, Copy)]
pub(super) struct File {
    /// Extension of the key under which the file is uploaded.
    pub(super) extension: &'static str,
    /// The content type that the uploader claims. A browser runs scripts in files of this type.
    pub(super) content_type: &'static str,
    /// True if Chromium shows the file in an `<img>` when the API serves the uploaded file.
    pub(super) is_shown: bool,
    /// Content of the file, with placeholders. `SCRIPT` becomes the script, which has no double
    /// quotes. `<SVG` becomes `<svg` with a size and the namespaces of SVG, HTML and `XLink`.
    pub(super) template: &'static str,
}

const fn svg(template: &'static str) -> File {
    File { extension: "svg", content_type: "image/svg+xml", is_shown: true, template }
}

const fn html(extension: &'static str, template: &'static str) -> File {
    File { extension, content_type: "text/html", is_shown: false, template }
}

/// A file that begins like an image, and that a browser reads as HTML if its content type says so.
const fn polyglot(extension: &'static str, is_shown: bool, template: &'static str) -> File {
    File { extension, content_type: "text/html", is_shown, template }
}

pub(super) const FILES: [File; 20] = [
    svg("<SVG><script>SCRIPT</script></svg>"),
    svg(r#"<SVG onload="SCRIPT"></svg>"#),
    svg(r#"<SVG><script href="data:text/javascript,SCRIPT"/></svg>"#),
    svg(r#"<SVG><script xlink:href="data:text/javascript,SCRIPT"/></svg>"#),
    svg("<SVG><h:script>SCRIPT</h:script></svg>"),
    svg(r#"<SVG><image href="x:" onerror="SCRIPT" width="1" height="1"/></svg>"#),
    svg(r#"<SVG><animate attributeName="x" dur="1s" onbegin="SCRIPT"/></svg>"#),
    svg(r#"<SVG><set attributeName="x" to="1" onbegin="SCRIPT"/></svg>"#),
    svg(
        r#"<SVG><foreignObject width="9" height="9"><h:img src="x:" onerror="SCRIPT"/></foreignObject></svg>"#,
    ),
    svg(
        r#"<SVG><foreignObject width="9" height="9"><h:details open="" ontoggle="SCRIPT">x</h:details></foreignObject></svg>"#,
    ),
    svg(
        r#"<SVG><foreignObject width="9" height="9"><h:iframe srcdoc="&lt;script>SCRIPT&lt;/script>"/></foreignObject></svg>"#,
    ),
    svg(
        r#"<!DOCTYPE svg [<!ENTITY it "<script xmlns='http://www.w3.org/2000/svg'>SCRIPT</script>">]><SVG>&it;</svg>"#,
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
