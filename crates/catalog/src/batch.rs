//! Batch reads.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};

use crate::item::{Attributes, KEY, Record, text};
use crate::{Catalog, CatalogError, Cost};

/// Maximum number of keys in one batch read
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>).
pub(crate) const MAX_KEYS: usize = 100;

/// Maximum number of requests for one batch. If the last of them leaves items unread, the read
/// fails with [`CatalogError::TableUnavailable`].
const MAX_REQUESTS: u32 = 5;

impl Catalog {
    /// Reads the records of many keys, with eventually consistent reads. The returned map has the
    /// record of each key, or [`CatalogError::MalformedItem`] if the item of the key is not a valid
    /// record. A key without an item is left out. A key that is given twice is read once, because
    /// DynamoDB refuses a batch that repeats a key.
    ///
    /// # Errors
    /// [`CatalogError::TableUnavailable`] and [`CatalogError::TableRefused`].
    pub async fn get_many(
        &self,
        keys: &[String],
    ) -> Result<(HashMap<String, Result<Record, CatalogError>>, Cost), CatalogError> {
        let keys: Vec<_> = keys.iter().collect::<BTreeSet<_>>().into_iter().collect();
        let (mut records, mut cost) = (HashMap::new(), Cost::default());
        for batch in keys.chunks(MAX_KEYS) {
            let (items, read) = self.get_all(batch.iter().map(|key| (*key).clone())).await?;
            cost += read;
            for item in items {
                records.insert(text(&item, KEY), Record::from_attributes(item));
            }
        }
        Ok((records, cost))
    }

    /// Reads the items with these keys, at most [`MAX_KEYS`]. Items that do not exist are left out.
    ///
    /// DynamoDB may leave part of a batch unread; that part is requested again.
    pub(crate) async fn get_all(
        &self,
        keys: impl Iterator<Item = String>,
    ) -> Result<(Vec<Attributes>, Cost), CatalogError> {
        let keys = keys.map(|key| Attributes::from([(KEY.to_owned(), AttributeValue::S(key))]));
        let mut wanted = Some(keys.collect::<Vec<_>>());
        let (mut read, mut cost) = (Vec::new(), Cost::default());
        for attempt in 0..MAX_REQUESTS {
            let Some(keys) = wanted.take() else { return Ok((read, cost)) };
            if attempt > 0 {
                self.wait(Duration::from_millis(25 << attempt)).await;
            }
            let (items, unread) = self.batch(keys).await?;
            cost += Cost::request(items.len());
            read.extend(items);
            wanted = unread;
        }
        match wanted {
            None => Ok((read, cost)),
            Some(_) => Err(CatalogError::TableUnavailable("items were left unread".into())),
        }
    }

    /// Makes one request. Returns the items, and the keys that DynamoDB left unread, if any.
    async fn batch(
        &self,
        keys: Vec<Attributes>,
    ) -> Result<(Vec<Attributes>, Option<Vec<Attributes>>), CatalogError> {
        let request = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .build()
            .map_err(|error| CatalogError::TableRefused(error.to_string()))?;
        let response =
            self.client.batch_get_item().request_items(&self.table, request).send().await?;
        let items = response.responses.unwrap_or_default().remove(&self.table).unwrap_or_default();
        let unread = response.unprocessed_keys.and_then(|mut unread| unread.remove(&self.table));
        Ok((items, unread.map(|unread| unread.keys)))
    }
}
