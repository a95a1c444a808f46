//! Product pictures, drawn: a shape for each kind, a tint for each product.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::App;
use crate::shop::Kind;

pub(super) async fn of(State(app): State<Arc<App>>, Path(file): Path<String>) -> Response {
    let shop = app.shop();
    let product = file.strip_suffix(".svg").and_then(|handle| shop.product_by_handle(handle));
    let Some(product) = product else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, svg(product.kind, product.id)).into_response()
}

/// Classes: `a` the body, `b` its shade, `c` what glows or fills.
fn svg(kind: Kind, id: u64) -> String {
    const HUES: [u64; 8] = [18, 205, 38, 92, 340, 160, 28, 222];
    let hue = HUES[usize::try_from(id * 3 % 8).unwrap_or(0)];
    let shape = match kind {
        Kind::TableLamp => {
            "<path class=\"c\" d=\"M140 190h120l60 210H80z\" opacity=\".25\"/><path class=\"a\" d=\"M150 90h100l40 100H110z\"/>\
             <path class=\"b\" d=\"M192 190h16v110h-16z\"/><path class=\"b\" d=\"M140 300h120v16H140z\"/>"
        }
        Kind::FloorLamp => {
            "<path class=\"c\" d=\"M130 120h140l70 280H60z\" opacity=\".2\"/><path class=\"a\" d=\"M155 50h90l35 70H120z\"/>\
             <path class=\"b\" d=\"M195 120h10v220h-10z\"/><ellipse class=\"b\" cx=\"200\" cy=\"346\" rx=\"60\" ry=\"10\"/>"
        }
        Kind::Pendant => {
            "<path class=\"b\" d=\"M197-10h6v140h-6z\"/><path class=\"a\" d=\"M110 240a90 110 0 0 1 180 0z\"/>\
             <circle class=\"c\" cx=\"200\" cy=\"244\" r=\"26\"/>"
        }
        Kind::WallLight => {
            "<path class=\"c\" d=\"M170 140 110 20h180l-60 120zM170 260l-60 120h180l-60-120z\" opacity=\".4\"/>\
             <rect class=\"a\" x=\"165\" y=\"140\" width=\"70\" height=\"120\" rx=\"10\"/>"
        }
        Kind::Bulb => {
            "<circle class=\"c\" cx=\"200\" cy=\"170\" r=\"130\" opacity=\".25\"/><circle class=\"c\" cx=\"200\" cy=\"170\" r=\"75\"/>\
             <path class=\"b\" d=\"M172 240h56v22h-56zM176 268h48v16h-48zM184 290h32v16h-32z\"/>"
        }
        Kind::Beans => {
            "<path class=\"a\" d=\"M120 110h160l14 220H106z\"/><path class=\"b\" d=\"M120 80h160v30H120z\"/>\
             <g class=\"c\"><ellipse cx=\"180\" cy=\"220\" rx=\"24\" ry=\"34\" transform=\"rotate(20 180 220)\"/>\
             <ellipse cx=\"228\" cy=\"240\" rx=\"24\" ry=\"34\" transform=\"rotate(-25 228 240)\"/></g>"
        }
        Kind::Grinder => {
            "<path class=\"b\" d=\"M195 60h90v14h-76v40h-14z\"/><circle class=\"c\" cx=\"285\" cy=\"67\" r=\"16\"/>\
             <path class=\"a\" d=\"M150 114h100v110H150z\"/><path class=\"b\" d=\"M145 224h110v16H145z\"/><path class=\"a\" d=\"M155 240h90v90h-90z\" opacity=\".8\"/>"
        }
        Kind::Mug => {
            "<path class=\"b\" d=\"M260 170h30a45 45 0 0 1 0 100h-30v-22h26a24 24 0 0 0 0-56h-26z\"/>\
             <path class=\"a\" d=\"M120 140h150v130a40 40 0 0 1-40 40h-70a40 40 0 0 1-40-40z\"/><ellipse class=\"c\" cx=\"195\" cy=\"140\" rx=\"75\" ry=\"14\"/>"
        }
        Kind::Kettle => {
            "<path class=\"b\" d=\"M130 200C60 200 90 120 50 110v-14c60 0 40 80 80 84zM250 130c70 0 80 140 0 150v-18c50-10 44-112 0-114z\"/>\
             <path class=\"a\" d=\"M140 140h120l26 170H114z\"/><path class=\"b\" d=\"M150 124h100v16H150zM190 104h20v20h-20z\"/>"
        }
        Kind::Dripper => {
            "<path class=\"a\" d=\"M100 110h200l-60 130h-80z\"/><path class=\"b\" d=\"M130 240h140v14H130z\"/>\
             <path class=\"c\" d=\"M160 254h80l24 90H136z\" opacity=\".55\"/>"
        }
        Kind::Digital => {
            "<rect class=\"a\" x=\"70\" y=\"120\" width=\"260\" height=\"160\" rx=\"16\"/><path class=\"b\" d=\"M70 160h260v26H70z\"/>\
             <rect class=\"c\" x=\"94\" y=\"220\" width=\"90\" height=\"16\" rx=\"8\"/>"
        }
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 400\"><style>.a{{fill:hsl({hue} 26% 46%)}}\
         .b{{fill:hsl({hue} 22% 30%)}}.c{{fill:#f3c878}}</style><rect width=\"400\" height=\"400\" fill=\"hsl({hue} 24% 88%)\"/>\
         <g transform=\"translate(0 10)\">{shape}</g></svg>"
    )
}
