//! A chunk is a stretch of bytes in an archive, compressed where that helps, with a checksum that whoever refers to the
//! chunk keeps.

use crate::disk::files::OpenFile;
use run::tables::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use zstd::bulk::{Compressor, Decompressor};

/// zstd's fastest level but two: half the size of level 1's misses, for journals of JSON, at nearly its speed.
const LEVEL: i32 = 2;
/// zstd makes at most this of one byte (RFC 8878: a block of 128 KiB takes at least four bytes). A place that promises
/// more is damaged.
const MOST_PER_BYTE: u64 = 64 * 1024;

/// Where a chunk is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Place {
    /// Of its first byte in the file.
    pub(super) at: u64,
    /// How many bytes it has in the file.
    pub(super) stored: u32,
    /// How many bytes it has to its reader; it is compressed if these are more.
    pub(super) raw: u32,
    /// CRC-32 of the bytes in the file.
    pub(super) crc: u32,
}

/// How a chunk is to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// As it is.
    Plain,
    /// Compressed, if that makes it shorter.
    Packed,
}

/// Writes chunks one after another.
pub(super) struct Writer {
    file: Box<dyn OpenFile>,
    path: PathBuf,
    at: u64,
    compressor: Compressor<'static>,
    packed: Vec<u8>,
}

impl Writer {
    /// A writer to a new, empty file.
    pub(super) fn new(file: Box<dyn OpenFile>, path: PathBuf) -> Result<Self, StoreError> {
        let compressor = Compressor::new(LEVEL).map_err(|error| failed(&path, error))?;
        Ok(Self { file, path, at: 0, compressor, packed: Vec::new() })
    }

    /// Writes a chunk.
    pub(super) fn put(&mut self, raw: &[u8], packing: Packing) -> Result<Place, StoreError> {
        let length =
            u32::try_from(raw.len()).map_err(|_| failed(&self.path, "a run has more than 4 GiB of journal"))?;
        if packing == Packing::Packed {
            self.packed.clear();
            self.packed.reserve(zstd::zstd_safe::compress_bound(raw.len()));
            let packed = self.compressor.compress_to_buffer(raw, &mut self.packed);
            packed.map_err(|error| failed(&self.path, error))?;
        }
        let shorter = packing == Packing::Packed && self.packed.len() < raw.len();
        let stored = if shorter { self.packed.as_slice() } else { raw };
        let place = Place { at: self.at, stored: stored.len() as u32, raw: length, crc: crc32fast::hash(stored) };
        self.file.write_at(stored, self.at).map_err(|error| failed(&self.path, error))?;
        self.at += stored.len() as u64;
        Ok(place)
    }

    /// Writes a value as a chunk.
    pub(super) fn put_value<T: Serialize>(&mut self, value: &T) -> Result<Place, StoreError> {
        self.put(&encode(value, &self.path)?, Packing::Packed)
    }

    /// Writes bytes that are found by their distance from the end, makes everything durable, and says how many bytes
    /// the file has.
    pub(super) fn seal(mut self, tail: &[u8]) -> Result<u64, StoreError> {
        self.file.write_at(tail, self.at).map_err(|error| failed(&self.path, error))?;
        self.at += tail.len() as u64;
        self.file.sync_data().map_err(|error| failed(&self.path, error))?;
        Ok(self.at)
    }

    /// The file's name.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes are written.
    pub(super) fn written(&self) -> u64 {
        self.at
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("path", &self.path).field("at", &self.at).finish_non_exhaustive()
    }
}

/// Reads chunks, with buffers that are used again.
pub(super) struct Reader {
    decompressor: Decompressor<'static>,
    stored: Vec<u8>,
}

impl Reader {
    /// A reader of any file.
    pub(super) fn new() -> Result<Self, StoreError> {
        let decompressor = Decompressor::new().map_err(|error| StoreError::Failed(error.to_string().into()))?;
        Ok(Self { decompressor, stored: Vec::new() })
    }

    /// Reads a chunk into the buffer, in place of what was in it.
    pub(super) fn get(&mut self, source: Source<'_>, place: &Place, raw: &mut Vec<u8>) -> Result<(), StoreError> {
        raw.clear();
        source.check(place)?;
        if place.stored == place.raw {
            return source.read(place, raw);
        }
        source.read(place, &mut self.stored)?;
        raw.reserve(place.raw as usize);
        let length = self.decompressor.decompress_to_buffer(&self.stored, raw);
        match length {
            Ok(length) if length == place.raw as usize => Ok(()),
            _ => Err(damaged(source.path, "a compressed block")),
        }
    }

    /// Reads a value.
    pub(super) fn get_value<T: DeserializeOwned>(
        &mut self,
        source: Source<'_>,
        place: &Place,
    ) -> Result<T, StoreError> {
        let mut raw = Vec::new();
        self.get(source, place, &mut raw)?;
        decode(&raw, source.path)
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

/// A file that chunks are read from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) file: &'a dyn OpenFile,
    pub(super) path: &'a Path,
    /// How many bytes the file has.
    pub(super) size: u64,
}

impl Source<'_> {
    /// That a place lies in the file and promises no more than can be in it, before memory is taken for it.
    fn check(&self, place: &Place) -> Result<(), StoreError> {
        let end = place.at.checked_add(u64::from(place.stored));
        let inside = end.is_some_and(|end| end <= self.size);
        let possible = u64::from(place.raw) <= u64::from(place.stored) * MOST_PER_BYTE && place.stored <= place.raw;
        if inside && possible { Ok(()) } else { Err(damaged(self.path, "the place of a block")) }
    }

    fn read(&self, place: &Place, stored: &mut Vec<u8>) -> Result<(), StoreError> {
        stored.resize(place.stored as usize, 0);
        self.file.read_at(stored, place.at).map_err(|error| unreadable(self.path, &error))?;
        if crc32fast::hash(stored) == place.crc { Ok(()) } else { Err(damaged(self.path, "a block")) }
    }
}

/// A value's bytes.
pub(super) fn encode<T: Serialize>(value: &T, path: &Path) -> Result<Vec<u8>, StoreError> {
    postcard::to_stdvec(value).map_err(|error| failed(path, error))
}

/// A value back from its bytes.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8], path: &Path) -> Result<T, StoreError> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        _ => Err(damaged(path, "an index")),
    }
}

/// The error for a file that could not be read or written.
pub(super) fn failed(path: &Path, error: impl fmt::Display) -> StoreError {
    StoreError::Failed(format!("archive {}: {error}", path.display()).into())
}

/// The error for bytes that could not be read: a disk that cannot give back what it was given (`EIO`) is damage, too.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> StoreError {
    const EIO: i32 = 5;
    match error.raw_os_error() {
        Some(EIO) => damaged(path, "the disk below it"),
        _ => failed(path, error),
    }
}

/// The error for bytes that are not what was written.
pub(super) fn damaged(path: &Path, what: &str) -> StoreError {
    StoreError::Corrupt(format!("archive {}: {what} is damaged; restore the file from a backup", path.display()).into())
}
