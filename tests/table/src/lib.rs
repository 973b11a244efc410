//! The catalog's table in a test's own process, without the emulator that the integration tests
//! start.
//!
//! [`TestTable`] is the place to start: a DynamoDB in memory with the table of `pulumi/Main.yaml`,
//! and SDK clients of this table. A client runs the SDK's own code, from serializing a request to
//! retrying it. Only the connection is replaced, and no time passes while the client waits. A hook
//! decides before each request whether a [`Fault`] is injected. The hook may itself write to the
//! table, as another writer would.
//!
//! [`snapshot`] reads the whole table, and [`observed`] makes sample observations. These two
//! also serve the integration tests, on the emulator's table.

#![expect(clippy::panic, clippy::expect_used, reason = "a test that cannot continue panics")]
#![expect(clippy::missing_panics_doc, reason = "everything panics if the table does not respond")]

mod connector;
mod consumed;
mod fault;
pub mod observed;
mod schema;
pub mod snapshot;
mod table;
mod waits;

pub use connector::Call;
pub use consumed::Consumed;
pub use fault::Fault;
pub use table::TestTable;
