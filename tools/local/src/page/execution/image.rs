//! The image of an execution, and the image's record.

use maud::{Markup, html};

use super::super::{Site, images, text};
use crate::executions::Execution;

/// Shows the image and its record, or nothing if no S3 event started the execution.
pub(super) async fn view(site: &Site, execution: &Execution) -> Markup {
    let Some(key) = execution.key() else { return html! {} };
    let metadata = site.api.metadata(key).await;
    html! {
        section.record #record data-live aria-label="Image and record" {
            @match metadata {
                Ok(response) if response.status == 200 => {
                    a.picture href=(images::address(site, key)) {
                        img src=(images::address(site, key)) alt="The image" loading="lazy";
                    }
                    (images::fields(&response.body))
                }
                Ok(response) => p.empty {
                    (text::visible(response.body["error"].as_str().unwrap_or("no record")))
                }
                Err(error) => p.error { (text::visible(&error.to_string())) }
            }
        }
    }
}
