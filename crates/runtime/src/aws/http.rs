//! The HTTP client that all AWS clients share.

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use super::trust::Roots;

/// An HTTP client with TLS by rustls and ring. It initializes TLS with the first request.
///
/// Without this wrapper, the library's HTTP client would also initialize TLS whenever an AWS client
/// is built with it, in order to load the system's certificates early. That would lengthen the
/// start of a function.
#[derive(Debug)]
pub(super) struct Http(SharedHttpClient);

impl Http {
    pub(super) fn new(roots: Roots) -> Self {
        let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
        Self(builder.tls_context(roots.tls()).build_https())
    }
}

impl HttpClient for Http {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }
}
