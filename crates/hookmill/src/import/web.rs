//! Files that lie in the web, by the same guarded way as the calls of steps.

use super::{address, archive};
use modules::documents::Documents;
use server::Foreign;
use url::Url;

/// The most that is read of one address, in bytes: a file, or an archive of files.
const MOST: u64 = 64 << 20;

/// The files at an address that somebody has entered; an error says why there are none.
pub(crate) async fn fetch(documents: &Documents, address: &str) -> Result<Vec<Foreign>, String> {
    let page = Url::parse(address.trim()).map_err(|error| format!("`{address}` is no URL: {error}"))?;
    let fetched = documents.fetch(&address::of_file(&page), MOST).await;
    let bytes = fetched.map_err(|error| match &error.hint {
        // What the general hint says of scenarios does not help whoever enters an address.
        Some(_) if error.code == "private_address" => {
            format!("{}; the operator may allow it with `--allow-private`", error.message)
        }
        _ => error.message.clone(),
    })?;
    if archive::is_archive(&bytes) {
        return archive::files(&bytes);
    }
    Ok(vec![Foreign { name: address::name(&page), bytes: bytes.into() }])
}
