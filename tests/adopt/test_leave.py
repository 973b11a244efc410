"""The steps of `adopt.py leave`, which takes a stack apart and keeps its bucket."""

import json
import re

from sandbox import BUCKET, QUEUE, REGION, Sandbox

NOTIFICATIONS = "s3api get-bucket-notification-configuration"
TABLE = "pixgauge-site-catalog"
ON = {"EventBridgeConfiguration": {}}


def urn(kind, name):
    return f"urn:pulumi:site::pixgauge::{kind}::{name}"


def resource(kind, title, id=None, protect=False, dependencies=(), **inputs):
    return {
        "urn": urn(kind, title),
        "type": kind,
        "id": id or title,
        "protect": protect,
        "inputs": inputs,
        "dependencies": list(dependencies),
        "propertyDependencies": {"bucket": []},
    }


BUCKET_URN = urn("aws:s3/bucket:Bucket", "bucket")
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
CORS = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"
RULE = "aws:cloudwatch/eventRule:EventRule"
DYNAMODB = "aws:dynamodb/table:Table"


def stack():
    """The resources of a stack, as `pulumi stack export` shows them."""
    of_bucket = {"bucket": BUCKET, "dependencies": [BUCKET_URN]}
    return [
        {"urn": urn("pulumi:pulumi:Stack", "pixgauge-site"), "type": "pulumi:pulumi:Stack"},
        resource("pulumi:providers:aws", "default_7_51_1"),
        resource("aws:s3/bucket:Bucket", "bucket", BUCKET, True, bucket=BUCKET),
        resource("aws:s3/bucket:Bucket", "unmanagedBucket", "empty", bucket="empty"),
        resource(ACCESS, "bucketPublicAccess", BUCKET, **of_bucket),
        resource(
            POLICY,
            "bucketPolicy",
            BUCKET,
            True,
            [BUCKET_URN, urn(ACCESS, "bucketPublicAccess")],
            bucket=BUCKET,
        ),
        resource(NOTIFICATION, "bucketNotification", BUCKET, **of_bucket),
        resource(CORS, "bucketCors", "empty", bucket="empty"),
        resource(DYNAMODB, "table", TABLE, True, [BUCKET_URN], name=TABLE),
        resource(RULE, "objectEvents", dependencies=[BUCKET_URN]),
    ]


class Leave(Sandbox):
    def setUp(self):
        super().setUp()
        self.state = stack()
        notifications = self.answers[NOTIFICATIONS]
        notifications |= ON
        self.stack_rule("site", BUCKET, "photos/")
        self.answers["s3api put-bucket-notification-configuration"] = {}
        self.answers["dynamodb update-table"] = {}
        self.write_file(f"config:\n  aws:region: {REGION}\n  pixgauge:bucketName: {BUCKET}\n")

    def leave(self, *arguments):
        """Runs `leave`; returns its status, output and errors, and the commands that change
        something."""
        before = len(self.calls())
        result = self.run_script("leave", "--stack", "site", *arguments)
        asks = re.compile("(aws .* (get|head|list)-)|(pulumi stack export )")
        calls = self.calls()[before:]
        return *result, [call for call in calls if not asks.match(" ".join(call))]

    def test_the_settings_are_forgotten_before_the_rest_is_destroyed(self):
        status, printed, errors, commands = self.leave("--yes")
        self.assertEqual((status, errors), (0, ""))
        end = ["--stack", "site", "--yes"]

        def forget(kind, name, *force):
            return ["pulumi", "state", "delete", urn(kind, name), *force, *end]

        steps = [
            forget(POLICY, "bucketPolicy", "--force"),
            forget(NOTIFICATION, "bucketNotification"),
            forget(ACCESS, "bucketPublicAccess"),
            ["pulumi", "destroy", "--exclude-protected", *end],
            forget(DYNAMODB, "table", "--force"),
            ["pulumi", "state", "delete", BUCKET_URN, "--force", *end],
        ]
        self.assertEqual(commands[:-1], steps)
        self.assertIn(f"aws dynamodb delete-table --table-name {TABLE}", printed)

    def test_eventbridge_is_switched_off_last_and_the_queue_stays(self):
        commands = self.leave("--yes")[3]
        last = commands[-1]
        self.assertEqual(last[1:3], ["s3api", "put-bucket-notification-configuration"])
        merged = json.loads(last[last.index("--notification-configuration") + 1])
        queue = {"Id": "thumbnails", "QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}
        self.assertEqual(merged, {"QueueConfigurations": [queue]})
        self.assertIn("--skip-destination-validation", last)

    def test_without_yes_the_steps_are_only_printed(self):
        status, printed, _, commands = self.leave()
        self.assertEqual((status, commands), (0, []))
        policy = f"pulumi state delete {urn(POLICY, 'bucketPolicy')} --force --stack site --yes"
        self.assertIn(policy, printed)
        self.assertIn("aws s3api put-bucket-notification-configuration", printed)

    def test_eventbridge_stays_on_for_another_rule_or_on_request(self):
        status, printed, _, commands = self.leave("--yes", "--keep-eventbridge")
        self.assertEqual((status, commands[-1][0]), (0, "pulumi"))
        self.stack_rule("gallery", BUCKET, "scans/")
        status, printed, _, commands = self.leave("--yes")
        self.assertEqual((status, commands[-1][0]), (0, "pulumi"))
        self.assertIn("it stays on, for the rules pixgauge-gallery-object-events", printed)

    def test_eventbridge_that_is_off_is_left_alone(self):
        del self.answers[NOTIFICATIONS]["EventBridgeConfiguration"]
        self.assertEqual(self.leave("--yes")[3][-1][0], "pulumi")

    def test_refusals(self):
        depends = urn(NOTIFICATION, "bucketNotification")
        denied = {NOTIFICATIONS: "AccessDenied"}
        # Each entry: a change of the stack or of AWS's answers, and words that the refusal must
        # contain.
        for change, text in [
            (lambda: self.state[2].update(protect=False), "is not protected in the stack site"),
            (lambda: self.state[-1]["dependencies"].append(depends), "objectEvents depends on it"),
            (lambda: self.answers.update(denied), "lack s3:GetBucketNotification"),
        ]:
            with self.subTest(text):
                self.state = stack()
                change()
                status, _, errors, commands = self.leave("--yes")
                self.assertEqual((status, commands), (1, []))
                self.assertIn(text, errors)

    def test_a_step_that_fails_ends_it(self):
        self.environment["PIXGAUGE_PULUMI_FAILS"] = "destroy"
        status, _, errors, commands = self.leave("--yes")
        self.assertEqual((status, commands[-1][:2]), (1, ["pulumi", "destroy"]))
        self.assertIn("run the same command again", errors)

    def test_it_goes_on_where_it_ended(self):
        self.state = [one for one in stack() if one.get("inputs", {}).get("bucket") != BUCKET]
        self.state = [one for one in self.state if one["type"] not in (RULE, CORS)]
        self.state = [one for one in self.state if one.get("id") != "empty"]
        commands = self.leave("--yes")[3]
        self.assertEqual([command[1] for command in commands], ["state", "s3api"])
        self.state = []
        self.assertEqual(self.leave("--yes")[3][-1][1], "s3api")

    def test_the_catalog_is_destroyed_on_request(self):
        commands = self.leave("--yes", "--delete-catalog")[3]
        table = ["--table-name", TABLE, "--no-deletion-protection-enabled", "--region", REGION]
        self.assertEqual(commands[3], ["aws", "dynamodb", "update-table", *table])
        self.assertEqual(commands[4][:4], ["pulumi", "state", "unprotect", urn(DYNAMODB, "table")])
        forgotten = [one[3] for one in commands if one[1:3] == ["state", "delete"]]
        self.assertNotIn(urn(DYNAMODB, "table"), forgotten)

    def test_a_stack_without_a_bucket(self):
        self.state = []
        self.write_file("config:\n  aws:region: us-east-1\n")
        self.assertIn("has no bucket", self.leave()[2])
