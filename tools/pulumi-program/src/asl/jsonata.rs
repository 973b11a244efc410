//! `JSONata` expressions, parsed but not evaluated.
//!
//! Grammar: <https://docs.jsonata.org/>, in version 2.0.6, which Step Functions supports. No crate
//! parses exactly that version: for one in twenty expressions with a typo, `jsonata-core` 2.2.13
//! gives another result than the reference implementation.

mod functions;
mod parser;
mod tokens;

pub(super) use functions::{names as functions, wrong_arguments};
use parser::{Kind, Node};

/// One `$name` in an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name<'a> {
    /// The name without the `$`.
    pub(super) text: &'a str,
    /// The name after the first dot: `input` in `$states.input.key`.
    pub(super) member: Option<&'a str>,
    /// The number of arguments, if the expression calls the name: `$name(…)`.
    pub(super) arguments: Option<usize>,
    /// True if the expression binds the name: `$name := …`, a function's parameter, `@$name` or
    /// `#$name`.
    pub(super) binds: bool,
}

#[derive(Debug)]
pub(super) struct Expression<'a> {
    /// The variables and functions in the expression.
    pub(super) names: Vec<Name<'a>>,
    /// The references to the expression's input document: field names, wildcards and `$` at the top
    /// level, and `$$` anywhere. Step Functions passes no input document.
    pub(super) context: Vec<&'a str>,
    /// False if the expression's value is certainly not a boolean.
    pub(super) may_be_boolean: bool,
}

/// Parses an expression. The error describes the first mistake.
pub(super) fn parse(expression: &str) -> Result<Expression<'_>, String> {
    let node = parser::parse(expression)?;
    let may_be_boolean = boolean(&node) != Some(false);
    let mut parsed = Expression { names: Vec::new(), context: Vec::new(), may_be_boolean };
    parsed.visit(&node, true, 0);
    Ok(parsed)
}

impl<'a> Expression<'a> {
    /// Collects the names in `node`. `top_level` is true if the context of the node is the
    /// expression's input document. `chained` is the number of arguments that come from `~>`.
    fn visit(&mut self, node: &Node<'a>, top_level: bool, chained: usize) {
        match node.kind {
            Kind::Name(name) if top_level => self.context.push(name),
            Kind::Variable("") if top_level => self.context.push("$"),
            Kind::Variable("$") => self.context.push("$$"),
            Kind::Variable("") => {}
            Kind::Variable(name) => self.name(name, false),
            Kind::Binding(name) => self.name(name, true),
            _ => {}
        }
        let first = self.names.len();
        for (index, part) in node.same.iter().enumerate() {
            let chained = usize::from(node.kind == Kind::Chain && index == 1);
            self.visit(part, top_level, chained);
        }
        // `same[0]` is the function of a call, or the first step of a path. If `same[0]` is a
        // variable, `names[first]` is its name, which the loop above has added.
        let start = node.same.first().map(|part| part.operand().kind);
        if let Some(name) = self.names.get_mut(first)
            && start == Some(Kind::Variable(name.text))
        {
            match node.kind {
                Kind::Call => name.arguments = Some(node.same.len() - 1 + chained),
                Kind::Path => {
                    name.member = match node.nested.first().map(|part| part.operand().kind) {
                        Some(Kind::Name(member)) => Some(member),
                        _ => None,
                    };
                }
                _ => {}
            }
        }
        for part in &node.nested {
            self.visit(part, false, 0);
        }
    }

    fn name(&mut self, text: &'a str, binds: bool) {
        self.names.push(Name { text, member: None, arguments: None, binds });
    }
}

/// True if the value of `node` is certainly a boolean, false if it certainly is not, and `None` if
/// that is not known.
fn boolean(node: &Node<'_>) -> Option<bool> {
    match node.kind {
        Kind::Boolean | Kind::Comparison => Some(true),
        Kind::String
        | Kind::Number
        | Kind::Null
        | Kind::Regex
        | Kind::Lambda
        | Kind::Transform
        | Kind::Array
        | Kind::Object
        | Kind::Calculation => Some(false),
        Kind::Call => match node.same.first()?.kind {
            Kind::Variable(name) => functions::returns_boolean(name),
            _ => None,
        },
        Kind::Block => boolean(node.same.last()?),
        Kind::Condition => {
            let branches: Vec<_> = node.same.iter().skip(1).map(boolean).collect();
            branches.contains(&Some(false)).then_some(false)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(expression: &str) -> Vec<&str> {
        parse(expression).unwrap().names.into_iter().map(|name| name.text).collect()
    }

    #[test]
    fn names_are_found_outside_quotes_and_comments() {
        assert_eq!(found("$a & '$b \\\" $c' & \"$d\" /* $e */ & $f"), ["a", "f"]);
        assert_eq!(found("$match($s, /$x[/]/)"), ["match", "s"]);
        assert_eq!(found("$a / $b / 2"), ["a", "b"], "a slash after an operand divides");
        assert_eq!(found("$a.($ + $$.x)"), ["a"]);
    }

    #[test]
    fn calls_members_and_bindings_are_told_apart() {
        let text = "($x := $states.input.key; $map($x, function($v) { $v }) ~> $sort(?))";
        let names = parse(text).unwrap().names;
        let by_text = |text: &str| names.iter().find(|name| name.text == text).unwrap();
        assert_eq!(by_text("states").member, Some("input"));
        assert_eq!(by_text("map").arguments, Some(2));
        assert_eq!(by_text("sort").arguments, Some(2), "the chain gives one");
        let bound: Vec<_> = names.iter().filter(|n| n.binds).map(|n| n.text).collect();
        assert_eq!(bound, ["x", "v"]);
    }

    #[test]
    fn what_refers_to_the_input_document_is_found() {
        let context = |text| parse(text).unwrap().context;
        assert_eq!(context("key & $states.input.key"), ["key"]);
        assert_eq!(context("$.key"), ["$"]);
        assert_eq!(context("$a.b[$$.c = d]"), ["$$"]);
        assert_eq!(context("'key'.a"), ["a string"]);
        assert_eq!(context("$map($a, function($v) { key })"), ["key"]);
        assert_eq!(context("$a[$ = b].{c: d, 'e': *}^(f){g: $}"), Vec::<&str>::new());
        assert_eq!(context("$count($states.result[$ = 'recorded'])"), Vec::<&str>::new());
    }

    #[test]
    fn values_that_are_no_booleans_are_found() {
        for text in ["1", "'a'", "$a + 1", "{}", "[]", "$count($a)", "($a; 1)", "$a ? true : null"]
        {
            assert!(!parse(text).unwrap().may_be_boolean, "{text}");
        }
        for text in
            ["$a", "$a.b", "$a > 1", "$not($a)", "$own($a)", "$a ? $b : false", "$parse($a)"]
        {
            assert!(parse(text).unwrap().may_be_boolean, "{text}");
        }
    }

    /// The reference implementation of `JSONata` refuses the texts of the first list, and accepts
    /// those of the second list.
    #[test]
    fn expressions_are_parsed_as_the_reference_implementation_does() {
        for text in [
            "$a(",
            "[1, 2",
            "'a",
            "{'a': 1)",
            "1)",
            "/* a",
            "",
            "  ",
            "\"\\\"",
            "$a b",
            "$a..b",
            "$a + ",
            "$f($a,)",
            "{'a' 1}",
            "{'a': 1,}",
            "'\\''",
            "'\\u12'",
            "1e999",
            "$a.1",
            "1 := 2",
            "$a@1",
            "$a[1",
            "function(a) { 1 }",
            "$a ? 1 :",
            "~$a",
            "!$a",
            "$a[0]@$b.c",
            "$a{b: c}[0]",
            "[/a/]",
            "//",
        ] {
            assert!(parse(text).is_err(), "{text:?} was accepted");
        }
        for text in [
            "$a[]",
            "$a{b: c}",
            "a{b: c}[0]",
            "$a^(>b, <c)",
            "$a ~> |b|{'c': 1}, 'd'|",
            "and.or.in",
            "λ($a)<n:n>{ $a }",
            "$f(?, 2)",
            "($a; $b;)",
            "()",
            "-$a",
            "$a in [1..3]",
            "`a b`.c",
            "st'a",
            "$match($a, /b(c|\\/)/i)",
            "$a.*.**.%",
            "$a@$b#$c",
            "$a ? 1",
            "'\\u00e9'",
            "1.5e-3",
        ] {
            assert_eq!(parse(text).err(), None, "{text:?} was refused");
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        let error = parse(&"(".repeat(100_000)).unwrap_err();
        assert!(error.contains("nested more than"), "{error}");
    }
}
