//! Values of a program before evaluation: constants, texts with `${…}`, lists, objects and `fn::`
//! calls.

use serde_json::Value;

use crate::finding::{Finding, Place};
use crate::reference::{self, Part, Reference};
use crate::yaml::{Entry, Node, Yaml};

/// A value of the program before evaluation, with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expression {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
}

/// The forms of an [`Expression`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A boolean, a number, null, or a text without references.
    Constant(Value),
    /// Text with several references, or with a reference and other text; evaluates to a string.
    Text(Vec<Part>),
    /// A single `${…}` without other text; evaluates to the referenced value, of any type.
    Reference(Reference),
    List(Vec<Expression>),
    Object(Vec<(String, Expression)>),
    Call(Box<Call>),
}

/// Calls of the supported `fn::` functions; any other function is an error.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Call {
    Join {
        delimiter: Expression,
        values: Expression,
    },
    Split {
        delimiter: Expression,
        text: Expression,
    },
    ToJson(Expression),
    ReadFile(Expression),
    FileArchive(Expression),
    /// The number of elements of a list, or of members of an object.
    Length(Expression),
    /// The element of a list at an index, counted from 0.
    Select {
        index: Expression,
        values: Expression,
    },
    /// The only element of a list, or null if the list is empty.
    SingleOrNone(Expression),
    ToBase64(Expression),
    Invoke {
        function: String,
        result: Option<String>,
    },
}

/// The names of the functions in [`Call`], for messages.
const FUNCTIONS: &str = "fn::fileArchive, fn::invoke, fn::join, fn::length, fn::readFile, fn::select, \
                         fn::singleOrNone, fn::split, fn::toBase64, fn::toJSON";

/// Reads expressions and collects findings.
pub(crate) struct ExpressionReader<'a> {
    pub(crate) findings: &'a mut Vec<Finding>,
}

impl ExpressionReader<'_> {
    /// Reads `node` at `place`. An expression that cannot be read becomes null, and adds a finding.
    pub(crate) fn read(&mut self, node: &Node, place: &Place) -> Expression {
        let place = place.clone().at(node.line);
        let kind = match &node.value {
            Yaml::Scalar(Value::String(text)) => self.text(text, &place),
            Yaml::Scalar(value) => Kind::Constant(value.clone()),
            Yaml::Sequence(items) => Kind::List(self.list(items, &place)),
            Yaml::Mapping(entries) => self.mapping(entries, &place),
        };
        Expression { place, kind }
    }

    fn text(&mut self, text: &str, place: &Place) -> Kind {
        match reference::parts(text) {
            Ok(parts) => match parts.as_slice() {
                [Part::Literal(text)] => Kind::Constant(Value::String(text.clone())),
                [Part::Reference(reference)] => Kind::Reference(reference.clone()),
                _ => Kind::Text(parts),
            },
            Err(message) => self.refuse(place, message),
        }
    }

    fn list(&mut self, items: &[Node], place: &Place) -> Vec<Expression> {
        items.iter().enumerate().map(|(at, item)| self.read(item, &place.index(at))).collect()
    }

    fn mapping(&mut self, entries: &[Entry], place: &Place) -> Kind {
        match entries.iter().find(|entry| entry.key.starts_with("fn::")) {
            Some(call) if entries.len() == 1 => self.call(call, place),
            Some(call) => {
                let message = format!("{} must be the only key of its object", call.key);
                self.refuse(place, message)
            }
            None => Kind::Object(self.entries(entries, place)),
        }
    }

    /// Reads the properties of an object. Keys are plain text, in which neither `${…}` nor `$$` is
    /// allowed.
    pub(crate) fn entries(
        &mut self,
        entries: &[Entry],
        place: &Place,
    ) -> Vec<(String, Expression)> {
        let mut read = Vec::with_capacity(entries.len());
        for entry in entries {
            let place = place.key(&entry.key).at(entry.line);
            if entry.key.contains("${") || entry.key.contains("$$") {
                self.refuse(&place, "a key must be plain text, without `${…}`");
            }
            read.push((entry.key.clone(), self.read(&entry.value, &place)));
        }
        read
    }

    fn call(&mut self, entry: &Entry, place: &Place) -> Kind {
        let place = place.key(&entry.key).at(entry.line);
        let call = match entry.key.as_str() {
            "fn::join" => self
                .pair(&entry.value, &place, "[delimiter, list of strings]")
                .map(|(delimiter, values)| Call::Join { delimiter, values }),
            "fn::split" => self
                .pair(&entry.value, &place, "[delimiter, string]")
                .map(|(delimiter, text)| Call::Split { delimiter, text }),
            "fn::select" => self
                .pair(&entry.value, &place, "[index, list]")
                .map(|(index, values)| Call::Select { index, values }),
            "fn::singleOrNone" => Some(Call::SingleOrNone(self.read(&entry.value, &place))),
            "fn::length" => Some(Call::Length(self.read(&entry.value, &place))),
            "fn::toBase64" => Some(Call::ToBase64(self.read(&entry.value, &place))),
            "fn::toJSON" => Some(Call::ToJson(self.read(&entry.value, &place))),
            "fn::readFile" => Some(Call::ReadFile(self.read(&entry.value, &place))),
            "fn::fileArchive" => Some(Call::FileArchive(self.read(&entry.value, &place))),
            "fn::invoke" => self.invoke(&entry.value, &place),
            other => {
                self.refuse(
                    &place,
                    format!("unknown function {other}; known functions are {FUNCTIONS}"),
                );
                None
            }
        };
        call.map_or(Kind::Constant(Value::Null), |call| Kind::Call(Box::new(call)))
    }

    fn pair(&mut self, node: &Node, place: &Place, form: &str) -> Option<(Expression, Expression)> {
        if let Yaml::Sequence(items) = &node.value
            && let [first, second] = items.as_slice()
        {
            return Some((self.read(first, &place.index(0)), self.read(second, &place.index(1))));
        }
        self.refuse(place, format!("takes {form}"));
        None
    }

    /// Reads `fn::invoke: {function, return}`. Arguments are not supported, because no function
    /// that the program calls needs any.
    fn invoke(&mut self, node: &Node, place: &Place) -> Option<Call> {
        let Yaml::Mapping(entries) = &node.value else {
            self.refuse(place, "takes {function, return}");
            return None;
        };
        let (mut function, mut result) = (None, None);
        for entry in entries {
            match (entry.key.as_str(), entry.value.as_str()) {
                ("function", Some(name)) => function = Some(name.to_owned()),
                ("return", Some(name)) => result = Some(name.to_owned()),
                ("function" | "return", None) => {
                    self.refuse(&place.key(&entry.key).at(entry.line), "must be a string");
                }
                (key, _) => {
                    let message = "unknown field; fn::invoke takes function and return";
                    self.refuse(&place.key(key).at(entry.line), message);
                }
            }
        }
        if function.is_none() {
            self.refuse(place, "function is missing: name the function to call");
        }
        function.map(|function| Call::Invoke { function, result })
    }

    fn refuse(&mut self, place: &Place, message: impl Into<String>) -> Kind {
        self.findings.push(Finding::error(place.clone(), message));
        Kind::Constant(Value::Null)
    }
}

impl Expression {
    /// Every reference in this expression, in the order of the file.
    pub(crate) fn references(&self) -> Vec<(&Place, &Reference)> {
        let mut found = Vec::new();
        self.visit(&mut |expression| match &expression.kind {
            Kind::Reference(reference) => found.push((&expression.place, reference)),
            Kind::Text(parts) => found.extend(parts.iter().filter_map(|part| match part {
                Part::Reference(reference) => Some((&expression.place, reference)),
                Part::Literal(_) => None,
            })),
            _ => {}
        });
        found
    }

    /// Calls `visitor` with this expression and every expression inside it, outermost first.
    pub(crate) fn visit<'a>(&'a self, visitor: &mut impl FnMut(&'a Self)) {
        visitor(self);
        match &self.kind {
            Kind::Constant(_) | Kind::Text(_) | Kind::Reference(_) => {}
            Kind::List(items) => items.iter().for_each(|item| item.visit(visitor)),
            Kind::Object(entries) => entries.iter().for_each(|(_, value)| value.visit(visitor)),
            Kind::Call(call) => call.arguments().into_iter().for_each(|value| value.visit(visitor)),
        }
    }
}

impl Call {
    /// The function's name in the program.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Join { .. } => "fn::join",
            Self::Split { .. } => "fn::split",
            Self::ToJson(_) => "fn::toJSON",
            Self::ReadFile(_) => "fn::readFile",
            Self::FileArchive(_) => "fn::fileArchive",
            Self::Length(_) => "fn::length",
            Self::Select { .. } => "fn::select",
            Self::SingleOrNone(_) => "fn::singleOrNone",
            Self::ToBase64(_) => "fn::toBase64",
            Self::Invoke { .. } => "fn::invoke",
        }
    }

    fn arguments(&self) -> Vec<&Expression> {
        match self {
            Self::Join { delimiter, values: value } | Self::Split { delimiter, text: value } => {
                vec![delimiter, value]
            }
            Self::Select { index, values } => vec![index, values],
            Self::ToJson(value)
            | Self::ReadFile(value)
            | Self::FileArchive(value)
            | Self::Length(value)
            | Self::SingleOrNone(value)
            | Self::ToBase64(value) => vec![value],
            Self::Invoke { .. } => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn read(text: &str) -> (Expression, Vec<String>) {
        let mut findings = Vec::new();
        let node = yaml::parse(text).unwrap();
        let expression =
            ExpressionReader { findings: &mut findings }.read(&node, &Place::file("f"));
        (expression, findings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn references_are_found_at_every_depth() {
        let (expression, findings) = read(
            "a: ${b.c}\nd:\n  - fn::join: [\",\", [\"x${e}\", {fn::toJSON: {f: \"${g}\"}}]]\n",
        );
        assert_eq!(findings, Vec::<String>::new());
        let found: Vec<String> = expression
            .references()
            .into_iter()
            .map(|(place, reference)| format!("{} {reference}", place.line.unwrap_or(0)))
            .collect();
        assert_eq!(found, ["1 ${b.c}", "3 ${e}", "3 ${g}"]);
    }

    #[test]
    fn unsupported_expressions_are_refused_by_name() {
        for (text, message) in [
            ("fn::sha1: a", "error: f:1: fn::sha1: unknown function fn::sha1"),
            ("a: {fn::toJSON: 1, b: 2}", "error: f:1: a: fn::toJSON must be the only key"),
            ("fn::join: a", "error: f:1: fn::join: takes [delimiter"),
            ("fn::split: [a]", "error: f:1: fn::split: takes [delimiter, string]"),
            ("fn::invoke: {function: f, arguments: {}}", "fn::invoke.arguments: unknown field"),
            ("fn::invoke: {return: a}", "fn::invoke: function is missing"),
            ("fn::invoke: f", "takes {function, return}"),
            ("\"${a}\": 1", "a key must be plain text"),
            ("a: [\"${b\"]", "error: f:1: a[0]: `${b` has no closing `}`"),
        ] {
            let (_, findings) = read(text);
            assert!(findings.iter().any(|f| f.contains(message)), "{text} gave {findings:?}");
        }
    }
}
