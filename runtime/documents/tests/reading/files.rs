//! Small files of each kind.

use lopdf::{Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream, dictionary};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;

/// Pages of lines: size, height, text.
pub(crate) fn pdf(pages: &[&[(f32, f32, &str)]]) -> Vec<u8> {
    let contents: Vec<String> = pages
        .iter()
        .map(|lines| {
            lines.iter().map(|(size, y, text)| format!("BT /F1 {size} Tf 50 {y} Td ({text}) Tj ET\n")).collect()
        })
        .collect();
    let contents: Vec<&str> = contents.iter().map(String::as_str).collect();
    pdf_of_content(&contents)
}

/// Pages of drawing operators.
pub(crate) fn pdf_of_content(pages: &[&str]) -> Vec<u8> {
    let mut document = document(pages);
    let mut file = Vec::new();
    document.save_to(&mut file).unwrap();
    file
}

fn document(pages: &[&str]) -> Document {
    let mut document = Document::with_version("1.5");
    let parent = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier", "Encoding" => "WinAnsiEncoding",
    });
    let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let kids: Vec<Object> = pages
        .iter()
        .map(|content| {
            let mut stream = Stream::new(dictionary! {}, content.as_bytes().to_vec());
            stream.compress().unwrap();
            let content = document.add_object(stream);
            document.add_object(dictionary! { "Type" => "Page", "Parent" => parent, "Contents" => content }).into()
        })
        .collect();
    let pages = dictionary! {
        "Type" => "Pages", "Count" => kids.len() as i64, "Kids" => kids, "Resources" => resources,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
    };
    document.objects.insert(parent, Object::Dictionary(pages));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => parent });
    document.trailer.set("Root", catalog);
    document
}

pub(crate) fn encrypted_pdf() -> Vec<u8> {
    let mut document = document(&["BT /F1 10 Tf 50 700 Td (Secret) Tj ET"]);
    let id = Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "user",
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut file = Vec::new();
    document.save_to(&mut file).unwrap();
    file
}

/// A document with this body, and styles `Title` and `H2`.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    let styles = r#"<w:styles xmlns:w="w"><w:style w:styleId="Title"><w:name w:val="Title"/></w:style>
        <w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style></w:styles>"#;
    let document = format!(r#"<?xml version="1.0"?><w:document xmlns:w="w"><w:body>{body}</w:body></w:document>"#);
    docx_with(&[("word/styles.xml", styles), ("word/document.xml", &document)])
}

pub(crate) fn docx_with(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
