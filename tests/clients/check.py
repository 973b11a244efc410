"""Uses every operation of the generated Python client on the images that standard input lists."""

import base64
import json
import sys

from pixgauge import Client
from pixgauge.api.images import (
    get_image,
    get_image_by_key,
    get_image_by_key_headers,
    get_info,
    get_metadata,
    get_metadata_by_key,
    list_images,
    look_up_metadata,
)
from pixgauge.models import ContentTypeParameter, LookUpRequest, LookUpStatus, Reason, SortParameter


def main():
    given = json.load(sys.stdin)
    images = {key: base64.b64decode(image) for key, image in given["images"].items()}
    client = Client(base_url=given["api"], follow_redirects=True, raise_on_unexpected_status=True)
    for key, image in images.items():
        check_image(client, key, image)
    rejected = get_metadata_by_key.sync(client=client, s3objectkey=given["rejected"])
    assert rejected.reason == Reason.UNSUPPORTEDIMAGE, rejected
    missing = get_image_by_key.sync(client=client, s3objectkey="uploads/none")
    assert missing.error == "uploads/none not found!", missing
    wrong = get_metadata_by_key.sync(client=client, s3objectkey="none")
    assert wrong.error.startswith("s3objectkey: "), wrong
    check_look_up(client, [*images, given["rejected"], "uploads/none", *images])
    check_list(client, sorted(images, key=str.encode))
    info = get_info.sync(client=client)
    assert (info.total_images, info.content_types["image/gif"]) == (len(images), len(images)), info
    print(f"Python: {len(images)} images, listed, looked up and downloaded")


def check_image(client, key, image):
    metadata = get_metadata_by_key.sync(client=client, s3objectkey=key)
    assert (metadata.s3objectkey, metadata.size) == (key, str(len(image))), metadata
    file = get_image_by_key.sync(client=client, s3objectkey=key)
    assert file.payload.read() == image, key
    head = get_image_by_key_headers.sync_detailed(client=client, s3objectkey=key)
    assert head.headers["content-length"] == str(len(image)), head
    if "?" not in key:
        name = key.removeprefix("uploads/")
        assert get_metadata.sync(client=client, s3objectkey=name) == metadata, name
        assert get_image.sync(client=client, s3objectkey=name).payload.read() == image, name


def check_look_up(client, keys):
    results = look_up_metadata.sync(client=client, body=LookUpRequest(keys=keys)).results
    assert [result.s3objectkey for result in results] == keys, results
    statuses = [result.status for result in results]
    images = (len(keys) - 2) // 2 * [LookUpStatus.FOUND]
    assert statuses == [*images, LookUpStatus.REJECTED, LookUpStatus.UNKNOWN, *images], statuses
    assert results[0].metadata.s3objectkey == keys[0], results[0]


def check_list(client, expected):
    listed, cursor = [], {}
    while True:
        page = list_images.sync(
            client=client,
            limit=3,
            sort=SortParameter.KEY,
            content_type=ContentTypeParameter.IMAGEGIF,
            **cursor,
        )
        listed += [image.s3objectkey for image in page.images]
        if page.cursor is None:
            break
        cursor = {"cursor": page.cursor}
    assert listed == expected, listed


main()
