//! Mistakes planted in the program: each is caught, with a message that names its place.

use crate::project::{Copy, read};

/// What to change in a file, and what is said about it.
struct Mistake {
    file: &'static str,
    find: &'static str,
    replace: &'static str,
    /// Parts of one line among the findings: the place, and the message.
    expect: [&'static str; 2],
}

const MAIN: &str = "pulumi/Main.yaml";
const PROJECT: &str = "Pulumi.yaml";
const DEV: &str = "Pulumi.dev.yaml";

const fn mistake(
    file: &'static str,
    find: &'static str,
    replace: &'static str,
    expect: [&'static str; 2],
) -> Mistake {
    Mistake { file, find, replace, expect }
}

/// In what Pulumi YAML is: fields, options, functions, references.
const LANGUAGE: &[Mistake] = &[
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
        ["variables.definitionFile", "there is no file"],
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
        ["variables.region", "did you mean aws:getRegion?"],
    ),
    mistake(
        MAIN,
        "return: region",
        "return: regions",
        ["variables.region", "aws:getRegion returns no regions"],
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
        "${pulumi.stack}-${accountId}",
        "${pulumi.stak}-${accountId}",
        ["bucket.properties.bucket", "unknown; there are stack"],
    ),
    mistake(MAIN, "  bucketOwnership:", "  bucket:", ["Main.yaml", "here twice"]),
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
        "      bucket: ${bucket.id}\n      blockPublicAcls",
        "      bucket: &b ${bucket.id}\n      blockPublicAcls",
        ["Main.yaml", "no anchors"],
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
];

/// In what the provider takes: types, properties, values.
const PROVIDER: &[Mistake] = &[
    mistake(
        MAIN,
        "type: aws:s3:Bucket\n",
        "type: aws:s3:Buckets\n",
        ["bucket.type", "did you mean aws:s3:Bucket?"],
    ),
    mistake(MAIN, "type: aws:s3:Bucket\n", "type: aws:sns:Topic\n", ["bucket.type", "generate.py"]),
    mistake(
        MAIN,
        "      memorySize: ",
        "      memorysize: ",
        ["headObject.properties.memorysize", "did you mean memorySize?"],
    ),
    mistake(
        MAIN,
        "      role: ${headObjectRole.arn}\n",
        "",
        ["headObject.properties", "required property role is missing"],
    ),
    mistake(
        MAIN,
        "          projectionType: ALL\n",
        "",
        ["globalSecondaryIndexes[0]", "required property projectionType is missing"],
    ),
    mistake(
        MAIN,
        "      timeout: 10\n",
        "      timeout: ten\n",
        ["headObject.properties.timeout", "must be an integer, not a string (\"ten\")"],
    ),
    mistake(
        MAIN,
        "      timeout: 10\n",
        "      timeout: ${logLevel}\n",
        ["headObject.properties.timeout", "must be an integer, not a string"],
    ),
    mistake(
        MAIN,
        "eventbridge: true",
        "eventbridge: \"true\"",
        ["bucketNotification.properties.eventbridge", "must be a boolean"],
    ),
    mistake(
        MAIN,
        "architectures: [\"${architecture}\"]",
        "architectures: ${architecture}",
        ["headObject.properties.architectures", "must be an array"],
    ),
    mistake(
        MAIN,
        "fn::fileArchive: ${artifacts}/head",
        "fn::readFile: ${artifacts}/head",
        ["headObject.properties.code", "must be an archive"],
    ),
    mistake(
        MAIN,
        "runtime: provided.al2023",
        "runtime: provided.al2024",
        ["warning", "did you mean provided.al2023?"],
    ),
    mistake(
        MAIN,
        "      forceDestroy: ${forceDestroy}\n",
        "      forceDestroy: ${forceDestroy}\n      acl: private\n",
        ["bucket.properties.acl", "is deprecated"],
    ),
    mistake(
        MAIN,
        "applySer",
        "aplySer",
        [
            "rules[0].aplyServerSideEncryptionByDefault",
            "did you mean applyServerSideEncryptionByDefault?",
        ],
    ),
    mistake(
        MAIN,
        "      eventPattern:\n        fn::toJSON:\n          source: [aws.s3]\n",
        "      eventPattern:\n          source: [aws.s3]\n",
        ["objectEvents.properties.eventPattern", "wrap it in fn::toJSON"],
    ),
    mistake(
        MAIN,
        "PAY_PER_REQUEST",
        "PAYG",
        ["table.properties.billingMode", "must be one of PAY_PER_REQUEST"],
    ),
    mistake(
        MAIN,
        "attributeName: shard",
        "attributeName: shards",
        ["table.properties.attributes", "the key shards is not among the attributes"],
    ),
    mistake(
        MAIN,
        "- {name: size, type: N}",
        "- {name: size, type: N}\n        - {name: width, type: N}",
        ["table.properties.attributes", "the attribute width is no key"],
    ),
    mistake(
        MAIN,
        "maximumRetryAttempts: 185",
        "maximumRetryAttempts: 186",
        ["objectEventsTarget", "must be from 0 to 185"],
    ),
    mistake(
        PROJECT,
        "default: 256\n",
        "default: 25\n",
        ["headObject.properties.memorySize", "must be from 128 to 10240, not 25"],
    ),
    mistake(
        DEV,
        "logRetentionDays: 7",
        "logRetentionDays: 8",
        ["headObjectLogs.properties.retentionInDays", "not 8"],
    ),
    mistake(
        DEV,
        "aws:region:",
        "aws:regoin:",
        ["Pulumi.dev.yaml", "no setting regoin (did you mean region?)"],
    ),
    mistake(
        DEV,
        "    tags:\n",
        "    tag:\n",
        ["aws:defaultTags", "no setting tag (did you mean tags?)"],
    ),
];

/// In policies, which are text to the provider.
const POLICIES: &[Mistake] = &[
    mistake(
        MAIN,
        "            - Effect: Allow\n",
        "            - Efect: Allow\n",
        ["Statement[0].Efect", "did you mean Effect?"],
    ),
    mistake(
        MAIN,
        "Sid: DenyUnencryptedTransport\n              Effect: Deny",
        "Effect: Denied",
        ["bucketPolicy", "must be Allow or Deny"],
    ),
    mistake(
        MAIN,
        "Version: \"2012-10-17\"",
        "Version: \"2008-10-17\"",
        ["functionTrust", "must be \"2012-10-17\""],
    ),
    mistake(
        MAIN,
        "Action: [s3:GetObject, s3:GetObjectVersion]",
        "Action: s3:Get*",
        ["headObjectPolicy", "name each action"],
    ),
    mistake(
        MAIN,
        "Resource: ${bucket.arn}/uploads/*",
        "Resource: \"*\"",
        ["headObjectPolicy", "name the resources"],
    ),
    mistake(
        MAIN,
        "Action: [logs:CreateLogStream, logs:PutLogEvents]",
        "Action: [CreateLogStream]",
        ["headObjectPolicy", "write service:Action"],
    ),
];

/// In the configuration.
const CONFIGURATION: &[Mistake] = &[
    mistake(PROJECT, "main: pulumi", "main: program", ["program/Main.yaml", "cannot read"]),
    mistake(
        PROJECT,
        "runtime: yaml",
        "runtime: nodejs",
        ["Pulumi.yaml:5: runtime", "only the runtime `yaml`"],
    ),
    mistake(PROJECT, "name: pixgauge\n", "", ["Pulumi.yaml", "has no name"]),
    mistake(
        PROJECT,
        "    type: integer\n",
        "    type: int\n",
        ["config.memorySize", "needs a type"],
    ),
    mistake(
        PROJECT,
        "default: 256\n",
        "default: many\n",
        ["config.memorySize.default", "must be of type integer"],
    ),
    mistake(
        PROJECT,
        "default: 256\n",
        "defalt: 256\n",
        ["config.memorySize.defalt", "unknown field"],
    ),
    mistake(
        PROJECT,
        "    default: 256\n",
        "",
        ["config.memorySize", "has no default, and Pulumi.dev.yaml does not set it"],
    ),
    mistake(
        DEV,
        "logRetentionDays: 7",
        "logRetentionDays: week",
        ["pixgauge:logRetentionDays", "must be of type integer"],
    ),
    mistake(
        DEV,
        "pixgauge:logLevel",
        "pixgauge:loglevel",
        ["pixgauge:loglevel", "declares no \"loglevel\""],
    ),
    mistake(
        DEV,
        "pixgauge:logLevel",
        "pixgage:logLevel",
        ["pixgage:logLevel", "keys begin with `pixgauge:`"],
    ),
    mistake(
        DEV,
        "logLevel: DEBUG",
        "logLevel: {secure: v1:abc}",
        ["pixgauge:logLevel", "only the Pulumi CLI can read it"],
    ),
    mistake(
        DEV,
        "config:\n",
        "environment: [secrets]\nconfig:\n",
        ["environment", "unknown field"],
    ),
];

#[test]
fn mistakes_in_the_language_are_caught() {
    LANGUAGE.iter().for_each(caught);
}

#[test]
fn mistakes_in_what_the_provider_takes_are_caught() {
    PROVIDER.iter().for_each(caught);
}

#[test]
fn mistakes_in_policies_are_caught() {
    POLICIES.iter().for_each(caught);
}

#[test]
fn mistakes_in_the_configuration_are_caught() {
    CONFIGURATION.iter().for_each(caught);
}

fn caught(mistake: &Mistake) {
    let text = read(mistake.file);
    assert!(text.contains(mistake.find), "{} no longer has {:?}", mistake.file, mistake.find);
    let copy = Copy::new();
    copy.write(mistake.file, &text.replacen(mistake.find, mistake.replace, 1));
    let findings = copy.findings("dev");
    let found = findings.iter().any(|line| mistake.expect.iter().all(|part| line.contains(part)));
    assert!(found, "{:?} gave {findings:#?}, not {:?}", mistake.replace, mistake.expect);
}

#[test]
fn a_finding_names_file_and_line() {
    let copy = Copy::new();
    let text = read(MAIN).replacen("      timeout: 10\n", "      timeout: ten\n", 1);
    let line = text.lines().position(|line| line == "      timeout: ten").unwrap() + 1;
    copy.write(MAIN, &text);
    let expected = format!(
        "error: pulumi/Main.yaml:{line}: resources.headObject.properties.timeout: must be an \
         integer, not a string (\"ten\")"
    );
    assert_eq!(copy.findings("dev"), [expected]);
}
