//! TLS as all of the program does it: the system's authorities and, where a connection names one, its own.

use run::error::StepError;
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;
use std::sync::{Arc, OnceLock};
use tokio_rustls::TlsConnector;

/// What makes TLS of a stream, trusting also the authorities of this text (PEM).
pub(super) fn connector(ca: Option<&str>) -> Result<TlsConnector, StepError> {
    static USUAL: OnceLock<TlsConnector> = OnceLock::new();
    let Some(pem) = ca else {
        if let Some(connector) = USUAL.get() {
            return Ok(connector.clone());
        }
        let made = made(Vec::new())?;
        return Ok(USUAL.get_or_init(|| made).clone());
    };
    let roots = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>();
    let roots = roots.ok().filter(|roots| !roots.is_empty());
    made(roots.ok_or_else(|| StepError::permanent("connection_broken", "`ca` holds no certificate (PEM)"))?)
}

fn made(roots: Vec<CertificateDer<'static>>) -> Result<TlsConnector, StepError> {
    let unavailable = |error: rustls::Error| StepError::permanent("tls_unavailable", error.to_string());
    let provider = Arc::new(default_provider());
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider)).map_err(unavailable)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unavailable)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
