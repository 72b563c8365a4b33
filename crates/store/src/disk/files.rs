//! What the store asks of files. All that must survive a crash goes through [`Files`], so that a test can stand in for
//! the disk: stop it at any write, tear that write, or let it be full ([`faulty`]).

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt};
use std::path::Path;
use std::time::SystemTime;

#[cfg(test)]
pub(crate) mod faulty;

/// A file system, as far as the store needs one. Names become durable with [`Files::sync_folder`], contents with
/// [`OpenFile::sync_data`].
pub(crate) trait Files: Send + Sync + fmt::Debug {
    /// A new, empty file to write and read; what was there under this name is gone.
    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>>;
    /// A file that is there, to read: also on a disk that cannot be written any more.
    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>>;
    /// A file that is there, to write and read.
    fn open_to_write(&self, path: &Path) -> io::Result<Box<dyn OpenFile>>;
    /// When a file was last written or [touched](Files::touch).
    fn modified(&self, path: &Path) -> io::Result<SystemTime>;
    /// A file is as if it was written now. Not made durable.
    fn touch(&self, path: &Path) -> io::Result<()>;
    /// Gives a file another name in one step, in place of what had that name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file. Who has it open may go on reading it.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes a folder, readable by its owner alone, with those around it; it may be there already.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// The names in a folder, in no order.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;
    /// Makes the names in a folder durable.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// An open file. Reads and writes name their place, so that many may use it at once.
pub(crate) trait OpenFile: Send + Sync + fmt::Debug {
    /// Writes all bytes; the file grows where it must.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Fills the buffer; `UnexpectedEof` where the file ends before.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
    /// Makes what was written durable, with as much of the file's metadata as reading it needs.
    fn sync_data(&self) -> io::Result<()>;
    /// How many bytes the file has.
    fn size(&self) -> io::Result<u64>;
}

/// The machine's own files.
#[derive(Debug)]
pub(crate) struct RealFiles;

impl Files for RealFiles {
    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        let file = fs::OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
        Ok(Box::new(file))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        Ok(Box::new(fs::File::open(path)?))
    }

    fn open_to_write(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        let file = fs::OpenOptions::new().read(true).write(true).open(path)?;
        Ok(Box::new(file))
    }

    fn modified(&self, path: &Path) -> io::Result<SystemTime> {
        fs::metadata(path)?.modified()
    }

    fn touch(&self, path: &Path) -> io::Result<()> {
        fs::OpenOptions::new().write(true).open(path)?.set_modified(SystemTime::now())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        names.collect()
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        fs::File::open(folder)?.sync_all()
    }
}

impl OpenFile for fs::File {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.read_exact_at(buffer, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        fs::File::sync_data(self)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}
