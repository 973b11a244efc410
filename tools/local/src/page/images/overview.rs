//! The overview of the catalog: number and total size of the images, the largest and the smallest
//! image, and a chart of content types.

use maud::{Markup, html};
use serde_json::Value;

use super::super::Site;
use crate::terminal::format;

/// Height of one bar with its margin, in pixels.
const BAR: usize = 26;

/// Renders the response to `GET /images/info`.
pub(super) fn view(site: &Site, info: &Value) -> Markup {
    let number = |name: &str| info[name].as_u64().unwrap_or(0);
    let types: Vec<(&String, u64)> = info["contentTypes"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, number)| (name, number.as_u64().unwrap_or(0)))
        .collect();
    html! {
        div.overview {
            dl.numbers {
                div { dt { "images" } dd { (number("totalImages")) } }
                div { dt { "in all" } dd { (format::bytes(number("totalBytes"))) } }
                @for (member, name) in [("highestSizeImage", "largest"), ("lowestSizeImage", "smallest")] {
                    @if let Some(key) = info[member].as_str() {
                        div { dt { (name) } dd.small { (site.key(key)) } }
                    }
                }
            }
            @if !types.is_empty() { (chart(types)) }
        }
    }
}

/// Draws a bar for each content type, the most frequent first.
fn chart(mut types: Vec<(&String, u64)>) -> Markup {
    types.sort_by_key(|(name, number)| (std::cmp::Reverse(*number), (*name).clone()));
    let most = types.first().map_or(1, |(_, number)| (*number).max(1));
    html! {
        svg.chart width="100%" height=(types.len() * BAR) role="img" aria-label="Images by type" {
            @for (row, (name, number)) in types.iter().enumerate() {
                @let y = row * BAR;
                text x="0" y=(y + 16) { (format::printable(name)) }
                rect x="120" y=(y + 4) height="16" rx="3"
                    width=(format!("{}%", number.saturating_mul(60) / most)) {}
                text.count x="100%" y=(y + 16) { (number) }
            }
        }
    }
}
