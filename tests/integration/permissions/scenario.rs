//! Things that the stack does: each works, or says why not.

use super::schedule;
use super::world::{SEEN, World};

/// One thing that the stack does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scenario {
    /// A function's lines are in its log group.
    Log,
    /// `head-object` describes an object.
    HeadOfAnObject,
    /// `head-object` says that there is none, rather than that it may not look.
    HeadOfNothing,
    /// `read-dimensions` measures an object.
    DimensionsOfAnObject,
    /// `read-dimensions` says that the object is gone.
    DimensionsOfNothing,
    /// `put-metadata` records an image and its totals.
    RecordAnImage,
    /// `put-metadata` records an absence for an execution without a sequencer.
    RecordAfterReading,
    /// `compare-objects` names what has no record.
    ObjectsWithoutRecord,
    /// `compare-records` names what has no object, and nothing that has one.
    RecordsWithoutObject,
    /// `recount-totals` finds the totals right.
    Recount,
    /// `recount-totals` repairs wrong totals.
    RecountOfWrongTotals,
    /// `GET /images/metadata/{key}`.
    GetMetadata,
    /// `GET /images/file/{key}`.
    GetFile,
    /// The same for an object that is gone: 404.
    GetFileOfNothing,
    /// `GET /images/info`.
    GetInfo,
    /// `GET /images?sort=size`.
    ListBySize,
    /// `GET /images?sort=key`.
    ListByKey,
    /// An execution measures an object.
    Analyze,
    /// An execution without a sequencer does.
    AnalyzeByHand,
    /// An execution that fails leaves its event in the failure queue.
    ReportFailure,
    /// An upload starts an execution, rather than becoming an undelivered event.
    Upload,
    /// A reconciliation records an object that nobody has heard of.
    Reconcile,
    /// The schedule starts a reconciliation.
    Schedule,
}

impl Scenario {
    /// Plays it, for the role with this name.
    pub(super) async fn play(self, world: &World, role: &str) -> Result<(), String> {
        match self {
            Self::Log => world.log(role).await,
            Self::HeadOfAnObject => world.head(SEEN, true).await,
            Self::HeadOfNothing => world.head(&world.new_key(), false).await,
            Self::DimensionsOfAnObject => world.dimensions(SEEN).await.map(drop),
            Self::DimensionsOfNothing => world.dimensions_of_nothing().await,
            Self::RecordAnImage => world.record(&world.new_key()).await,
            Self::RecordAfterReading => world.record_after_reading().await,
            Self::ObjectsWithoutRecord => world.objects_without_record().await,
            Self::RecordsWithoutObject => world.records_without_object().await,
            Self::Recount => world.recount(0).await,
            Self::RecountOfWrongTotals => world.recount_of_wrong_totals().await,
            Self::GetMetadata => world.api("/metadata/seen.png", 200).await,
            Self::GetFile => world.api("/file/seen.png", 200).await,
            Self::GetFileOfNothing => world.api("/file/gone.png", 404).await,
            Self::GetInfo => world.api("/info", 200).await,
            Self::ListBySize => world.api("?sort=size", 200).await,
            Self::ListByKey => world.api("?sort=key", 200).await,
            Self::Analyze => world.analyze(Some("02")).await,
            Self::AnalyzeByHand => world.analyze(None).await,
            Self::ReportFailure => world.report_failure().await,
            Self::Upload => world.upload().await,
            Self::Reconcile => world.reconcile().await,
            Self::Schedule => schedule::starts_a_reconciliation(world).await,
        }
    }
}
