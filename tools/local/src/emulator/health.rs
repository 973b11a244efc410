//! The emulator's health check.

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::http;

const TIMEOUT: Duration = Duration::from_secs(2);

/// Returns true if the emulator on `port` of this machine reports that it is up.
pub(super) async fn is_up(port: u16) -> bool {
    let url = format!("http://{}:{port}/_ministack/health", Ipv4Addr::LOCALHOST);
    matches!(
        tokio::time::timeout(TIMEOUT, http::get(&url)).await,
        Ok(Ok(response)) if response.status == 200
    )
}
