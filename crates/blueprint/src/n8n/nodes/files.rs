//! Nodes that make files of items, and items of files. What n8n calls binary data are files here, which are values.

use super::{Made, Refused};
use crate::draft::{Data, Step};
use crate::n8n::desk::Desk;
use crate::n8n::reading::{Reading, Shape};
use crate::ours::Expr;

/// `convertToFile`, and what it was before: a file out of items, or of a field.
pub(crate) fn made(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let operation = match (node.kind.as_str(), node.text("mode", "binaryToJson")) {
        ("moveBinaryData", "jsonToBinary") => "toJson",
        ("moveBinaryData" | "readPDF" | "extractFromFile", _) => return read(desk),
        ("spreadsheetFile", _) if node.text("operation", "fromFile") == "fromFile" => return read(desk),
        ("spreadsheetFile", _) => node.text("fileFormat", "xls"),
        _ => node.text("operation", "csv"),
    };
    let field = node.text("sourceProperty", "data").trim_start_matches('=').to_owned();
    let source = desk.input().map(|input| super::lists::path(&input.paired(), &field)).unwrap_or(Expr::Nothing);
    let id = desk.id.clone();
    let mut steps = Vec::new();
    let (content, name) = match operation {
        "csv" => {
            let rows = Data::value(desk.items());
            steps.push(Step::call("csv.create", Data::map([("rows", rows)])).with_id(format!("{id}_text")));
            (("text", Data::value(Expr::name(format!("{id}_text")))), "rows.csv")
        }
        "toJson" => {
            let each = node.text("mode", "once") == "each" || node.kind == "moveBinaryData";
            let value = if each { desk.input().map(|input| input.paired().json()) } else { Some(desk.items()) };
            (("text", Data::value(value.unwrap_or(Expr::Nothing).method("to_json", []))), "data.json")
        }
        "toText" => (("text", Data::value(source.method("to_text", []))), "text.txt"),
        "toBinary" => (("base64", Data::value(source)), "file"),
        other => return Err(format!("it makes a file of the kind {other}")),
    };
    let named = desk.given("options.fileName").unwrap_or(Data::text(name));
    let mut with = vec![("filename".to_owned(), named), (content.0.to_owned(), content.1)];
    with.extend(desk.given("options.mimeType").map(|kind| ("content_type".to_owned(), kind)));
    steps.push(Step::call("file.write", Data::Map(with)));
    let property = node.text("binaryPropertyName", node.text("destinationKey", "data")).to_owned();
    let reading = Reading::one(Expr::name(id)).with_file(property, &[]);
    Ok(Made { steps, reading: Some(reading), ..Made::default() })
}

/// `extractFromFile`, and what it was before: what a file holds.
pub(crate) fn read(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let operation = match node.kind.as_str() {
        "moveBinaryData" => "fromJson",
        "spreadsheetFile" => node.text("fileFormat", "autodetect"),
        "readPDF" => "pdf",
        _ => node.text("operation", "csv"),
    };
    let property = node.text("binaryPropertyName", node.text("sourceKey", "data")).trim_start_matches('=').to_owned();
    let file = Data::value(desk.file(&property)?);
    let field = node.text("destinationKey", "data").to_owned();
    let id = Expr::name(desk.id.clone());
    let read = |form: &str| Step::call("file.read", Data::map([("file", file.clone()), ("as", Data::text(form))]));
    let wrapped = Reading::one(id.clone()).shaped(Shape::Wrapped(field));
    Ok(match operation {
        "csv" => {
            let mut with = vec![("text".to_owned(), file)];
            if let Some(separator) = desk.given("options.delimiter").filter(|data| data.as_literal() != Some(",")) {
                with.push(("separator".to_owned(), separator));
            }
            Made::step(Step::call("csv.parse", Data::Map(with)), Reading::many(id))
        }
        "text" | "html" | "xml" | "ics" | "rtf" => Made::step(read("text"), wrapped),
        "fromJson" if node.kind == "moveBinaryData" => Made::step(read("json"), Reading::one(id)),
        "fromJson" => Made::step(read("json"), wrapped),
        "binaryToPropery" => Made::step(read("base64"), wrapped),
        "pdf" => Made::step(Step::call("pdf.text", Data::map([("file", file)])), Reading::one(id)),
        other => return Err(format!("it reads a file of the kind {other}")),
    })
}
