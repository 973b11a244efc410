//! Requires every resource to wait for the bucket that holds the images.
//!
//! By default, the bucket's name contains the stack's name, which may be too long for a bucket's
//! name or contain characters that S3 refuses:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>. If every other
//! resource waits for the bucket, nothing has been created when S3 refuses the name.

use std::collections::BTreeSet;

use super::Checker;
use super::read::{field, output};
use crate::document::Resource;
use crate::graph;

impl<'a> Checker<'a> {
    pub(super) fn bucket_first(&mut self) {
        let program = self.program;
        // No order exists if there is a cycle or a reference to nothing. Other checks report both.
        let Ok(order) = graph::order(program) else { return };
        let Some(bucket) = self.bucket_of_objects() else { return };
        let needs = graph::needs(program);
        let mut waiting = BTreeSet::from([bucket.name.as_str()]);
        for name in &order {
            let needed = needs.get(name.as_str());
            if needed.is_some_and(|needed| !needed.is_disjoint(&waiting)) {
                waiting.insert(name);
            }
        }
        let early = program.resources.iter().filter(|one| !waiting.contains(one.name.as_str()));
        for resource in early {
            let message = format!(
                "does not wait for {}: add it to dependsOn, or a stack whose name S3 refuses is \
                 created in part",
                bucket.name
            );
            self.error(&resource.place, message);
        }
    }

    /// The bucket that holds the images: the only bucket that sends notifications.
    pub(super) fn bucket_of_objects(&self) -> Option<&'a Resource> {
        let all = &self.program.resources;
        let notification = all.iter().find(|one| one.type_token == "aws:s3:BucketNotification")?;
        let (name, _) = field(&notification.properties, "bucket").and_then(output)?;
        self.program.resource(name)
    }
}
