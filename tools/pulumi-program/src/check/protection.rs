//! Checks that a stack with a protected table protects its bucket too.
//!
//! A stack with deletion protection on its table has data that matters. The stack's images must
//! then also survive a mistaken `pulumi destroy` or `aws s3 rm`.

use serde_json::Value;

use super::Checker;
use crate::document::Resource;

impl Checker<'_> {
    pub(super) fn protection(&mut self) {
        let program = self.program;
        let of = |token| program.resources.iter().filter(move |one| one.type_token == token);
        for bucket in of("aws:s3:Bucket") {
            self.no_contradiction(bucket);
        }
        let protects = |table: &Resource| self.is(table, &["deletionProtectionEnabled"], true);
        let protected: Vec<_> = of("aws:dynamodb:Table").filter(|it| protects(it)).collect();
        for table in &protected {
            self.protected(table);
            self.require(table, &["pointInTimeRecovery", "enabled"], &Value::Bool(true));
        }
        if protected.is_empty() {
            return;
        }
        let Some(bucket) = self.bucket_of_objects() else { return };
        self.protected(bucket);
        // The checks of versioning and lifecycle are only for a bucket of the stack. In a bucket of
        // the user's own, both are the user's decision.
        if !self.is_of_stack() {
            return;
        }
        self.forgiving(bucket);
        for versioning in of("aws:s3:BucketVersioning") {
            let status = ["versioningConfiguration", "status"];
            self.require(versioning, &status, &Value::from("Enabled"));
        }
    }

    /// Refuses `forceDestroy` on a bucket with `protect` or `retainOnDelete`: `forceDestroy` lets
    /// `pulumi destroy` delete the bucket with its objects.
    fn no_contradiction(&mut self, bucket: &Resource) {
        if self.is(bucket, &["forceDestroy"], true) && self.is_protected(bucket) {
            let known = self.known_at(&bucket.properties, &["forceDestroy"]).pop();
            let place = known.map_or_else(|| bucket.place.clone(), |known| known.place);
            self.error(
                &place,
                "a protected bucket must not have forceDestroy; set one or the other, not both",
            );
        }
    }

    /// True if the bucket belongs to the stack. A `bucketName` without `{stack}` is the name of a
    /// bucket of the user's own.
    pub(super) fn is_of_stack(&self) -> bool {
        let name = self.stack.config().get("bucketName").and_then(Value::as_str);
        name.is_none_or(|name| name.contains("{stack}"))
    }

    fn protected(&mut self, resource: &Resource) {
        if !self.is_protected(resource) {
            let message = "holds data that this stack protects: set options.protect";
            self.error(&resource.place, message);
        }
    }

    fn is_protected(&self, resource: &Resource) -> bool {
        let protect = resource.options.protect.as_ref().and_then(|it| self.known(it));
        resource.options.retain_on_delete
            || protect.is_some_and(|known| known.value == Value::Bool(true))
    }

    /// Requires that the bucket has a lifecycle rule that expires old versions, which would
    /// otherwise be billed forever.
    fn forgiving(&mut self, bucket: &Resource) {
        let name = self.bucket_of(bucket);
        let expires = self.program.resources.iter().any(|one| {
            one.type_token == "aws:s3:BucketLifecycleConfiguration"
                && name.is_some()
                && self.bucket_of(one) == name
                && self
                    .known_at(&one.properties, &["rules", "*"])
                    .iter()
                    .any(|it| expires(&it.value))
        });
        if !expires {
            let message =
                "keeps old versions forever: add a lifecycle rule that expires noncurrent versions";
            self.error(&bucket.place, message);
        }
    }

    fn is(&self, resource: &Resource, path: &[&str], value: bool) -> bool {
        let known = self.known_at(&resource.properties, path).pop();
        known.is_some_and(|known| known.value == Value::Bool(value))
    }

    fn require(&mut self, resource: &Resource, path: &[&str], value: &Value) {
        let known = self.known_at(&resource.properties, path).pop();
        if known.as_ref().is_some_and(|known| known.value == *value) {
            return;
        }
        let place = known.map_or_else(|| resource.place.clone(), |known| known.place);
        let message =
            format!("must be {value}, because this stack's table has deletionProtectionEnabled");
        self.error(&place, message);
    }
}

/// True if this lifecycle rule is enabled and expires noncurrent versions.
fn expires(rule: &Value) -> bool {
    rule["status"] == "Enabled" && rule["noncurrentVersionExpiration"]["noncurrentDays"].is_u64()
}
