//! Human-readable numbers and text.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// Formats a size in decimal units: `828.2 kB`.
pub(crate) fn bytes(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let units = ["kB", "MB", "GB", "TB"];
    let (mut thousandths, mut unit) = (bytes, 0);
    while thousandths >= 1_000_000 && unit + 1 < units.len() {
        thousandths /= 1000;
        unit += 1;
    }
    format!("{}.{} {}", thousandths / 1000, thousandths % 1000 / 100, units[unit])
}

/// Formats a duration that is given in seconds: `0.35 s`, `2 min 5 s`.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.2} s");
    }
    let minutes = (seconds / 60.0).floor();
    format!("{minutes:.0} min {:.0} s", (seconds - minutes * 60.0).floor())
}

/// Formats an age of `seconds` in its largest unit, rounded down: `5 min ago`.
pub(crate) fn ago(seconds: f64) -> String {
    let (amount, unit) = match seconds {
        ..60.0 => (seconds.max(0.0), "s"),
        ..3600.0 => (seconds / 60.0, "min"),
        ..86_400.0 => (seconds / 3600.0, "h"),
        _ => (seconds / 86_400.0, "d"),
    };
    format!("{:.0} {unit} ago", amount.floor())
}

/// Escapes invisible characters, which an object's key can contain. Line breaks and terminal escape
/// sequences must not reach the terminal. Characters that change the direction of text could make
/// `gpj.exe` read as `exe.jpg`.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        if is_invisible(character) {
            printable.extend(character.escape_default());
        } else {
            printable.push(character);
        }
    }
    printable
}

/// True for control characters, and for characters that set the direction of text or have no width
/// (<https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>).
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

/// Maximum length of a line of text or JSON, in characters.
const LINE: usize = 160;

/// Escapes invisible characters and cuts the text after [`LINE`] characters.
pub(crate) fn short(text: &str) -> String {
    let text = printable(text);
    match text.char_indices().nth(LINE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Formats the cause of an error on one line, shortened.
pub(crate) fn cause(cause: &str) -> String {
    short(&message(cause))
}

/// Formats the cause of an error on one line.
pub(crate) fn whole_cause(cause: &str) -> String {
    printable(&message(cause))
}

/// The message in the cause of an error, or else the whole cause. If Lambda reports the error, the
/// cause is JSON: `{"errorType": "…", "errorMessage": "…"}`.
fn message(cause: &str) -> String {
    let json = serde_json::from_str::<Value>(cause).ok();
    json.as_ref().and_then(|it| it.get("errorMessage")?.as_str()).unwrap_or(cause).to_owned()
}

/// Formats a number of things: `1 image`, `2 images`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Minimum number of characters of a shortened id. Lists show more characters if the shortened ids
/// would not be unique. Commands accept the beginning of an id if it has at least this length.
pub(crate) const SHORT_ID: usize = 8;

/// The beginning of an id.
pub(crate) fn short_id(id: &str) -> &str {
    beginning(id, SHORT_ID)
}

/// The first `length` characters of a text.
pub(crate) fn beginning(text: &str, length: usize) -> &str {
    text.char_indices().nth(length).map_or(text, |(end, _)| &text[..end])
}

/// Quotes a word for a shell, so that it can be copied into a command. A word without special
/// characters does not change. A word with invisible characters needs bash or zsh.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_./:@%+=,".contains(it);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    if word.chars().any(is_invisible) {
        // `$'…'` is a string with escapes, which bash and zsh support.
        let escaped = word.chars().map(|character| match character {
            '\\' | '\'' => format!("\\{character}"),
            _ if is_invisible(character) => {
                let bytes = character.to_string().into_bytes();
                bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect::<Vec<_>>().concat()
            }
            _ => character.to_string(),
        });
        return format!("$'{}'", escaped.collect::<String>());
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The current time, in seconds since 1970.
pub(crate) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// Formats JSON on at most `limit` lines, each preceded by `indent`. If there are more lines, a
/// further line says how many were left out.
pub(crate) fn json(value: &Value, indent: &str, limit: usize) -> String {
    // The alternate form of a JSON value is pretty-printed.
    let text = format!("{value:#}");
    let lines: Vec<&str> = text.lines().collect();
    let mut shown: Vec<String> =
        lines.iter().take(limit).map(|line| format!("{indent}{}", short(line))).collect();
    if lines.len() > limit {
        let more = lines.len() - limit;
        shown.push(format!("{indent}… {more} more lines (use --json to see all)"));
    }
    shown.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sizes_have_decimal_units() {
        let shown = [0, 999, 1000, 828_201, 12_345_678, 3_000_000_000].map(bytes);
        assert_eq!(shown, ["0 B", "999 B", "1.0 kB", "828.2 kB", "12.3 MB", "3.0 GB"]);
        assert_eq!(bytes(u64::MAX), "18446744.0 TB");
    }

    #[test]
    fn durations_have_one_or_two_units() {
        assert_eq!([0.0, 0.351, 125.9].map(seconds), ["0.00 s", "0.35 s", "2 min 5 s"]);
        assert_eq!(
            [-1.0, 59.9, 3599.0, 7200.0].map(ago),
            ["0 s ago", "59 s ago", "59 min ago", "2 h ago"]
        );
    }

    #[test]
    fn invisible_characters_do_not_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[2J\né"), "a\\u{1b}[2J\\né");
        assert_eq!(printable("\u{202e}gpj.exe"), "\\u{202e}gpj.exe");
    }

    #[test]
    fn cause_is_reduced_to_its_message() {
        assert_eq!(cause("{\"errorType\":\"E\",\"errorMessage\":\"why\"}"), "why");
        assert_eq!(cause("plain"), "plain");
        assert_eq!(cause(&"é".repeat(500)).chars().count(), LINE + 1);
    }

    #[test]
    fn numbers_agree_with_their_nouns() {
        let shown = [0, 1, 2].map(|number| count(number, "image", "images"));
        assert_eq!(shown, ["0 images", "1 image", "2 images"]);
    }

    #[test]
    fn quoted_words_are_words_of_a_shell() {
        for word in [
            "cat.jpg",
            "it's",
            "a b",
            "",
            "Grüße & more (1).PNG",
            "$HOME",
            "a\\b",
            "x\ny1",
            "\u{1b}[2J\\'",
            "\u{202e}gpj.exe\u{85}",
        ] {
            let command = format!("printf %s {}", quoted(word));
            let output = std::process::Command::new("bash").args(["-c", &command]).output();
            let printed = output.unwrap().stdout;
            assert_eq!(String::from_utf8(printed).unwrap(), word, "{command}");
        }
        assert_eq!(quoted("cat.jpg"), "cat.jpg");
        assert_eq!(quoted("\u{202e}gpj.exe"), "$'\\xe2\\x80\\xaegpj.exe'");
    }

    #[test]
    fn long_json_is_cut_with_a_note() {
        let shown = super::json(&json!([1, 2, 3]), "  ", 2);
        assert_eq!(shown, "  [\n    1,\n  … 3 more lines (use --json to see all)");
        assert_eq!(super::json(&json!({}), "", 2), "{}");
    }
}
