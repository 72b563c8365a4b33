//! An image in memory.

use super::{Fit, Format, damaged, too_large};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgba};
use run::error::StepError;
use std::io::Cursor;

/// How many pixels an image has at most.
pub(super) const MOST_PIXELS: u64 = 50_000_000;

/// How much memory the decoding takes at most, in bytes.
const MEMORY: u64 = 512 * 1024 * 1024;

/// An image, and the format that it came in.
pub(super) struct Canvas {
    image: DynamicImage,
    format: Format,
}

impl Canvas {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, StepError> {
        let mut reader =
            ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| damaged(&error.to_string()))?;
        let format = match reader.format() {
            Some(ImageFormat::Jpeg) => Format::Jpeg,
            Some(ImageFormat::Png) => Format::Png,
            Some(ImageFormat::WebP) => Format::Webp,
            _ => return Err(damaged("it is no JPEG, PNG or WebP")),
        };
        let mut limits = Limits::default();
        limits.max_alloc = Some(MEMORY);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(explained)?;
        let (width, height) = decoder.dimensions();
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(too_large());
        }
        // A note that cannot be read turns nothing.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let mut image = DynamicImage::from_decoder(decoder).map_err(explained)?;
        image.apply_orientation(orientation);
        Ok(Self { image, format })
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn size(&self) -> (u32, u32) {
        (self.image.width(), self.image.height())
    }

    pub(super) fn resized(self, width: Option<u32>, height: Option<u32>, fit: Fit) -> Result<Self, StepError> {
        let (own_width, own_height) = self.size();
        let follows = |side: u32, own: u32, other: u32| {
            let follows = u64::from(side) * u64::from(other) / u64::from(own.max(1));
            u32::try_from(follows.max(1)).map_err(|_| too_large())
        };
        let (width, height) = match (width, height) {
            (Some(width), Some(height)) => (width, height),
            (Some(width), None) => (width, follows(width, own_width, own_height)?),
            (None, Some(height)) => (follows(height, own_height, own_width)?, height),
            (None, None) => (own_width, own_height),
        };
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(too_large());
        }
        let image = match fit {
            Fit::Inside => self.image.resize(width, height, FilterType::Lanczos3),
            Fit::Cover => self.image.resize_to_fill(width, height, FilterType::Lanczos3),
            Fit::Stretch => self.image.resize_exact(width, height, FilterType::Lanczos3),
        };
        Ok(Self { image, format: self.format })
    }

    pub(super) fn written(&self, to: Format, quality: u8) -> Result<Vec<u8>, StepError> {
        let mut bytes = Cursor::new(Vec::new());
        let written = match to {
            Format::Jpeg => self.flat().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)),
            Format::Png => self.image.write_to(&mut bytes, ImageFormat::Png),
            // It takes 8 bits a colour and no more.
            Format::Webp => DynamicImage::from(self.image.to_rgba8()).write_to(&mut bytes, ImageFormat::WebP),
        };
        written.map_err(explained)?;
        Ok(bytes.into_inner())
    }

    /// Without what shines through, which a JPEG cannot have: on white.
    fn flat(&self) -> DynamicImage {
        if !self.image.color().has_alpha() {
            return DynamicImage::from(self.image.to_rgb8());
        }
        let mut image = self.image.to_rgba8();
        for Rgba([red, green, blue, alpha]) in image.pixels_mut() {
            let over = |colour: u8| {
                let mixed = (u32::from(colour) * u32::from(*alpha) + 255 * (255 - u32::from(*alpha))) / 255;
                u8::try_from(mixed).unwrap_or(u8::MAX)
            };
            (*red, *green, *blue) = (over(*red), over(*green), over(*blue));
        }
        DynamicImage::from(DynamicImage::from(image).to_rgb8())
    }
}

fn explained(error: ImageError) -> StepError {
    match error {
        ImageError::Limits(_) => too_large(),
        other => damaged(&other.to_string()),
    }
}
