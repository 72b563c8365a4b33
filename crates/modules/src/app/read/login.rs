//! How one logs in to an app: not at all, by a type of connection that somebody else defines, or by the app's own.

use super::fields::Fields;
use super::{Presence, Reader, is_snake_case, marked, one_of, text_of};
use crate::app::shape::{Auth, Aws, ConnectionType, Errors, Field, Login, OAuth2, Probe, Words};
use crate::app::template::Filled;
use crate::connections::text::{Key, Node, Tree};
use scenario::plan::Rate;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the app says beside its connection, and its connection's test needs.
pub(super) struct Around<'a> {
    pub(super) base: &'a Option<Filled>,
    pub(super) hosts: &'a [Filled],
    pub(super) headers: &'a Filled,
    pub(super) errors: &'a Arc<Errors>,
    pub(super) rate: Option<Rate>,
}

impl Reader<'_> {
    pub(super) fn login(&mut self, fields: &mut Fields<'_>, app: &str, title: &Words, around: &Around<'_>) -> Login {
        let Some(tree) = fields.take("connection") else { return Login::None };
        match text_of(tree).as_deref() {
            Some("none") => return Login::None,
            Some(name) => return Login::Named(name.to_owned()),
            None => {}
        }
        let Some(mut fields) = self.fields(tree, "`connection`") else { return Login::None };
        let name = self.text(&mut fields, "type").unwrap_or_else(|| app.to_owned());
        if !is_snake_case(&name) {
            self.report(fields.place_of("type"), format!("`{name}` cannot name a type of connection"));
        }
        let own = self.words(&mut fields, "title", Presence::May);
        let title = if own.is_empty() { title.clone() } else { own };
        self.words(&mut fields, "about", Presence::May);
        self.text(&mut fields, "docs");
        let mut settings = self.settings(&mut fields);
        let auth = self.auth(&mut fields);
        let oauth2 = self.oauth2(&mut fields);
        if oauth2.is_some() {
            add_client(&mut settings, !matches!(auth, Auth::None));
        }
        let probe = self.probe(&mut fields);
        self.finish(fields);
        let (base, hosts, headers) = (around.base.clone(), around.hosts.to_vec(), around.headers.clone());
        #[rustfmt::skip]
        let own = ConnectionType { name, title, fields: settings, auth, oauth2, probe, base, hosts, headers, rate: around.rate, errors: Arc::clone(around.errors) };
        Login::Own(Arc::new(own))
    }

    fn settings(&mut self, fields: &mut Fields<'_>) -> Vec<Field> {
        let Some(tree) = fields.take("fields") else { return Vec::new() };
        let Some(fields) = self.fields(tree, "`fields`") else { return Vec::new() };
        fields.rest().iter().filter_map(|(key, tree)| self.setting(key, tree)).collect()
    }

    fn setting(&mut self, key: &Key, tree: &Tree) -> Option<Field> {
        let (name, required) = marked(key);
        if !is_snake_case(name) || ["type", "sandbox", "rate", "allow", "connection"].contains(&name) {
            self.report(key.place, format!("`{name}` cannot name a field"));
        }
        let mut fields = self.fields(tree, format!("the field `{name}`"))?;
        let secret = self.flag(&mut fields, "secret");
        let is_url = self.one_word(&mut fields, "type", &[("text", false), ("url", true)]).unwrap_or_default();
        let title = self.words(&mut fields, "title", Presence::Must);
        let about = self.words(&mut fields, "about", Presence::May);
        let example = self.text(&mut fields, "example");
        let default = self.text(&mut fields, "default");
        let choices = self.texts(&mut fields, "choices");
        self.finish(fields);
        Some(Field { name: name.to_owned(), required, secret, is_url, title, about, example, default, choices })
    }

    fn auth(&mut self, fields: &mut Fields<'_>) -> Auth {
        let Some(tree) = fields.take("auth") else { return Auth::None };
        if matches!(&tree.node, Node::Text(text) if text == "none") {
            return Auth::None;
        }
        let Some(mut fields) = self.fields(tree, "`auth`") else { return Auth::None };
        let bearer = self.text(&mut fields, "bearer").map(|text| Auth::Bearer(template(text)));
        let basic = fields.take("basic").and_then(|tree| self.basic(tree));
        let headers = self.map(&mut fields, "headers").map(Auth::Headers);
        let query = self.map(&mut fields, "query").map(Auth::Query);
        let aws = fields.take("aws").and_then(|tree| self.aws(tree));
        self.finish(fields);
        let mut found = [bearer, basic, headers, query, aws].into_iter().flatten();
        let Some(first) = found.next() else {
            self.report_with(tree.place, "`auth` says nothing", "`none`, or `{ bearer: \"{{ token }}\" }`");
            return Auth::None;
        };
        if found.next().is_some() {
            self.report(tree.place, "`auth` says more than one thing");
        }
        first
    }

    fn basic(&mut self, tree: &Tree) -> Option<Auth> {
        let mut fields = self.fields(tree, "`basic`")?;
        let user = self.text(&mut fields, "user").unwrap_or_default();
        let password = self.text(&mut fields, "password").unwrap_or_default();
        self.finish(fields);
        Some(Auth::Basic { user: template(user), password: template(password) })
    }

    fn aws(&mut self, tree: &Tree) -> Option<Auth> {
        let mut fields = self.fields(tree, "`aws`")?;
        let mut part = |key| template(self.text(&mut fields, key).unwrap_or_default());
        let (service, region, key_id, secret) = (part("service"), part("region"), part("key_id"), part("secret"));
        self.finish(fields);
        Some(Auth::Aws(Box::new(Aws { service, region, key_id, secret })))
    }

    fn oauth2(&mut self, fields: &mut Fields<'_>) -> Option<OAuth2> {
        let tree = fields.take("oauth2")?;
        let mut fields = self.fields(tree, "`oauth2`")?;
        let authorize = self.text(&mut fields, "authorize").map(template);
        let token = self.text(&mut fields, "token");
        if token.is_none() {
            self.report_with(tree.place, "`oauth2` has no `token`", "the URL where tokens are given");
        }
        let scopes = self.texts(&mut fields, "scopes");
        let mut extra = BTreeMap::new();
        if let Some(tree) = fields.take("extra")
            && let Some(fields) = self.fields(tree, "`extra`")
        {
            for (key, tree) in fields.rest() {
                extra.insert(key.text.clone(), self.source(tree, &key.text));
            }
        }
        let client = self.text(&mut fields, "client").unwrap_or_else(|| "body".to_owned());
        if !["basic", "body"].contains(&client.as_str()) {
            let place = fields.place_of("client");
            self.report_with(place, format!("`client` cannot be `{client}`"), one_of(&client, &["basic", "body"]));
        }
        self.finish(fields);
        let token = template(token.unwrap_or_default());
        Some(OAuth2 { authorize, token, scopes, extra, client_by_basic: client == "basic" })
    }

    fn probe(&mut self, fields: &mut Fields<'_>) -> Option<Probe> {
        let tree = fields.take("test")?;
        let mut fields = self.fields(tree, "`test`")?;
        let shows = self.code(&mut fields, "shows");
        let exchange = self.exchange(&mut fields, "test");
        self.finish(fields);
        exchange.map(|exchange| Probe { exchange, shows })
    }
}

fn template(text: String) -> Filled {
    Filled::of(&Value::String(text))
}

/// The fields of every client of OAuth; a connection that has another credential may lack them.
fn add_client(fields: &mut Vec<Field>, has_other: bool) {
    let words = |en: &str, taiwan: &str, mainland: &str| Words {
        en: en.to_owned(),
        others: [("zh-TW", taiwan), ("zh-CN", mainland)].map(|(tag, text)| (tag.to_owned(), text.to_owned())).into(),
    };
    let known = |fields: &[Field], name: &str| fields.iter().any(|field| field.name == name);
    let mut add = |name: &str, secret: bool, title: Words, about: Words| {
        if !known(fields, name) {
            let required = !has_other && !secret;
            let name = name.to_owned();
            #[rustfmt::skip]
            fields.push(Field { name, required, secret, is_url: false, title, about, example: None, default: None, choices: Vec::new() });
        }
    };
    let id = words("Client ID", "用戶端 ID", "客户端 ID");
    let about = words(
        "What the provider calls your OAuth client.",
        "服務商給你的 OAuth 用戶端的 ID。",
        "服务商给你的 OAuth 客户端的 ID。",
    );
    add("client_id", false, id, about);
    let secret = words("Client secret", "用戶端密鑰", "客户端密钥");
    let about = words("The secret of your OAuth client.", "你的 OAuth 用戶端的密鑰。", "你的 OAuth 客户端的密钥。");
    add("client_secret", true, secret, about);
}
