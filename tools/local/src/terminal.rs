//! Formatting of results and progress, for a terminal, a file or a pipe.
//!
//! Results go to standard output, and progress goes to standard error.
//!
//! Only a terminal that can show colors and movement gets them. The crate `console` omits colors if
//! `NO_COLOR` (<https://no-color.org>) is set or `TERM` is `dumb`.

pub(crate) mod bars;
pub(crate) mod format;
pub(crate) mod table;

use console::Term;

/// The number of columns of the terminal that standard output goes to. `None` if standard output is
/// not a terminal, or if the terminal does not know its size and reports 0.
pub(crate) fn width() -> Option<usize> {
    columns(&Term::stdout())
}

/// True if standard error is a terminal on which lines can be redrawn.
pub(crate) fn can_redraw() -> bool {
    let terminal = Term::stderr();
    let dumb = std::env::var_os("TERM").is_none_or(|it| it.is_empty() || it == "dumb");
    !dumb && columns(&terminal).is_some()
}

fn columns(terminal: &Term) -> Option<usize> {
    if !terminal.is_term() {
        return None;
    }
    let (_, columns) = terminal.size_checked()?;
    Some(usize::from(columns)).filter(|&columns| columns > 0)
}
