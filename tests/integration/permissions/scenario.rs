//! Scenarios: things that the stack does, each of which needs certain permissions.

use super::world::{SEEN, World};
use super::{publication, schedule};

/// One thing that the stack does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scenario {
    /// A function writes to its log group.
    Log,
    /// `head-object` describes an object.
    HeadOfAnObject,
    /// `head-object` reports that there is no object, rather than that access is denied.
    HeadOfNothing,
    /// `read-dimensions` measures an object.
    DimensionsOfAnObject,
    /// `read-dimensions` reports that the object is gone.
    DimensionsOfNothing,
    /// `put-metadata` records an image and adds it to the totals.
    RecordAnImage,
    /// `put-metadata` reads a record in order to record an absence without a sequencer.
    RecordAfterReading,
    /// `compare-objects` returns the key of an object without a record.
    ObjectsWithoutRecord,
    /// `compare-objects` returns the key of an object that is recorded as unreadable, but can be
    /// read now.
    ObjectsReadableAgain,
    /// `compare-records` returns one key: that of the only record without an object.
    RecordsWithoutObject,
    /// `recount-totals` finds that the totals are correct.
    Recount,
    /// `recount-totals` repairs wrong totals.
    RecountOfWrongTotals,
    /// A result event reaches a subscriber.
    Publish,
    /// A stream record that is not published in time is kept in the bucket of set-aside records.
    SetAside,
    /// `GET /images/metadata/{key}`.
    GetMetadata,
    /// `POST /images/metadata`.
    LookUpMetadata,
    /// `GET /images/file/{key}`.
    GetFile,
    /// `GET /images/file/{key}` of an image that is too large for a direct response: a
    /// redirect to a version of the object.
    GetFileOfAVersion,
    /// `GET /images/file/{key}` of a key that has a record but no object: 404.
    GetFileOfNothing,
    /// `GET /images/info`.
    GetInfo,
    /// `GET /images?sort=size`.
    ListBySize,
    /// `GET /images?sort=key`.
    ListByKey,
    /// An execution measures an object.
    Analyze,
    /// An execution without a sequencer reads the object's record, and measures the object.
    AnalyzeByHand,
    /// An execution that fails leaves its event in the failure queue.
    ReportFailure,
    /// An upload starts an execution. The scenario fails if the upload's event goes to the rule's
    /// dead-letter queue.
    Upload,
    /// A reconciliation records an object that no event has reported.
    Reconcile,
    /// A repair cannot start, so the reconciliation sends the repair's event to the failure queue.
    ReportRepair,
    /// The schedule starts a reconciliation.
    Schedule,
}

impl Scenario {
    /// Plays the scenario for the role with this name. The error says why the scenario failed.
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
            Self::ObjectsReadableAgain => world.objects_readable_again().await,
            Self::RecordsWithoutObject => world.records_without_object().await,
            Self::Recount => world.recount(0).await,
            Self::RecountOfWrongTotals => world.recount_of_wrong_totals().await,
            Self::Publish => publication::reaches_a_subscriber(world).await,
            Self::SetAside => publication::sets_records_aside(world).await,
            Self::GetMetadata => world.api("/metadata/seen.png", 200).await,
            Self::LookUpMetadata => world.look_up().await,
            Self::GetFile => world.api("/file/seen.png", 200).await,
            Self::GetFileOfAVersion => world.api_after_redirect("/file/large.png").await,
            Self::GetFileOfNothing => world.api("/file/gone.png", 404).await,
            Self::GetInfo => world.api("/info", 200).await,
            Self::ListBySize => world.api("?sort=size", 200).await,
            Self::ListByKey => world.api("?sort=key", 200).await,
            Self::Analyze => world.analyze(Some("02")).await,
            Self::AnalyzeByHand => world.analyze(None).await,
            Self::ReportFailure => world.report_failure().await,
            Self::Upload => world.upload().await,
            Self::Reconcile => world.reconcile().await,
            Self::ReportRepair => world.report_repair().await,
            Self::Schedule => schedule::starts_a_reconciliation(world).await,
        }
    }
}
