//! The functions that expressions can call.

/// Maximum number of arguments of a function that takes any number.
const UNLIMITED: usize = usize::MAX;

/// Functions of `JSONata` that Step Functions supports, and functions that Step Functions adds,
/// with their minimum and maximum number of arguments. `$eval` is not supported.
///
/// Names: <https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>. Arguments:
/// the signatures in `JSONata` 2.0.6, `src/jsonata.js`. An argument that defaults to the context
/// value does not count towards the minimum.
const FUNCTIONS: &[(&str, usize, usize)] = &[
    // Step Functions
    ("hash", 1, 2),
    ("parse", 0, 1),
    ("partition", 2, 2),
    ("random", 0, 1),
    ("range", 3, 3),
    ("uuid", 0, 0),
    // Strings
    ("base64decode", 0, 1),
    ("base64encode", 0, 1),
    ("contains", 1, 2),
    ("decodeUrl", 0, 1),
    ("decodeUrlComponent", 0, 1),
    ("encodeUrl", 0, 1),
    ("encodeUrlComponent", 0, 1),
    ("join", 1, 2),
    ("length", 0, 1),
    ("lowercase", 0, 1),
    ("match", 1, 3),
    ("pad", 1, 3),
    ("replace", 2, 4),
    ("split", 1, 3),
    ("string", 0, 2),
    ("substring", 1, 3),
    ("substringAfter", 1, 2),
    ("substringBefore", 1, 2),
    ("trim", 0, 1),
    ("uppercase", 0, 1),
    // Numbers
    ("abs", 0, 1),
    ("average", 1, 1),
    ("ceil", 0, 1),
    ("floor", 0, 1),
    ("formatBase", 0, 2),
    ("formatInteger", 1, 2),
    ("formatNumber", 1, 3),
    ("max", 1, 1),
    ("min", 1, 1),
    ("number", 0, 1),
    ("parseInteger", 1, 2),
    ("power", 1, 2),
    ("round", 0, 2),
    ("sqrt", 0, 1),
    ("sum", 1, 1),
    // Booleans and types
    ("assert", 1, 2),
    ("boolean", 0, 1),
    ("error", 0, 1),
    ("exists", 1, 1),
    ("not", 0, 1),
    ("type", 1, 1),
    // Arrays and objects
    ("append", 2, 2),
    ("count", 1, 1),
    ("distinct", 1, 1),
    ("each", 1, 2),
    ("filter", 2, 2),
    ("keys", 0, 1),
    ("lookup", 1, 2),
    ("map", 2, 2),
    ("merge", 1, 1),
    ("reduce", 2, 3),
    ("reverse", 1, 1),
    ("shuffle", 1, 1),
    ("sift", 0, 2),
    ("single", 1, 2),
    ("sort", 1, 2),
    ("spread", 0, 1),
    ("zip", 1, UNLIMITED),
    // Time
    ("fromMillis", 0, 3),
    ("millis", 0, 0),
    ("now", 0, 2),
    ("toMillis", 0, 2),
];

/// Functions that return a boolean.
const BOOLEAN: &[&str] = &["contains", "boolean", "exists", "not"];

/// Functions that return values of any type.
const ANY: &[&str] =
    &["parse", "assert", "error", "distinct", "filter", "lookup", "map", "reduce", "single", "zip"];

/// Names of all functions, without the `$`.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|(name, ..)| *name)
}

/// The message that `$name` does not take `count` arguments; `None` if it does, or if no such
/// function exists.
pub(crate) fn wrong_arguments(name: &str, count: usize) -> Option<String> {
    let (_, least, most) = FUNCTIONS.iter().find(|(known, ..)| *known == name)?;
    let takes = match (*least, *most) {
        (least, most) if (least..=most).contains(&count) => return None,
        (least, UNLIMITED) => format!("at least {least}"),
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} to {most}"),
    };
    Some(format!("${name} takes {takes} argument(s), not {count}"))
}

/// True if `$name` returns a boolean, false if it returns another type. `None` if that is not
/// known.
pub(crate) fn returns_boolean(name: &str) -> Option<bool> {
    let known = names().any(|known| known == name) && !ANY.contains(&name);
    known.then(|| BOOLEAN.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_number_of_arguments_is_described() {
        let takes = |name, count| wrong_arguments(name, count).unwrap_or_default();
        assert_eq!(takes("uuid", 1), "$uuid takes 0 argument(s), not 1");
        assert_eq!(takes("replace", 1), "$replace takes 2 to 4 argument(s), not 1");
        assert_eq!(takes("zip", 0), "$zip takes at least 1 argument(s), not 0");
        assert_eq!(takes("exists", 1), "");
        assert_eq!(takes("ownFunction", 9), "", "a function of the expression's own");
    }
}
