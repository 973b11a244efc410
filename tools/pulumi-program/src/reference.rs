//! References such as `${name.property[0]["key"]}`, and texts with references in them.

use std::fmt;

/// A reference: the name that it starts with, and the path below that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The name of a resource, a variable or a configuration key, or `pulumi`.
    pub(crate) root: String,
    /// The path below the root; empty for the root itself.
    pub(crate) path: Vec<Segment>,
}

/// One step of a [`Reference`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// `.name` or `["name"]`.
    Key(String),
    /// `[0]`.
    Index(usize),
}

/// A part of a text: plain text or a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Plain text, with `$$` already replaced by `$`.
    Literal(String),
    /// `${…}`.
    Reference(Reference),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${{{}", self.root)?;
        for segment in &self.path {
            match segment {
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        f.write_str("}")
    }
}

/// Splits `text` at its references. `$$` is an escaped `$`, so `$${x}` is not a reference. A `$`
/// before any other character than `$` and `{` is a literal `$`.
///
/// Rules:
/// <https://www.pulumi.com/docs/iac/languages-sdks/yaml/yaml-language-reference/#interpolation>
pub(crate) fn parts(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        literal.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            literal.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('{') {
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            let (reference, after) = reference(after)?;
            parts.push(Part::Reference(reference));
            rest = after;
        } else {
            literal.push('$');
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() || parts.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

/// Reads a reference after its `${`. The second value is the text after the closing `}`.
fn reference(text: &str) -> Result<(Reference, &str), String> {
    let (root, mut rest) = identifier(text)?;
    let mut path = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix('}') {
            return Ok((Reference { root: root.to_owned(), path }, after));
        }
        let (segment, after) = segment(rest, text)?;
        path.push(segment);
        rest = after;
    }
}

/// Reads one `.name`, `["name"]` or `[0]`.
fn segment<'a>(rest: &'a str, whole: &str) -> Result<(Segment, &'a str), String> {
    if let Some(after) = rest.strip_prefix('.') {
        let (key, after) = identifier(after)?;
        return Ok((Segment::Key(key.to_owned()), after));
    }
    if let Some(quoted) = rest.strip_prefix("[\"")
        && let Some((key, after)) = quoted.split_once("\"]")
    {
        return Ok((Segment::Key(key.to_owned()), after));
    }
    if let Some(bracket) = rest.strip_prefix('[')
        && let Some((index, after)) = bracket.split_once(']')
        && let Ok(index) = index.parse()
    {
        return Ok((Segment::Index(index), after));
    }
    if whole.contains('}') {
        Err(format!(
            "cannot read `{rest}` in `${{{whole}`: expected `.name`, `[0]`, `[\"key\"]` or `}}`"
        ))
    } else {
        Err(format!("`${{{whole}` has no closing `}}`; write `$${{` for a literal `${{`"))
    }
}

/// Reads a name, which ends at `.`, `[`, `}` or the end of the text.
fn identifier(text: &str) -> Result<(&str, &str), String> {
    let end = text.find(['.', '[', '}']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '$');
    if name.is_empty() {
        return Err(format!("a name is missing in `${{{text}`"));
    }
    if !name.chars().all(fits) {
        return Err(format!(
            "`{name}` is not a name; a reference is `${{name}}` or `${{name.property}}`"
        ));
    }
    Ok((name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        parts(text)
            .unwrap()
            .iter()
            .map(|part| match part {
                Part::Literal(text) => text.clone(),
                Part::Reference(reference) => reference.to_string(),
            })
            .collect()
    }

    #[test]
    fn text_is_split_at_references() {
        assert_eq!(shown("arn:${a.b}/${c}"), ["arn:", "${a.b}", "/", "${c}"]);
        assert_eq!(shown("${a[0][\"x.y\"].z}"), ["${a[0].x.y.z}"]);
        assert_eq!(shown(""), [""]);
    }

    #[test]
    fn doubled_dollars_are_literal() {
        assert_eq!(shown("$${HeadObjectFunctionArn}"), ["${HeadObjectFunctionArn}"]);
        assert_eq!(shown("$default costs 5$"), ["$default costs 5$"]);
        assert_eq!(shown("$$$${a}"), ["$${a}"]);
    }

    #[test]
    fn broken_references_are_refused() {
        for text in ["${a", "${}", "${a.}", "${a[}", "${a[x]}", "${a b}", "${.a}", "${a[\"b}"] {
            assert!(parts(text).is_err(), "{text} was read");
        }
    }
}
