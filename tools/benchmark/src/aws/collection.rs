//! The items that the stand-in for DynamoDB has in its table.

use serde_json::{Map, Value, json};

use super::object;

/// An item in DynamoDB's JSON: attribute names and typed values.
pub(super) type Item = Map<String, Value>;

/// Number of images in the table: four in each shard.
const IMAGES: u64 = 32;

/// Number of shards in the configuration of the stack `dev`.
const SHARDS: u64 = 8;

/// The images and totals of a small collection. They are consistent: there is nothing to repair.
#[derive(Debug)]
pub(super) struct Collection {
    pub(super) images: Vec<Item>,
    pub(super) totals: Vec<Item>,
}

impl Collection {
    pub(super) fn new() -> Self {
        Self { images: (0..IMAGES).map(image).collect(), totals: (0..SHARDS).map(totals).collect() }
    }

    pub(super) fn item(&self, key: &str) -> Option<Item> {
        let mut items = self.totals.iter().chain(&self.images);
        items.find(|item| string(item, "s3objectkey") == key).cloned()
    }
}

/// A string or number attribute of an item, as text; empty if the attribute is missing.
pub(super) fn string<'a>(item: &'a Item, name: &str) -> &'a str {
    let value = item.get(name).and_then(|value| value.get("S").or_else(|| value.get("N")));
    value.and_then(Value::as_str).unwrap_or_default()
}

/// The item of image `number`. Image 0 is the object that the events name, and the largest image.
fn image(number: u64) -> Item {
    let (width, height) = object::PIXELS;
    let key = if number == 0 { object::NAME.into() } else { format!("holiday/{number:03}.jpg") };
    item(json!({
        "s3objectkey": {"S": format!("uploads/{key}")},
        "revision": {"S": format!("{number:032x}")},
        "sequencer": {"S": "00663230F1A2B3C4D500000000000000"},
        "status": {"S": "image"},
        "size": {"N": size(number).to_string()},
        "etag": {"S": object::ETAG},
        "claimedContentType": {"S": "image/jpeg"},
        "lastModified": {"S": "2024-05-01T12:00:00Z"},
        "format": {"S": "jpeg"},
        "contentType": {"S": "image/jpeg"},
        "width": {"N": width.to_string()},
        "height": {"N": height.to_string()},
        "displayWidth": {"N": width.to_string()},
        "displayHeight": {"N": height.to_string()},
        "bitsPerChannel": {"N": "8"},
        "channels": {"N": "3"},
        "hasAlpha": {"BOOL": false},
        "colorSpace": {"S": "RGB"},
        "iccProfile": {"S": "Display P3"},
        "progressive": {"BOOL": false},
        "animated": {"BOOL": false},
        "densityX": {"N": "300"},
        "densityY": {"N": "300"},
        "takenAt": {"S": "2024-05-01T12:00:00+02:00"},
        "cameraMake": {"S": "Canon"},
        "cameraModel": {"S": "Canon EOS R5"},
        "lensModel": {"S": "EF50mm f/1.8 STM"},
        "measuring": {"N": "2"},
        "shard": {"N": (number % SHARDS).to_string()},
    }))
}

fn size(number: u64) -> u64 {
    object::SIZE as u64 - 1000 * number
}

fn totals(shard: u64) -> Item {
    let images = (0..IMAGES).filter(|number| number % SHARDS == shard);
    let (count, bytes) = images.fold((0, 0), |(count, bytes), it| (count + 1, bytes + size(it)));
    item(json!({
        "s3objectkey": {"S": format!("#totals/{shard}")},
        "image/jpeg": {"N": count.to_string()},
        "totalBytes": {"N": bytes.to_string()},
        "changes": {"N": count.to_string()},
    }))
}

fn item(value: Value) -> Item {
    match value {
        Value::Object(item) => item,
        _ => Item::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_count_the_images_of_their_shard() {
        let collection = Collection::new();
        for totals in &collection.totals {
            let shard = string(totals, "s3objectkey").strip_prefix("#totals/").unwrap();
            let images = collection.images.iter().filter(|it| string(it, "shard") == shard);
            let sizes: Vec<u64> = images.map(|it| string(it, "size").parse().unwrap()).collect();
            assert_eq!(string(totals, "image/jpeg"), sizes.len().to_string());
            assert_eq!(string(totals, "totalBytes"), sizes.iter().sum::<u64>().to_string());
        }
    }
}
