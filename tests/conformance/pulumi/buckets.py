"""A stand-in for S3, which provider.py uses: buckets, their settings, and the calls so far.

All of this is in the JSON file that PIXGAUGE_BUCKETS names. Without this variable, there are no
buckets, and no calls are recorded. A setting has the form of the provider's inputs. An operation
has the same effect as the provider's operation:
https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service/s3
"""

import json
import os
import threading
from pathlib import Path

BUCKET = "aws:s3:Bucket"
VERSIONING = "aws:s3:BucketVersioning"
NOTIFICATION = "aws:s3:BucketNotification"

# When a resource of one of these types is deleted, the provider resets the bucket's setting to
# these inputs. All other settings are deleted together with their resources.
RESET = {
    VERSIONING: {"versioningConfiguration": {"status": "Suspended"}},
    NOTIFICATION: {},
}

LOCK = threading.Lock()


def is_bucket(name):
    return name.startswith("aws:s3:Bucket")


class Buckets:
    def __init__(self, path):
        self.path = Path(path)

    @classmethod
    def given(cls):
        path = os.environ.get("PIXGAUGE_BUCKETS")
        return cls(path) if path else None

    def read(self):
        return json.loads(self.path.read_text())

    def write(self, buckets, calls):
        self.path.write_text(json.dumps({"buckets": buckets, "calls": calls}, indent=1))

    def setting(self, name, bucket):
        """Returns the inputs of a bucket or of one of its settings; None if that does not exist."""
        settings = self.read()["buckets"].get(bucket)
        return settings and settings.get(name)

    def change(self, operation, name, inputs):
        """Applies an operation and records it. Raises ValueError for what S3 refuses."""
        bucket = inputs["bucket"]
        with LOCK:
            stored = self.read()
            buckets, calls = stored["buckets"], stored["calls"]
            calls.append([operation, name, bucket])
            if operation == "create" and name == BUCKET:
                if bucket in buckets:
                    raise ValueError(f"BucketAlreadyOwnedByYou: {bucket}")
                buckets[bucket] = {}
            if operation == "delete" and name == BUCKET:
                del buckets[bucket]
            elif operation == "delete" and name in RESET:
                buckets[bucket][name] = {"bucket": bucket, **RESET[name]}
            elif operation == "delete":
                buckets[bucket].pop(name, None)
            else:
                buckets[bucket][name] = inputs
            self.write(buckets, calls)


def refusal(name, olds, news):
    """Returns the provider's error if it refuses to change a resource, otherwise None."""
    if name == VERSIONING:
        states = [one.get("versioningConfiguration", {}) for one in (olds, news)]
        before, after = (one.get("status") for one in states)
        if before in ("Enabled", "Suspended") and after == "Disabled":
            return f"versioning_configuration.status cannot be updated from '{before}' to '{after}'"
    return None


def changed(olds, news):
    """Names the inputs that differ. The provider treats a missing input like false or an empty
    value, and compares policies as JSON documents.
    """
    names = sorted(olds.keys() | news.keys())
    return [one for one in names if plain(olds.get(one)) != plain(news.get(one))]


def plain(value):
    if isinstance(value, str) and value.startswith("{"):
        return json.loads(value)
    return value or None
