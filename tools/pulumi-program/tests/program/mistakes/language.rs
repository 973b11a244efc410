//! Mistakes in the use of Pulumi YAML: fields, options, functions and references.

use super::{MAIN, Planted, REMOVED, planted, set, text};

pub(super) const MISTAKES: &[Planted] = &[
    planted(MAIN, "").with(&[
        set("resource", "{}", r#"unknown field "resource""#),
        text("  bucketOwnership:", "  bucket:", "Main.yaml", "appears twice"),
    ]),
    planted(MAIN, "resources").with(&[
        set("bucket.type", REMOVED, "has no type"),
        set("bucket.option", "{}", "unknown field"),
        set("bucket.options.protect", "sometimes", "must be a boolean"),
        set(
            "bucket.properties.forceDestroy",
            "${forceDestruction}",
            "nothing is named forceDestruction",
        ),
        set(
            "unmanagedBucket.properties.bucket.fn::join[1][0]",
            "pixgauge-${pulumi.stak}",
            "known properties are stack",
        ),
        set(
            "unmanagedBucket.properties.bucket",
            "pixgauge-${pulumi.stack}-${accountId}-${region}",
            "join the parts with fn::join",
        ),
        set("shards", "{type: aws:s3:BucketVersioning}", "already taken by config"),
    ]),
    planted(MAIN, "resources.bucketLifecycle.options").with(&[
        set("dependOn", "[]", "unknown field"),
        set("dependsOn[0]", "${bucketVersions}", "did you mean bucketVersioning?"),
        set("dependsOn[0]", "${bucket.id}", "must be a whole resource"),
        set("dependsOn", "${bucketVersioning}", "must be a list of resources"),
    ]),
    planted(MAIN, "variables").with(&[
        set("callersRegion.fn::invoke.function", "aws:getRegio", "did you mean aws:getRegion?"),
        set("callersRegion.fn::invoke.return", "regions", "aws:getRegion returns no regions"),
        set("callersRegion.fn::invoke.return", "name", "name is deprecated. Use region instead")
            .at("warning"),
        set(
            "definitionWithHeadObject.fn::join[0]",
            "${definition}",
            "depends on itself: definition",
        ),
        set("leftover", "1", "nothing refers to leftover"),
        set("callersAccount.fn::invoke.return", REMOVED, "must be a string, not an object")
            .at("variables.accountId"),
        set("definitionWithHeadObject", "[a]", "must be a string, not an array")
            .at("definitionWithReadDimensions"),
        set("reconcileFile", "null", "has no value"),
    ]),
    planted(MAIN, "variables.definitionFile").with(&[
        set("fn::readFile", "../statemachine/analyse-image.asl.json", "does not exist"),
        set("fn::readFile", "/statemachine/analyze-image.asl.json", "must be relative"),
    ]),
    planted(MAIN, "resources.headObject.properties").with(&[
        set("role", "${headObjectRole.arns}", "has no output arns (did you mean arn?)"),
        set("role", "${headObjectRole}", "whole resource"),
    ]),
];
