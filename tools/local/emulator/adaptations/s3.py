"""The responses and the events of S3."""

import re
import threading
import time


def read_parts_as_s3_does():
    """Ignores malformed and multiple ranges, as S3 does: the response is the whole object.

    By itself, the emulator ignores the header `Range` and parameters such as
    `response-content-type` in a request that names a version. This function applies them.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    from ministack.services import s3

    get = s3._get_object

    def is_range(header):
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
        first, last = match.groups() if match else ("", "")
        return int(first) <= int(last) if first and last else bool(first or last)

    def get_as_s3_does(bucket, key, headers=None, query=None):
        headers, query = dict(headers or {}), query or {}
        header = headers.get("range", "")
        if header and not is_range(header):
            del headers["range"]
            header = ""
        status, answer, body = get(bucket, key, headers, query)
        if status != 200 or not s3._qp(query, "versionId", ""):
            return status, answer, body
        s3._apply_response_overrides(answer, query)
        if not header:
            return status, answer, body
        part = s3._parse_range(header, len(body))
        if part is None:
            return 416, {"Content-Range": f"bytes */{len(body)}"}, b""
        # These checksums are those of the whole object. A client would compare them with the part,
        # and fail.
        for name in [name for name in answer if name.lower().startswith("x-amz-checksum-")]:
            del answer[name]
        answer["Content-Length"] = str(part[1] + 1 - part[0])
        answer["Content-Range"] = f"bytes {part[0]}-{part[1]}/{len(body)}"
        return 206, answer, body[part[0] : part[1] + 1]

    s3._get_object = get_as_s3_does


def number_events_like_aws():
    """Makes sequencers as large as AWS's: the time since 1970, in units of 2^-32 seconds.

    The emulator's own sequencers are far smaller. With them, its events would count as
    older than the sample events in `events/`, which have sequencers of AWS's size.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    from ministack.services import s3

    next_of_emulator = s3._next_event_sequencer
    last, numbering = 0, threading.Lock()

    def next_of_aws(event_name):
        nonlocal last
        if next_of_emulator(event_name) is None:
            return None
        with numbering:
            seconds, nanoseconds = divmod(time.time_ns(), 10**9)
            last = max(last + 1, (seconds << 32) + (nanoseconds << 32) // 10**9)
            return f"{last:018X}"

    s3._next_event_sequencer = next_of_aws
