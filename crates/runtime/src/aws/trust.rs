//! Root certificates trusted for AWS endpoints.

use aws_smithy_http_client::tls::{TlsContext, TrustStore};

use super::Variables;

/// Root certificates of AWS endpoints, as Amazon Trust Services recommends for custom trust stores
/// (<https://www.amazontrust.com/repository/>).
const AMAZON_ROOTS: [&str; 5] = [
    include_str!("../../roots/amazon-root-ca-1.pem"),
    include_str!("../../roots/amazon-root-ca-2.pem"),
    include_str!("../../roots/amazon-root-ca-3.pem"),
    include_str!("../../roots/amazon-root-ca-4.pem"),
    include_str!("../../roots/starfield-services-root-g2.pem"),
];

/// Environment variable that names a file of root certificates. If it is set, these certificates
/// are trusted instead of Amazon's.
const OTHER_ROOTS: &str = "SSL_CERT_FILE";

/// Prefixes of regions whose endpoints may use other roots: China, the European Sovereign Cloud,
/// and the isolated regions.
const OTHER_PARTITIONS: [&str; 4] = ["cn-", "eusc-", "eu-iso", "us-iso"];

/// Root certificates to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Roots {
    /// The five root certificates of Amazon Trust Services.
    Amazon,
    /// The system's root certificates, or those in the file that `SSL_CERT_FILE` names.
    System,
}

/// The roots to trust for the endpoints of a region: Amazon's five, unless these endpoints may use
/// others or `SSL_CERT_FILE` is set. Parsing the system's roots (140 when measured) would take nine
/// tenths of the instructions of a function's start (docs/MEASUREMENTS.md).
pub(super) fn roots(region: &str, variables: Variables) -> Roots {
    let other_partition = OTHER_PARTITIONS.iter().any(|partition| region.starts_with(partition));
    if other_partition || variables(OTHER_ROOTS).is_some() { Roots::System } else { Roots::Amazon }
}

impl Roots {
    /// Settings for TLS connections that trust these roots.
    pub(super) fn tls(self) -> TlsContext {
        let store = match self {
            Self::System => TrustStore::default(),
            Self::Amazon => {
                AMAZON_ROOTS.into_iter().fold(TrustStore::empty(), TrustStore::with_pem_certificate)
            }
        };
        TlsContext::builder().with_trust_store(store).build().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_http_client::Connector;
    use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// SHA-256 fingerprints of Amazon's roots, from <https://www.amazontrust.com/repository/>.
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

    /// If a certificate were unreadable, a function would panic at its first request, when it
    /// builds its connector.
    #[test]
    fn tls_accepts_the_roots() {
        let connector = Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring));
        connector.tls_context(Roots::Amazon.tls()).build();
    }

    #[test]
    fn amazons_roots_are_trusted_without_those_of_the_system() {
        let of_system = "enable_native_roots: true";
        let (amazon, system) = (Roots::Amazon.tls(), Roots::System.tls());
        assert!(!format!("{amazon:?}").contains(of_system), "{amazon:?}");
        assert!(format!("{system:?}").contains(of_system), "{system:?}");
    }

    #[test]
    fn only_public_and_us_government_regions_use_amazons_roots() {
        for region in ["us-east-1", "eu-central-1", "us-gov-west-1", "il-central-1", ""] {
            assert_eq!(roots(region, |_| None), Roots::Amazon, "{region}");
        }
        for region in ["cn-north-1", "us-isob-east-1", "eusc-de-east-1", "eu-isoe-west-1"] {
            assert_eq!(roots(region, |_| None), Roots::System, "{region}");
        }
    }

    #[test]
    fn a_file_of_certificates_takes_the_place_of_amazons_roots() {
        let variables: Variables = |name| (name == "SSL_CERT_FILE").then(|| "/ca.pem".to_owned());
        assert_eq!(roots("us-east-1", variables), Roots::System);
    }
}
