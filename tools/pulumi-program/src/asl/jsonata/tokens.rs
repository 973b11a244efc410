//! Tokenizer, as in `JSONata` 2.0.6 (`src/parser.js`).

/// Characters that separate tokens.
const WHITESPACE: [char; 5] = [' ', '\t', '\n', '\r', '\u{b}'];

/// Characters that, like whitespace, end a name. A name can contain any other character, even a
/// quote.
const OPERATORS: &str = ".[]{}(),@#;:?+-*/%|=<>^&!~";

/// Operators of two characters.
const LONG_OPERATORS: [&str; 7] = ["..", ":=", "!=", ">=", "<=", "**", "~>"];

/// Characters that can follow `\` in a string, apart from `u`.
const ESCAPES: &str = "\"\\/bfnrt";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Name(&'a str),
    /// A variable's name without its first `$`: empty for `$`, and `$` for `$$`.
    Variable(&'a str),
    String,
    Number,
    /// `true` or `false`.
    Boolean,
    Null,
    Regex,
    Operator(&'a str),
    End,
}

impl Token<'_> {
    /// The token in words, for an error.
    pub(super) fn describe(self) -> String {
        match self {
            Self::Name(text) | Self::Operator(text) => format!("`{text}`"),
            Self::Variable(name) => format!("`${name}`"),
            Self::String => "a string".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Boolean => "a boolean".to_owned(),
            Self::Null => "`null`".to_owned(),
            Self::Regex => "a regular expression".to_owned(),
            Self::End => "the end".to_owned(),
        }
    }
}

/// Reads tokens one at a time, because the meaning of `/` depends on what the parser has read.
pub(super) struct Tokenizer<'a> {
    rest: &'a str,
}

impl<'a> Tokenizer<'a> {
    pub(super) fn new(expression: &'a str) -> Self {
        Self { rest: expression }
    }

    /// The next token. After an operand, `/` divides; elsewhere it starts a regular expression.
    pub(super) fn next(&mut self, after_operand: bool) -> Result<Token<'a>, String> {
        self.skip()?;
        let Some(first) = self.rest.chars().next() else { return Ok(Token::End) };
        if first == '/' && !after_operand {
            return self.regex();
        }
        if let Some(operator) = LONG_OPERATORS.iter().find(|it| self.rest.starts_with(**it)) {
            return Ok(Token::Operator(self.take(operator.len())));
        }
        match first {
            '!' | '~' => Err(format!("`{first}` is no operator")),
            c if OPERATORS.contains(c) => Ok(Token::Operator(self.take(1))),
            '"' | '\'' => self.string(first),
            '0'..='9' => self.number(),
            '`' => self.quoted_name(),
            _ => Ok(self.name()),
        }
    }

    /// Takes the next `length` bytes.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    /// Skips whitespace and comments.
    fn skip(&mut self) -> Result<(), String> {
        loop {
            self.rest = self.rest.trim_start_matches(WHITESPACE);
            if !self.rest.starts_with("/*") {
                return Ok(());
            }
            let end = self.rest[2..].find("*/").ok_or("`/*` is not closed")?;
            self.take(2 + end + 2);
        }
    }

    /// Reads a regular expression. A `/` inside parentheses, brackets or braces, or after a
    /// backslash, does not end the expression.
    fn regex(&mut self) -> Result<Token<'a>, String> {
        let (mut escaped, mut depth) = (false, 0_i32);
        for (at, c) in self.rest.char_indices().skip(1) {
            match c {
                _ if escaped => {}
                '/' if depth == 0 && at == 1 => return Err("`//` is empty".to_owned()),
                '/' if depth == 0 => {
                    self.take(at + 1);
                    self.rest = self.rest.trim_start_matches(['i', 'm']);
                    return Ok(Token::Regex);
                }
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                _ => {}
            }
            escaped = c == '\\' && !escaped;
        }
        Err("`/` is not closed".to_owned())
    }

    fn string(&mut self, quote: char) -> Result<Token<'a>, String> {
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.take(at + 1);
                return Ok(Token::String);
            }
            if c != '\\' {
                continue;
            }
            match chars.next() {
                Some((_, escape)) if ESCAPES.contains(escape) => {}
                Some((_, 'u')) => {
                    let digits = chars.by_ref().take(4).filter(|(_, c)| c.is_ascii_hexdigit());
                    if digits.count() < 4 {
                        return Err("`\\u` needs 4 hexadecimal digits".to_owned());
                    }
                }
                Some((_, escape)) => return Err(format!("there is no escape `\\{escape}`")),
                None => break,
            }
        }
        Err(format!("`{quote}` is not closed"))
    }

    /// Reads a number: digits without leading zeros, then optionally a fraction and an exponent.
    fn number(&mut self) -> Result<Token<'a>, String> {
        let digits =
            |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let text = self.rest;
        let mut length = if text.starts_with('0') { 1 } else { digits(text) };
        if let Some(fraction) = text[length..].strip_prefix('.')
            && digits(fraction) > 0
        {
            length += 1 + digits(fraction);
        }
        if let Some(exponent) = text[length..].strip_prefix(['e', 'E']) {
            let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits(unsigned) > 0 {
                length += 1 + exponent.len() - unsigned.len() + digits(unsigned);
            }
        }
        let number = self.take(length);
        match number.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Token::Number),
            _ => Err(format!("{number} is out of range")),
        }
    }

    fn quoted_name(&mut self) -> Result<Token<'a>, String> {
        let length = self.rest[1..].find('`').ok_or("`` ` `` is not closed")?;
        let quoted = self.take(length + 2);
        Ok(Token::Name(&quoted[1..=length]))
    }

    fn name(&mut self) -> Token<'a> {
        let ends = |c: char| WHITESPACE.contains(&c) || OPERATORS.contains(c);
        let name = self.take(self.rest.find(ends).unwrap_or(self.rest.len()));
        match (name.strip_prefix('$'), name) {
            (Some(variable), _) => Token::Variable(variable),
            (None, "and" | "or" | "in") => Token::Operator(name),
            (None, "true" | "false") => Token::Boolean,
            (None, "null") => Token::Null,
            (None, _) => Token::Name(name),
        }
    }
}
