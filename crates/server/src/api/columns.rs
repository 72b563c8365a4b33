//! The columns of data stores.

pub(super) mod delete;
pub(super) mod get;
pub(super) mod put;

use crate::error::Problem;
use run::data_store::{Column, ColumnType, Others, Schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// The columns of a data store.
#[derive(Serialize, ToSchema)]
#[schema(as = StoreColumns)]
pub(super) struct View {
    /// The columns, in order.
    columns: Vec<ColumnView>,
    /// What becomes of fields that are no columns.
    others: OthersView,
    /// Grows with each change of the columns.
    revision: u64,
}

/// A column of a data store.
#[derive(Deserialize, Serialize, ToSchema)]
#[schema(as = StoreColumn)]
#[serde(deny_unknown_fields)]
struct ColumnView {
    /// The name of the field, 1 to 64 characters.
    name: String,
    /// What it holds, beside null.
    r#type: TypeView,
    /// Whether no record may be without it.
    #[serde(default)]
    #[schema(required = false)]
    required: bool,
    /// What a record without it gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default: Option<Value>,
    /// What it is about, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    description: String,
}

/// What a column holds.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[schema(as = StoreColumnType)]
#[serde(rename_all = "snake_case")]
enum TypeView {
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A date, or a date and time, as a text: `2026-11-23`, `2026-11-23T08:00:00Z`.
    Time,
    /// Anything.
    Json,
}

/// What becomes of fields that are no columns.
#[derive(Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
#[schema(as = StoreOtherFields)]
#[serde(rename_all = "snake_case")]
enum OthersView {
    /// The record is refused.
    #[default]
    Refuse,
    /// They are kept.
    Keep,
}

impl View {
    fn of(schema: Schema, revision: u64) -> Self {
        let columns = schema.columns.into_iter().map(|column| ColumnView {
            name: column.name,
            r#type: column.r#type.into(),
            required: column.required,
            default: column.default,
            description: column.description,
        });
        let others = match schema.others {
            Others::Refuse => OthersView::Refuse,
            Others::Keep => OthersView::Keep,
        };
        Self { columns: columns.collect(), others, revision }
    }
}

impl From<ColumnView> for Column {
    fn from(column: ColumnView) -> Self {
        let ColumnView { name, r#type, required, default, description } = column;
        Self { name, r#type: r#type.into(), required, default, description }
    }
}

impl From<ColumnType> for TypeView {
    fn from(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Text => Self::Text,
            ColumnType::Number => Self::Number,
            ColumnType::Flag => Self::Flag,
            ColumnType::Time => Self::Time,
            ColumnType::Json => Self::Json,
        }
    }
}

impl From<TypeView> for ColumnType {
    fn from(kind: TypeView) -> Self {
        match kind {
            TypeView::Text => Self::Text,
            TypeView::Number => Self::Number,
            TypeView::Flag => Self::Flag,
            TypeView::Time => Self::Time,
            TypeView::Json => Self::Json,
        }
    }
}

impl From<OthersView> for Others {
    fn from(others: OthersView) -> Self {
        match others {
            OthersView::Refuse => Self::Refuse,
            OthersView::Keep => Self::Keep,
        }
    }
}

fn none(store: &str) -> Problem {
    Problem::not_found(format!("the data store `{store}` has no columns: its records may hold anything"))
}
