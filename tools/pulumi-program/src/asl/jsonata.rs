//! Tokenizer for `JSONata` expressions.
//!
//! It reports unclosed quotes and brackets, and the `$names` that an expression uses, calls or
//! binds. The linter needs no more, so expressions are not parsed further. Grammar:
//! <https://docs.jsonata.org/>.

/// Functions of `JSONata` that Step Functions supports, and its own:
/// <https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html#jsonata-functions-provided-by-sfn>.
/// `$eval` is missing, because Step Functions does not support it.
pub(super) const FUNCTIONS: &[&str] = &[
    // Step Functions
    "hash",
    "parse",
    "partition",
    "random",
    "range",
    "uuid",
    // Strings
    "base64decode",
    "base64encode",
    "contains",
    "decodeUrl",
    "decodeUrlComponent",
    "encodeUrl",
    "encodeUrlComponent",
    "join",
    "length",
    "lowercase",
    "match",
    "pad",
    "replace",
    "split",
    "string",
    "substring",
    "substringAfter",
    "substringBefore",
    "trim",
    "uppercase",
    // Numbers
    "abs",
    "average",
    "ceil",
    "floor",
    "formatBase",
    "formatInteger",
    "formatNumber",
    "max",
    "min",
    "number",
    "parseInteger",
    "power",
    "round",
    "sqrt",
    "sum",
    // Booleans and types
    "assert",
    "boolean",
    "error",
    "exists",
    "not",
    "type",
    // Arrays and objects
    "append",
    "count",
    "distinct",
    "each",
    "filter",
    "keys",
    "lookup",
    "map",
    "merge",
    "reduce",
    "reverse",
    "shuffle",
    "sift",
    "single",
    "sort",
    "spread",
    "zip",
    // Time
    "fromMillis",
    "millis",
    "now",
    "toMillis",
];

/// One `$name` in an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name<'a> {
    /// The name without the `$`.
    pub(super) text: &'a str,
    /// The name after the first dot: `input` in `$states.input.key`.
    pub(super) member: Option<&'a str>,
    /// True if the name is called: `$name(…)`.
    pub(super) call: bool,
    /// True if the expression binds the name: `$name := …`, a function's parameter, `@$name` or
    /// `#$name`.
    pub(super) binds: bool,
}

/// The names in `expression`. The error names the quote or bracket that is not closed.
pub(super) fn names(expression: &str) -> Result<Vec<Name<'_>>, String> {
    let mut scanner = Scanner { rest: expression, open: Vec::new(), names: Vec::new(), last: "" };
    while !scanner.rest.is_empty() {
        scanner.step()?;
    }
    match scanner.open.last() {
        Some((bracket, _)) => Err(format!("`{bracket}` is not closed")),
        None if expression.trim().is_empty() => Err("the expression is empty".to_owned()),
        None => Ok(scanner.names),
    }
}

struct Scanner<'a> {
    rest: &'a str,
    /// Open brackets; true if the bracket encloses the parameters of a `function`.
    open: Vec<(char, bool)>,
    names: Vec<Name<'a>>,
    /// The previous token.
    last: &'a str,
}

impl<'a> Scanner<'a> {
    fn step(&mut self) -> Result<(), String> {
        let Some(first) = self.rest.chars().next() else { return Ok(()) };
        match first {
            c if c.is_whitespace() => {
                self.rest = self.rest.trim_start();
            }
            '"' | '\'' | '`' => self.quoted(first)?,
            '/' if self.rest.starts_with("/*") => self.comment()?,
            '/' if !self.ends_operand() => self.regex()?,
            '(' | '[' | '{' => {
                let parameters = first == '(' && matches!(self.last, "function" | "λ");
                self.open.push((first, parameters));
                self.take(1);
            }
            ')' | ']' | '}' => self.close(first)?,
            '$' => self.name(),
            c if is_word(c) => {
                self.take(word(self.rest));
            }
            c => {
                self.take(c.len_utf8());
            }
        }
        Ok(())
    }

    /// Takes the next `length` bytes as a token.
    fn take(&mut self, length: usize) -> &'a str {
        let (token, rest) = self.rest.split_at(length);
        self.last = token;
        self.rest = rest;
        token
    }

    /// True if a `/` here is a division rather than the start of a regular expression.
    fn ends_operand(&self) -> bool {
        self.last.ends_with(|c: char| is_word(c) || matches!(c, ')' | ']' | '}' | '"' | '\'' | '`'))
    }

    fn quoted(&mut self, quote: char) -> Result<(), String> {
        let mut escaped = false;
        for (at, c) in self.rest.char_indices().skip(1) {
            if c == quote && !escaped {
                self.take(at + c.len_utf8());
                return Ok(());
            }
            escaped = c == '\\' && !escaped;
        }
        Err(format!("`{quote}` is not closed"))
    }

    /// Skips a regular expression; a `/` inside brackets does not end it.
    fn regex(&mut self) -> Result<(), String> {
        let (mut escaped, mut depth) = (false, 0_usize);
        for (at, c) in self.rest.char_indices().skip(1) {
            match c {
                _ if escaped => {}
                '/' if depth == 0 => {
                    self.take(at + 1);
                    return Ok(());
                }
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            escaped = c == '\\' && !escaped;
        }
        Err("`/` is not closed".to_owned())
    }

    fn comment(&mut self) -> Result<(), String> {
        let end = self.rest.find("*/").ok_or("`/*` is not closed")?;
        self.rest = &self.rest[end + 2..];
        Ok(())
    }

    fn close(&mut self, bracket: char) -> Result<(), String> {
        let matching = match bracket {
            ')' => '(',
            ']' => '[',
            _ => '{',
        };
        match self.open.pop() {
            Some((open, _)) if open == matching => {
                self.take(1);
                Ok(())
            }
            Some((open, _)) => Err(format!("`{open}` is closed by `{bracket}`")),
            None => Err(format!("`{bracket}` closes nothing")),
        }
    }

    /// Reads `$name`. A `$` or `$$` without a name is the context, which always exists.
    fn name(&mut self) {
        let bound = matches!(self.last, "@" | "#");
        let length = word(&self.rest[1..]);
        let name = &self.take(1 + length)[1..];
        if name.is_empty() {
            return;
        }
        let after = self.rest.trim_start();
        let member = after.strip_prefix('.').map(str::trim_start);
        let parameter = self.open.last().is_some_and(|(_, parameters)| *parameters);
        self.names.push(Name {
            text: name,
            member: member.map(|member| &member[..word(member)]).filter(|one| !one.is_empty()),
            call: after.starts_with('('),
            binds: bound || parameter || after.starts_with(":="),
        });
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length in bytes of the word at the start of `text`.
fn word(text: &str) -> usize {
    text.find(|c| !is_word(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(expression: &str) -> Vec<&str> {
        names(expression).unwrap().into_iter().map(|name| name.text).collect()
    }

    #[test]
    fn names_are_found_outside_quotes_and_comments() {
        assert_eq!(found("$a & '$b \\' $c' & \"$d\" /* $e */ & $f"), ["a", "f"]);
        assert_eq!(found("$match($s, /$x[/]/)"), ["match", "s"]);
        assert_eq!(found("$a / $b / 2"), ["a", "b"], "a slash after an operand divides");
        assert_eq!(found("$ + $$.x"), Vec::<&str>::new());
    }

    #[test]
    fn calls_members_and_bindings_are_told_apart() {
        let read = names("($x := $states.input.key; $map($x, function($v) { $v }))").unwrap();
        let states = read.iter().find(|name| name.text == "states").unwrap();
        assert_eq!(states.member, Some("input"));
        assert!(read.iter().find(|name| name.text == "map").unwrap().call);
        let bound: Vec<_> = read.iter().filter(|n| n.binds).map(|n| n.text).collect();
        assert_eq!(bound, ["x", "v"]);
    }

    #[test]
    fn unclosed_expressions_are_refused() {
        for expression in ["$a(", "[1, 2", "'a", "{'a': 1)", "1)", "/* a", "", "  ", "\"\\\""] {
            assert!(names(expression).is_err(), "{expression:?} was read");
        }
    }
}
