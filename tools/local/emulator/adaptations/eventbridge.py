"""The events that EventBridge delivers."""

import json


def order_only_changes():
    """Leaves the sequencer out of events that report no change of an object, as S3 does.

    In the emulator, the event for the end of a restore has the sequencer `0`. With this sequencer,
    the event would count as older than every other event of its key.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """
    from ministack.services import eventbridge

    dispatch = eventbridge._dispatch_event

    def dispatch_as_sent(event, *arguments):
        if event.get("Source") == "aws.s3":
            detail = json.loads(event["Detail"])
            if detail["object"].get("sequencer") == "0":
                del detail["object"]["sequencer"]
                event = {**event, "Detail": json.dumps(detail)}
        return dispatch(event, *arguments)

    eventbridge._dispatch_event = dispatch_as_sent
