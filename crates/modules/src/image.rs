//! `image.convert` and `image.resize`. How large an image is is looked at before it is decoded.

mod canvas;

use crate::aside::aside;
use crate::computed::Computed;
use crate::file::{Whole, made, renamed, told, whole};
use crate::spec::invalid;
use canvas::{Canvas, MOST_PIXELS};
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The largest file, in bytes.
const MOST: u64 = 32 * 1024 * 1024;

/// One red pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

/// Both, in the order of their names.
pub(crate) fn all(files: &Files) -> [Arc<dyn Module>; 2] {
    let pixel = json!({ "filename": "red.png", "content_type": "image/png", "base64": PIXEL });
    let sample = |filename: &str, kind: &str, width: u32| {
        json!({
            "file": {
                "name": "",
                "filename": filename,
                "content_type": kind,
                "size": 94_208,
                "sha256": "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7",
                "file": "hookmill-file:…",
            },
            "width": width,
            "height": width,
        })
    };
    [
        Computed::<Convert>::listed(
            files,
            "image.convert",
            convert,
            json!({ "file": pixel, "to": "jpeg", "quality": 80 }),
            sample("red.jpg", "image/jpeg", 1),
        ),
        Computed::<Resize>::listed(
            files,
            "image.resize",
            resize,
            json!({ "file": pixel, "width": 200 }),
            sample("red.png", "image/png", 200),
        ),
    ]
}

/// Writes an image in another format. The output has `file`, `width` and `height`.
///
/// JPEG, PNG and WebP are read, of at most 50 million pixels. It is turned as the camera has noted; what else is noted in
/// the file, such as the place, is left out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Convert {
    /// The image, a file of at most 32 MiB.
    file: Whole,
    /// The format that it gets.
    to: Format,
    /// How good a JPEG is, from 1 to 100: less is smaller.
    #[serde(default = "usual")]
    #[schemars(range(min = 1, max = 100))]
    quality: u8,
}

/// Makes an image smaller or larger. The output has `file`, `width` and `height`.
///
/// With one of `width` and `height` the other follows. JPEG, PNG and WebP are read, of at most 50 million pixels. It is
/// turned as the camera has noted; what else is noted in the file, such as the place, is left out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Resize {
    /// The image, a file of at most 32 MiB.
    file: Whole,
    /// How wide it becomes, in pixels.
    #[schemars(range(min = 1, max = 10000))]
    width: Option<u32>,
    /// How high it becomes, in pixels.
    #[schemars(range(min = 1, max = 10000))]
    height: Option<u32>,
    /// What becomes of it where width and height are of another shape.
    #[serde(default)]
    fit: Fit,
    /// The format that it gets; without it, that which it has.
    to: Option<Format>,
    /// How good a JPEG is, from 1 to 100: less is smaller.
    #[serde(default = "usual")]
    #[schemars(range(min = 1, max = 100))]
    quality: u8,
}

/// What an image is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    Jpeg,
    Png,
    /// Without loss.
    Webp,
}

/// What becomes of an image where width and height are of another shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Fit {
    /// It becomes as large as there is room for, whole.
    #[default]
    Inside,
    /// It fills them, and what stands over is cut off.
    Cover,
    /// It is stretched.
    Stretch,
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

fn convert(Convert { file, to, quality }: Convert, files: &Files) -> Result<Value, StepError> {
    check(quality)?;
    let bytes = whole(files, &file.0, MOST)?;
    let work = move || {
        let canvas = Canvas::read(&bytes)?;
        Ok((canvas.size(), canvas.written(to, quality)?))
    };
    finished(files, &file, to, aside(work, damaged)?)
}

fn resize(parameters: Resize, files: &Files) -> Result<Value, StepError> {
    let Resize { file, width, height, fit, to, quality } = parameters;
    check(quality)?;
    let sides = [width, height];
    if sides == [None; 2] || sides.iter().flatten().any(|side| !(1..=10_000).contains(side)) {
        return Err(invalid("`width`, `height` or both say how large it becomes, from 1 to 10000 pixels"));
    }
    let bytes = whole(files, &file.0, MOST)?;
    let work = move || {
        let canvas = Canvas::read(&bytes)?;
        let to = to.unwrap_or(canvas.format());
        let canvas = canvas.resized(width, height, fit)?;
        Ok((canvas.size(), to, canvas.written(to, quality)?))
    };
    let (size, to, bytes) = aside(work, damaged)?;
    finished(files, &file, to, (size, bytes))
}

fn finished(
    files: &Files,
    file: &Whole,
    to: Format,
    ((width, height), bytes): ((u32, u32), Vec<u8>),
) -> Result<Value, StepError> {
    let filename = renamed(file.0.filename(), to.ending());
    let file = made(files, &filename, to.media_type(), &bytes)?;
    Ok(json!({ "file": told(&file)?, "width": width, "height": height }))
}

fn check(quality: u8) -> Result<(), StepError> {
    if (1..=100).contains(&quality) { Ok(()) } else { Err(invalid("`quality` goes from 1 to 100")) }
}

fn damaged(reason: &str) -> StepError {
    StepError::permanent("invalid_image", format!("the image cannot be read: {reason}"))
}

fn too_large() -> StepError {
    StepError::permanent("too_large", format!("an image has at most {MOST_PIXELS} pixels here"))
}

fn usual() -> u8 {
    85
}
