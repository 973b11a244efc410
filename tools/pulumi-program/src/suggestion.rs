//! Suggestions for names that are misspelled.

/// Returns ` (did you mean …?)` with the name in `known` that is most similar to `name`; empty if
/// none is similar.
pub(crate) fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let distance = |other: &&str| edit_distance(name, other);
    match known.min_by_key(distance) {
        Some(best) if edit_distance(name, best) <= name.len() / 3 => {
            format!(" (did you mean {best}?)")
        }
        _ => String::new(),
    }
}

/// Returns the number of letters to insert, delete or change to turn one name into the other
/// (Levenshtein distance), regardless of case.
fn edit_distance(from: &str, to: &str) -> usize {
    strsim::levenshtein(&from.to_ascii_lowercase(), &to.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested() {
        assert_eq!(
            near("memorysize", ["memorySize", "timeout"].into_iter()),
            " (did you mean memorySize?)"
        );
        assert_eq!(near("xyz", ["memorySize"].into_iter()), "");
        assert_eq!(edit_distance("kitten", "sitting"), 3);
    }
}
