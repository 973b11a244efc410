//! The frame around every view.

use maud::{DOCTYPE, Markup, html};

use super::Site;
use crate::terminal::format;

/// A view of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// The list of executions, or one execution.
    Executions,
    /// The images and the overview.
    Images,
    /// The failure queue.
    Failures,
    /// Result events.
    Events,
    /// Reconciliations.
    Reconciliations,
}

/// Each view with its path, its name, and the letter that opens the view when the user types it
/// after `g`.
const VIEWS: [(View, &str, &str, &str); 5] = [
    (View::Executions, "executions", "Executions", "e"),
    (View::Images, "images", "Images", "i"),
    (View::Failures, "failures", "Failures", "f"),
    (View::Events, "results", "Events", "v"),
    (View::Reconciliations, "reconciliations", "Reconcile", "r"),
];

/// Renders a whole page. When something in the stack has changed, the script replaces the elements
/// of `content` that have the attribute `data-live`. Each of these elements needs an id.
pub(super) fn page(site: &Site, view: View, title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (format::printable(title)) " · pixgauge" }
                link rel="icon" href=(site.href("assets/icon.svg"));
                link rel="stylesheet" href=(site.href("assets/page.css"));
                script type="module" src=(site.href("assets/page.js")) {}
            }
            body data-base=(site.door.base()) data-version=(site.live.version()) {
                a.skip href="#content" { "Skip to content" }
                header {
                    a.brand href=(site.href("executions")) {
                        img src=(site.href("assets/icon.svg")) width="20" height="20" alt="";
                        "pixgauge"
                    }
                    nav aria-label="Views" {
                        @for (other, path, name, key) in VIEWS {
                            a href=(site.href(path)) data-key=(key)
                                aria-current=[(other == view).then_some("page")] {
                                (name)
                                @if other == View::Failures {
                                    span.badge #failures-badge hidden {}
                                }
                            }
                        }
                    }
                    span.connection #connection role="status" { "…" }
                    button.quiet type="button" #help-button aria-label="Keyboard shortcuts" { "?" }
                }
                p.banner #banner role="alert" hidden {}
                main #content tabindex="-1" { (content) }
                (help())
            }
        }
    }
}

/// The dialog with the keyboard shortcuts.
fn help() -> Markup {
    let others = [
        ("j / k", "next or previous row or state"),
        ("Enter", "open it"),
        ("/", "search"),
        ("?", "this list"),
    ];
    html! {
        dialog #help aria-label="Keyboard shortcuts" {
            h2 { "Keyboard" }
            dl.keys {
                @for (_, _, name, key) in VIEWS {
                    dt { kbd { "g" } " " kbd { (key) } }
                    dd { (name) }
                }
                @for (keys, meaning) in others {
                    dt { kbd { (keys) } }
                    dd { (meaning) }
                }
            }
            form method="dialog" { button { "Close" } }
        }
    }
}
