//! Whether an emulator answers.

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::http;

/// How long one question may take.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Whether the emulator on `port` of this machine says that it is up.
pub(super) async fn answers(port: u16) -> bool {
    let url = format!("http://{}:{port}/_ministack/health", Ipv4Addr::LOCALHOST);
    matches!(
        tokio::time::timeout(TIMEOUT, http::get(&url)).await,
        Ok(Ok(answer)) if answer.status == 200
    )
}
