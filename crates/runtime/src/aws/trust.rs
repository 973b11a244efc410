//! Root certificates trusted for AWS endpoints.

use aws_smithy_http_client::tls::{TlsContext, TrustStore};

/// Root certificates of AWS endpoints, as Amazon Trust Services recommends for custom trust stores
/// (<https://www.amazontrust.com/repository/>).
const AMAZON_ROOTS: [&str; 5] = [
    include_str!("../../roots/amazon-root-ca-1.pem"),
    include_str!("../../roots/amazon-root-ca-2.pem"),
    include_str!("../../roots/amazon-root-ca-3.pem"),
    include_str!("../../roots/amazon-root-ca-4.pem"),
    include_str!("../../roots/starfield-services-root-g2.pem"),
];

/// Environment variable naming a file of certificates to trust instead of the system's.
const OTHER_ROOTS: &str = "SSL_CERT_FILE";

/// Prefixes of regions whose endpoints may use other roots: China, the European Sovereign Cloud,
/// and the isolated regions.
const OTHER_PARTITIONS: [&str; 4] = ["cn-", "eusc-", "eu-iso", "us-iso"];

/// Trusts Amazon's five roots, or the system's where those may not be enough. Parsing the system's
/// 140 certificates would take nine tenths of a function's start.
pub(super) fn context(region: &str) -> TlsContext {
    let system = std::env::var_os(OTHER_ROOTS).is_some() || !signed_by_amazon(region);
    TlsContext::builder()
        .with_trust_store(if system { TrustStore::default() } else { amazon() })
        .build()
        .unwrap_or_default()
}

/// True if the endpoints of a region use Amazon's roots.
fn signed_by_amazon(region: &str) -> bool {
    !OTHER_PARTITIONS.iter().any(|partition| region.starts_with(partition))
}

fn amazon() -> TrustStore {
    AMAZON_ROOTS.into_iter().fold(TrustStore::empty(), TrustStore::with_pem_certificate)
}

#[cfg(test)]
mod tests {
    use aws_smithy_http_client::Connector;
    use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// SHA-256 fingerprints of the certificates, from <https://www.amazontrust.com/repository/>.
    const FINGERPRINTS: [&str; 5] = [
        "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
        "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
        "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
        "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
        "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
    ];

    fn fingerprint(pem: &str) -> String {
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let digest = Sha256::digest(BASE64_STANDARD.decode(body).unwrap());
        digest.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(hexadecimal).collect()
    }

    fn hexadecimal(digit: u8) -> char {
        char::from_digit(digit.into(), 16).unwrap()
    }

    #[test]
    fn the_roots_are_those_of_amazon_trust_services() {
        assert_eq!(AMAZON_ROOTS.map(fingerprint), FINGERPRINTS);
    }

    /// An unreadable certificate would end the process with the first request.
    #[test]
    fn tls_accepts_the_roots() {
        let connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
        connector.tls_context(context("us-east-1")).build();
    }

    #[test]
    fn only_public_and_us_government_regions_use_amazons_roots() {
        for region in ["us-east-1", "eu-central-1", "us-gov-west-1", "il-central-1"] {
            assert!(signed_by_amazon(region), "{region}");
        }
        for region in ["cn-north-1", "us-isob-east-1", "eusc-de-east-1", "eu-isoe-west-1"] {
            assert!(!signed_by_amazon(region), "{region}");
        }
    }
}
