//! The HTTP client of all AWS clients.

use std::sync::OnceLock;

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use super::trust;

/// A client on rustls and ring that reads certificates and prepares for TLS when the first request
/// is made, with everything else that takes a network.
///
/// The library's own does so, in vain, once more for each AWS client that is built on it: to find
/// mistakes in certificates early, of which there are none here.
#[derive(Debug)]
pub(super) struct Http {
    region: String,
    client: OnceLock<SharedHttpClient>,
}

impl Http {
    /// A client for the endpoints of a region.
    pub(super) fn new(region: &str) -> Self {
        Self { region: region.to_owned(), client: OnceLock::new() }
    }

    fn client(&self) -> &SharedHttpClient {
        self.client.get_or_init(|| {
            let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
            builder.tls_context(trust::context(&self.region)).build_https()
        })
    }
}

impl HttpClient for Http {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.client().http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.client().connector_metadata()
    }
}
