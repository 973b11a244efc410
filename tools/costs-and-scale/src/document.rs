//! Generated blocks in a Markdown document, between HTML comments.

/// The document has no comments that mark the block with this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoBlock(String);

impl std::fmt::Display for NoBlock {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(name) = self;
        write!(formatter, "the document needs `{}` and, below it, `{END}`", begin(name))
    }
}

impl std::error::Error for NoBlock {}

const END: &str = "<!-- end -->";

fn begin(name: &str) -> String {
    format!("<!-- begin: {name} -->")
}

/// Replaces the content of the block `name` in a document.
///
/// # Errors
/// [`NoBlock`] if the document does not mark the block.
pub fn with_block(document: &str, name: &str, content: &str) -> Result<String, NoBlock> {
    let missing = || NoBlock(name.to_owned());
    let mark = begin(name);
    let (before, rest) = document.split_once(&mark).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!("{before}{mark}\n{}\n{END}{after}", content.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str =
        "# Title\n<!-- begin: a -->\nold\n<!-- end -->\ntext\n<!-- begin: b -->\nB\n<!-- end -->\n";

    #[test]
    fn only_the_named_block_is_replaced() {
        let replaced = with_block(DOCUMENT, "a", "new\n").unwrap();
        assert_eq!(replaced, DOCUMENT.replace("old", "new"));
    }

    #[test]
    fn a_block_that_is_not_marked_is_an_error_that_says_how() {
        let error = with_block(DOCUMENT, "c", "").unwrap_err();
        assert!(error.to_string().contains("<!-- begin: c -->"));
    }
}
