//! Scenarios of the function `publish-results`: a result event reaches a subscriber, and a stream
//! record that is too old is set aside in a bucket.

use std::time::Duration;

use super::world::World;
use crate::result_events::mapping::Mapping;

/// Records an image, and waits until the image's event reaches the subscriber. Fails if the mapping
/// reports a problem first.
pub(super) async fn reaches_a_subscriber(world: &World) -> Result<(), String> {
    let mapping = Mapping::of(&world.stack).await;
    mapping.enable(true).await;
    let key = world.new_key();
    world.record(&key).await?;
    let arrived = world.stack.until("an event or a problem", async || {
        let problem = mapping.problem().await;
        let events = world.subscriber.received(&world.stack).await;
        let arrived = events.iter().any(|event| event["detail"]["key"] == *key);
        if arrived { Some(Ok(())) } else { problem.map(Err) }
    });
    let arrived = arrived.await;
    mapping.enable(false).await;
    arrived
}

/// Records an image, and enables the mapping once the stream record is too old to be published.
/// Waits until the stream record is in the bucket of set-aside records. Fails if the mapping
/// reports a problem first.
pub(super) async fn sets_records_aside(world: &World) -> Result<(), String> {
    let mapping = Mapping::of(&world.stack).await;
    let key = world.new_key();
    world.record(&key).await?;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    mapping.limit_age(1).await;
    mapping.enable(true).await;
    let kept = world.stack.until("a kept record or a problem", async || {
        let problem = mapping.problem().await;
        let kept = mapping.find_kept(&world.stack, &key).await;
        if kept.is_some() { Some(Ok(())) } else { problem.map(Err) }
    });
    let kept = kept.await;
    mapping.enable(false).await;
    mapping.limit_age(79_200).await;
    kept
}

/// Records an image, and enables the mapping until the image's event reaches the subscriber and the
/// mapping reports no problem. By then, the mapping has also processed the stream's older records.
/// Before the call, the permissions of the mapping's function must be restored.
pub(super) async fn recovers(world: &World) {
    let mapping = Mapping::of(&world.stack).await;
    let key = world.new_key();
    world.record(&key).await.unwrap();
    mapping.enable(true).await;
    world.subscriber.next(&world.stack, &key, "").await;
    let solved = async || mapping.problem().await.is_none().then_some(());
    world.stack.until("the end of the problem", solved).await;
    mapping.enable(false).await;
}
