//! `GET /api/v1/secrets`

use crate::App;
use crate::api::blocking::blocking;
use crate::api::connections::Source;
use crate::error::{Problem, Refusals};
use crate::vault::SecretName;
use actix_web::{get, web};
use run::id::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// The names of all secrets.
#[derive(Serialize, ToSchema)]
struct Secrets {
    /// By name.
    items: Vec<Secret>,
}

/// A secret, without its value.
#[derive(Serialize, ToSchema)]
struct Secret {
    /// Its name: expressions read it as `secrets.NAME`.
    name: String,
    /// Who made it.
    source: Source,
    /// Why it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The scenarios whose texts name it.
    used_by: Vec<String>,
    /// When its value was last given; missing for one that the file has.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<Millis>,
}

/// Lists secrets by name, those of the file and those made in the editor.
#[utoipa::path(tag = "secrets", operation_id = "list_secrets", responses((status = 200, body = Secrets), Refusals))]
#[get("/secrets")]
pub(in crate::api) async fn list(app: web::Data<App>) -> Result<web::Json<Secrets>, Problem> {
    blocking(move || {
        let entries = app.library().list();
        let items = app.vault().secrets().into_iter().map(|SecretName { name, origin, broken, changed }| {
            let using = entries.iter().filter(|entry| mentions(&entry.text, &name)).map(|entry| entry.id.to_string());
            Secret { used_by: using.collect(), name, source: origin.into(), reason: broken, changed }
        });
        Ok(web::Json(Secrets { items: items.collect() }))
    })
    .await
}

/// Whether a text names the secret, as `secrets.NAME` or `secrets["NAME"]`.
fn mentions(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    text.match_indices("secrets").any(|(at, word)| {
        let rest = text[at + word.len()..].trim_start();
        let named = match rest.strip_prefix('.') {
            Some(rest) => rest.trim_start().strip_prefix(name),
            None => rest
                .strip_prefix('[')
                .map(|rest| rest.trim_start_matches([' ', '"', '\'', '`', '\\']))
                .and_then(|rest| rest.strip_prefix(name)),
        };
        named.is_some_and(|rest| !rest.starts_with(is_word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_named_whole() {
        for (text, expected) in [
            ("{{ secrets.shop }}", true),
            ("{{secrets.shop}}", true),
            ("{{ secrets . shop }}", true),
            (r#"{{ secrets["shop"] }}"#, true),
            (r#""{{ secrets[\"shop\"] }}""#, true),
            ("{{ secrets.shop2 }}", false),
            ("{{ secrets.shop-key }}", false),
            ("{{ secrets.my_shop }}", false),
            ("shop secrets", false),
            ("{{ secrets.other + secrets.shop }}", true),
            ("", false),
        ] {
            assert_eq!(mentions(text, "shop"), expected, "{text}");
        }
    }
}
