//! `image.*`

use crate::step::{files, modules, step};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use modules::Options;
use run::error::StepError;
use serde_json::{Value, json};
use std::io::Cursor;
use std::time::Duration;

async fn call(name: &str, parameters: Value) -> Result<Value, StepError> {
    let modules = modules("", &[], Options::default());
    step(&modules, name).timeout(Duration::from_secs(60)).call(parameters).await.map(|outcome| outcome.output)
}

fn file(bytes: &[u8]) -> Value {
    json!({ "filename": "photo.x", "base64": STANDARD.encode(bytes) })
}

/// An image whose left half is red and whose right half nothing.
fn drawn(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let colour = |x| if x < width / 2 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 0, 0, 0]) };
    let image = DynamicImage::from(RgbaImage::from_fn(width, height, |x, _| colour(x)));
    let image = if format == ImageFormat::Jpeg { DynamicImage::from(image.to_rgb8()) } else { image };
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The image that a step gave.
fn given(output: &Value) -> RgbaImage {
    let bytes = match output["file"]["base64"].as_str() {
        Some(base64) => STANDARD.decode(base64).unwrap(),
        None => {
            let mut reader = files().open(output["file"]["file"].as_str().unwrap()).unwrap();
            reader.read(1 << 24).unwrap().to_vec()
        }
    };
    let image = image::load_from_memory(&bytes).unwrap().to_rgba8();
    assert_eq!((json!(image.width()), json!(image.height())), (output["width"].clone(), output["height"].clone()));
    image
}

#[tokio::test]
async fn images_are_read_and_written_in_each_format() {
    for from in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        for (to, kind, filename) in [
            ("jpeg", "image/jpeg", "photo.jpg"),
            ("png", "image/png", "photo.png"),
            ("webp", "image/webp", "photo.webp"),
        ] {
            let output = call("image.convert", json!({ "file": file(&drawn(40, 20, from)), "to": to })).await.unwrap();
            assert_eq!(
                (&output["file"]["content_type"], &output["file"]["filename"]),
                (&json!(kind), &json!(filename))
            );
            let image = given(&output);
            assert_eq!(image.dimensions(), (40, 20));
            let Rgba([red, green, ..]) = image[(5, 10)];
            assert!(red > 200 && green < 60, "{from:?} as {to}");
            if from != ImageFormat::Jpeg && to == "jpeg" {
                let Rgba([red, green, blue, _]) = image[(35, 10)];
                assert!(red.min(green).min(blue) > 240, "what was see-through is white");
            }
        }
    }
}

#[tokio::test]
async fn images_are_resized_to_fit() {
    let bytes = drawn(400, 200, ImageFormat::Png);
    let resized = |more: Value| {
        let mut parameters = json!({ "file": file(&bytes) });
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        async { given(&call("image.resize", parameters).await.unwrap()).dimensions() }
    };
    assert_eq!(resized(json!({ "width": 100 })).await, (100, 50));
    assert_eq!(resized(json!({ "height": 400, "to": "webp" })).await, (800, 400));
    assert_eq!(resized(json!({ "width": 100, "height": 100 })).await, (100, 50));
    assert_eq!(resized(json!({ "width": 100, "height": 100, "fit": "cover" })).await, (100, 100));
    assert_eq!(resized(json!({ "width": 10, "height": 90, "fit": "stretch" })).await, (10, 90));
    for wrong in [json!({}), json!({ "width": 0 }), json!({ "width": 10_001 }), json!({ "width": 10, "quality": 0 })] {
        let mut parameters = json!({ "file": file(&bytes) });
        parameters.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        assert_eq!(call("image.resize", parameters).await.unwrap_err().code, "invalid_parameters", "{wrong}");
    }
    let thin = file(&drawn(4, 4_000, ImageFormat::Png));
    assert_eq!(call("image.resize", json!({ "file": thin, "width": 5_000 })).await.unwrap_err().code, "too_large");
}

#[tokio::test]
async fn what_is_no_image_or_too_large_a_one_is_refused() {
    let good = drawn(8, 8, ImageFormat::Png);
    // It says of itself that it is 50,000 by 50,000: nobody decodes it to see.
    let mut vast = good.clone();
    vast[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
    let crc = crc(&vast[12..29]);
    vast[29..33].copy_from_slice(&crc.to_be_bytes());
    for (bytes, code) in [
        (vast, "too_large"),
        (good[..40].to_vec(), "invalid_image"),
        (b"GIF89a".to_vec(), "invalid_image"),
        (b"no image".to_vec(), "invalid_image"),
        (Vec::new(), "invalid_image"),
    ] {
        let parameters = json!({ "file": file(&bytes), "to": "png" });
        assert_eq!(call("image.convert", parameters).await.unwrap_err().code, code);
    }
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let good = drawn(8, 8, format);
        for place in (0..good.len()).step_by(3) {
            let mut damaged = good.clone();
            damaged[place] ^= 0x55;
            if let Err(error) = call("image.convert", json!({ "file": file(&damaged), "to": "png" })).await {
                assert!(["invalid_image", "too_large"].contains(&error.code.as_str()), "{place}: {error:?}");
            }
        }
    }
}

/// The checksum of a part of a PNG.
fn crc(bytes: &[u8]) -> u32 {
    let byte = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    };
    !bytes.iter().fold(u32::MAX, byte)
}
