//! The server's certificate: read from its two files, and again when they change, so that a renewed one is used without a
//! restart. A pair that cannot be used changes nothing.

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{Error, ServerConfig};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// A certificate with its key. Clones mean the same one.
#[derive(Clone, Debug)]
pub struct Certificate(Arc<Source>);

/// Why a pair of files is no certificate that can be served.
#[derive(Debug, thiserror::Error)]
pub enum BadCertificate {
    /// A file cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A file has no PEM text of what it should hold, or a broken one.
    #[error("{} holds no {what} in PEM (RFC 7468): {error}", path.display())]
    NoPem {
        /// Which one.
        path: PathBuf,
        /// `certificate` or `private key`.
        what: &'static str,
        /// What is wrong.
        error: pem::Error,
    },
    /// They do not belong together, or are of a kind that cannot be served.
    #[error("the certificate in {} cannot be served with the key in {}: {error}", chain.display(), key.display())]
    Unusable {
        /// The file of the certificate.
        chain: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// What is wrong.
        error: Error,
    },
}

/// What looking at the files again came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// They are as they were.
    Unchanged,
    /// They have changed, and new connections get the new certificate.
    Renewed,
}

#[derive(Debug)]
struct Source {
    chain: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
    /// What was tried last, so that what is broken is told once.
    tried: Mutex<Tried>,
}

/// The content of both files, or by which error they could not be read.
type Tried = Result<(Vec<u8>, Vec<u8>), io::ErrorKind>;

impl Certificate {
    /// The certificate in the file `chain`, with those of the authorities behind it, and its key in the file `key`; both in
    /// PEM.
    pub fn read(chain: &Path, key: &Path) -> Result<Self, BadCertificate> {
        let pair = (content(chain)?, content(key)?);
        let current = certified(chain, key, &pair)?;
        Ok(Self(Arc::new(Source {
            chain: chain.to_owned(),
            key: key.to_owned(),
            current: RwLock::new(Arc::new(current)),
            tried: Mutex::new(Ok(pair)),
        })))
    }

    /// Reads the files again. What cannot be used is told once, and the certificate that is in use stays so.
    pub fn refresh(&self) -> Result<Refreshed, BadCertificate> {
        let Source { chain, key, current, tried } = &*self.0;
        let read = content(chain).and_then(|chain| content(key).map(|key| (chain, key)));
        let found = match &read {
            Ok(pair) => Ok(pair.clone()),
            Err(BadCertificate::Unreadable { error, .. }) => Err(error.kind()),
            Err(_) => Err(io::ErrorKind::Other),
        };
        let mut tried = tried.lock().unwrap_or_else(PoisonError::into_inner);
        if *tried == found {
            return Ok(Refreshed::Unchanged);
        }
        *tried = found;
        let renewed = certified(chain, key, &read?)?;
        *current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(renewed);
        Ok(Refreshed::Renewed)
    }

    /// Looks at the files again and again, as long as it is polled.
    pub async fn follow(self, every: Duration) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let certificate = self.clone();
            match tokio::task::spawn_blocking(move || certificate.refresh()).await {
                Ok(Ok(Refreshed::Unchanged)) => {}
                Ok(Ok(Refreshed::Renewed)) => tracing::info!("new connections use the renewed certificate"),
                Ok(Err(error)) => tracing::error!(%error, "the certificate was not renewed; the old one is used on"),
                Err(error) => tracing::error!(%error, "the certificate could not be looked at"),
            }
        }
    }

    /// TLS 1.2 and 1.3 with this certificate (RFC 9325 §3.1.1).
    pub fn config(&self) -> Result<ServerConfig, Error> {
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_protocol_versions(&[&TLS13, &TLS12])?.with_no_client_auth();
        Ok(builder.with_cert_resolver(Arc::clone(&self.0) as Arc<dyn ResolvesServerCert>))
    }
}

impl ResolvesServerCert for Source {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn content(path: &Path) -> Result<Vec<u8>, BadCertificate> {
    std::fs::read(path).map_err(|error| BadCertificate::Unreadable { path: path.to_owned(), error })
}

fn certified(chain: &Path, key: &Path, pair: &(Vec<u8>, Vec<u8>)) -> Result<CertifiedKey, BadCertificate> {
    let no = |path: &Path, what| {
        let path = path.to_owned();
        move |error| BadCertificate::NoPem { path, what, error }
    };
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pair.0).collect();
    let certificates = certificates.map_err(no(chain, "certificate"))?;
    if certificates.is_empty() {
        return Err(no(chain, "certificate")(pem::Error::NoItemsFound));
    }
    let private = PrivateKeyDer::from_pem_slice(&pair.1).map_err(no(key, "private key"))?;
    CertifiedKey::from_der(certificates, private, &default_provider()).map_err(|error| BadCertificate::Unusable {
        chain: chain.to_owned(),
        key: key.to_owned(),
        error,
    })
}
