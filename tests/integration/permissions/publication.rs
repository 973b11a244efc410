//! Checks that result events are published, and that stream records without a published event are
//! kept in the bucket.

use std::time::Duration;

use super::world::World;
use crate::result_events::mapping::Mapping;

/// Longer than the emulator waits before it tries a batch again.
const PATIENCE: Duration = Duration::from_secs(15);

/// Records an image, whose event must reach the subscriber.
pub(super) async fn reaches_a_subscriber(world: &World) -> Result<(), String> {
    let mapping = Mapping::of(&world.stack).await;
    mapping.enable(true).await;
    let key = world.new_key();
    world.record(&key).await?;
    let arrived = tokio::time::timeout(PATIENCE, world.subscriber.event_of(&world.stack, &key));
    let arrived = arrived.await.map(drop).map_err(|_| "no event arrived".to_owned());
    mapping.enable(false).await;
    arrived
}

/// Lets the stream record of an image become too old to be published. It must then be kept.
pub(super) async fn sets_records_aside(world: &World) -> Result<(), String> {
    let mapping = Mapping::of(&world.stack).await;
    let key = world.new_key();
    world.record(&key).await?;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    mapping.limit_age(1).await;
    mapping.enable(true).await;
    let kept = tokio::time::timeout(PATIENCE, mapping.kept(&world.stack, &key)).await;
    mapping.enable(false).await;
    mapping.limit_age(79_200).await;
    kept.map(drop).map_err(|_| "the record was not kept".to_owned())
}
