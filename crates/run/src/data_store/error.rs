//! Why a data store did not do what it was asked.

use crate::error::StepError;
use crate::tables::StoreError;

/// Why a data store did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DataError {
    /// No store can be called so.
    #[error("{0:?} cannot name a data store: it takes 1 to 64 letters, digits, `-` and `_`")]
    InvalidName(String),
    /// No record can have such a key.
    #[error("a record's key has 1 to 512 bytes")]
    InvalidKey,
    /// A query that cannot be meant.
    #[error("{0}")]
    InvalidQuery(String),
    /// Columns that no store can have.
    #[error("{0}")]
    InvalidSchema(String),
    /// The value is not what the columns of the store take.
    #[error("{0}")]
    InvalidRecord(String),
    /// The record is not as the condition says.
    #[error("{0}")]
    Conflict(String),
    /// The record holds something else than what the operation needs.
    #[error("{0}")]
    WrongType(String),
    /// The value, or what was found, is too large.
    #[error("{0}")]
    TooLarge(String),
    /// The sum is no number that can be kept.
    #[error("{0}")]
    OutOfRange(String),
    /// Others changed the record over and over meanwhile.
    #[error("others kept changing the record; nothing was done")]
    Busy,
    /// The tables failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DataError {
    /// What kind of error it is, for programs: snake_case, stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidName(_) | Self::InvalidKey | Self::InvalidQuery(_) => "invalid_parameters",
            Self::InvalidSchema(_) => "invalid_schema",
            Self::InvalidRecord(_) => "invalid_record",
            Self::Conflict(_) => "conflict",
            Self::WrongType(_) => "wrong_type",
            Self::TooLarge(_) => "too_large",
            Self::OutOfRange(_) => "out_of_range",
            Self::Busy | Self::Store(StoreError::Busy | StoreError::Conflict | StoreError::Claimed(_)) => "store_busy",
            Self::Store(StoreError::Full(_)) => "store_full",
            Self::Store(StoreError::Failed(_) | StoreError::Corrupt(_) | StoreError::Closed) => "store_failed",
        }
    }
}

impl From<DataError> for StepError {
    fn from(error: DataError) -> Self {
        let message = error.to_string();
        match error {
            DataError::Busy | DataError::Store(_) if !is_corrupt(&error) => Self::passing(error.code(), message),
            _ => Self::permanent(error.code(), message),
        }
    }
}

fn is_corrupt(error: &DataError) -> bool {
    matches!(error, DataError::Store(StoreError::Corrupt(_)))
}
