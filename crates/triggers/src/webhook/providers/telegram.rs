//! Telegram: The secret token of the webhook in `X-Telegram-Bot-Api-Secret-Token`.

use super::{JSON, Provider, Sample, Setting};
use crate::webhook::verify::{Fact, Scheme, Token, TokenPlace};

pub(super) const PROVIDER: Provider = Provider {
    name: "telegram",
    title: "Telegram",
    summary: "The secret token of the webhook in `X-Telegram-Bot-Api-Secret-Token`.",
    docs: "https://core.telegram.org/bots/api#setwebhook",
    settings: &[Setting::secret("token", "The `secret_token` that was given to `setWebhook`.")],
    scheme: Scheme::Token(Token { place: TokenPlace::Header("X-Telegram-Bot-Api-Secret-Token"), secret: "token" }),
    telltales: &["x-telegram-bot-api-secret-token"],
    event: Fact::OtherName(&["update_id"]),
    id: Fact::Body("update_id"),
    sample: Sample { content_type: JSON, body: include_str!("samples/telegram.json") },
    example: r#"telegram: "{{ secrets.telegram_webhook }}""#,
    ..Provider::BASE
};
