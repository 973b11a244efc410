//! Mistakes in the language itself, Pulumi YAML: fields, options, functions and references.

use super::{MAIN, Mistake, mistake};

/// Mistakes in fields, options, functions and references.
pub(super) const LANGUAGE: &[Mistake] = &[
    mistake(MAIN, "resources:\n", "resource:\n", ["Main.yaml", "unknown field \"resource\""]),
    mistake(MAIN, "    type: aws:s3:Bucket\n", "", ["resources.bucket", "has no type"]),
    mistake(MAIN, "    options:\n", "    option:\n", ["resources.bucket.option", "unknown field"]),
    mistake(
        MAIN,
        "dependsOn: [\"${bucketVersioning}\"]",
        "dependOn: []",
        ["options.dependOn", "unknown field"],
    ),
    mistake(
        MAIN,
        "dependsOn: [\"${bucketVersioning}\"]",
        "dependsOn: [\"${bucketVersions}\"]",
        ["options.dependsOn[0]", "did you mean bucketVersioning?"],
    ),
    mistake(
        MAIN,
        "dependsOn: [\"${bucketVersioning}\"]",
        "dependsOn: [\"${bucket.id}\"]",
        ["options.dependsOn[0]", "must be a whole resource"],
    ),
    mistake(
        MAIN,
        "dependsOn: [\"${bucketVersioning}\"]",
        "dependsOn: ${bucketVersioning}",
        ["options.dependsOn", "must be a list of resources"],
    ),
    mistake(
        MAIN,
        "protect: ${deletionProtection}",
        "protect: sometimes",
        ["options.protect", "must be a boolean"],
    ),
    mistake(
        MAIN,
        "fn::readFile:",
        "fn::readfile:",
        ["variables.definitionFile", "unknown function fn::readfile"],
    ),
    mistake(
        MAIN,
        "analyze-image.asl.json",
        "analyse-image.asl.json",
        ["variables.definitionFile", "does not exist"],
    ),
    mistake(
        MAIN,
        "../statemachine/analyze",
        "/statemachine/analyze",
        ["variables.definitionFile", "must be relative"],
    ),
    mistake(
        MAIN,
        "function: aws:getRegion",
        "function: aws:getRegio",
        ["variables.callersRegion", "did you mean aws:getRegion?"],
    ),
    mistake(
        MAIN,
        "return: region",
        "return: regions",
        ["variables.callersRegion", "aws:getRegion returns no regions"],
    ),
    mistake(
        MAIN,
        "return: region",
        "return: name",
        ["warning", "name is deprecated. Use region instead"],
    ),
    mistake(
        MAIN,
        "forceDestroy: ${forceDestroy}",
        "forceDestroy: ${forceDestruction}",
        ["bucket.properties.forceDestroy", "nothing is named forceDestruction"],
    ),
    mistake(
        MAIN,
        "${headObjectRole.arn}",
        "${headObjectRole.arns}",
        ["headObject.properties.role", "has no output arns (did you mean arn?)"],
    ),
    mistake(
        MAIN,
        "${headObjectRole.arn}",
        "${headObjectRole}",
        ["headObject.properties.role", "whole resource"],
    ),
    mistake(
        MAIN,
        "${headObjectRole.arn}",
        "${headObjectRole.arn",
        ["headObject.properties.role", "no closing"],
    ),
    mistake(
        MAIN,
        "${pulumi.stack}\", \"${accountId}",
        "${pulumi.stak}\", \"${accountId}",
        ["unmanagedBucket.properties.bucket", "known properties are stack"],
    ),
    mistake(
        MAIN,
        "fn::join: [\"-\", [\"pixgauge-${pulumi.stack}\", \"${accountId}\", unmanaged]]",
        "pixgauge-${pulumi.stack}-${accountId}-${region}",
        ["unmanagedBucket.properties.bucket", "join the parts with fn::join"],
    ),
    mistake(MAIN, "  bucketOwnership:", "  bucket:", ["Main.yaml", "appears twice"]),
    mistake(
        MAIN,
        "  bucketOwnership:",
        "  shards:",
        ["resources.shards", "already taken by config"],
    ),
    mistake(
        MAIN,
        "${headObject.arn}\n",
        "${definition}\n",
        ["variables.definition", "depends on itself: definition"],
    ),
    mistake(
        MAIN,
        "      bucket: ${bucket.id}\n      eventbridge",
        "      bucket: &b ${bucket.id}\n      eventbridge",
        ["Main.yaml", "does not support anchors"],
    ),
    mistake(
        MAIN,
        "outputs:\n",
        "outputs:\n  ${region}: 1\n",
        ["outputs.${region}", "a key must be plain text"],
    ),
    mistake(
        MAIN,
        "variables:\n",
        "variables:\n  leftover: 1\n",
        ["variables.leftover", "nothing refers to leftover"],
    ),
    mistake(
        MAIN,
        "      return: accountId\n",
        "",
        ["variables.accountId", "must be a string, not an object"],
    ),
    mistake(
        MAIN,
        "  definitionWithHeadObject:\n    fn::join:\n      - ${headObject.arn}\n      - fn::split:",
        "  definitionWithHeadObject:\n      - ${headObject.arn}\n      - fn::split:",
        ["definitionWithReadDimensions", "must be a string, not an array"],
    ),
    mistake(
        MAIN,
        "    fn::readFile: ../statemachine/reconcile.asl.json\n",
        "",
        ["variables.reconcileFile", "has no value"],
    ),
];
