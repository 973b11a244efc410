//! Recounts the totals, a part at a time.

use std::time::Duration;

use catalog::{Catalog, CatalogError, Progress, Recount, RecountPart};
use runtime::Summary;
use serde::{Deserialize, Serialize};

/// Input of one part of a recount.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    /// Time for the part, in seconds. The part may take a little longer.
    seconds: u64,
    /// Progress that the previous part returned; `None` for the first part.
    #[serde(default)]
    recount: Option<Progress>,
}

/// Output of one part: either the progress for the next part, or the result.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Response {
    /// The recount is not complete. The next part needs this progress.
    Recount(Progress),
    /// The recount is complete.
    Totals(Report),
}

/// Result of a recount. Each member is a number of shards.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    examined: u64,
    repaired: u64,
    /// Shards whose totals may still be wrong: see [`Recount::unsettled`].
    failed: u64,
}

/// Runs one part of a recount of all shards.
pub(crate) async fn recount_totals(
    catalog: &Catalog,
    Request { seconds, recount }: Request,
    summary: &mut Summary,
) -> Result<Response, CatalogError> {
    let part = catalog.recount_part(recount, Duration::from_secs(seconds)).await?;
    let Recount { examined, repaired, unsettled: failed } = match part {
        RecountPart::Unfinished(progress) => {
            summary.outcome = Some("unfinished");
            return Ok(Response::Recount(progress));
        }
        RecountPart::Finished(recount) => recount,
    };
    summary.outcome = Some(match (repaired, failed) {
        (_, 1..) => "unsettled",
        (1.., 0) => "repaired",
        (0, 0) => "same",
    });
    Ok(Response::Totals(Report { examined, repaired, failed }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_has_no_progress_and_the_last_a_report() {
        let request: Request = serde_json::from_str(r#"{"seconds": 240}"#).unwrap();
        assert!(request.recount.is_none());
        let last = Response::Totals(Report { examined: 8, repaired: 1, failed: 0 });
        let text = r#"{"totals":{"examined":8,"repaired":1,"failed":0}}"#;
        assert_eq!(serde_json::to_string(&last).unwrap(), text);
        let other = serde_json::to_value(Response::Recount(Progress::default())).unwrap();
        assert!(other["recount"].is_object(), "{other}");
    }
}
