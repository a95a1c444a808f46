//! One page of a PDF: its operators are followed (ISO 32000-1, 8 and 9) as far as where text stands and whether it shows.

use crate::pdf_font::{Font, number};
use lopdf::Object;
use lopdf::content::Operation;
use std::collections::HashMap;

/// Text of one size on one line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// Of the font, in points on the page.
    pub(crate) size: f32,
    /// The height of its baseline.
    pub(crate) y: f32,
}

/// Smaller than this, nobody reads it: points.
const LEAST_SIZE: f32 = 1.5;
/// States that may be saved inside each other.
const SAVED: usize = 64;
/// A gap of this share of the size is a blank.
const BLANK: f32 = 0.18;

type Matrix = [f32; 6];
const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `a`, then `b`.
fn times(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

#[derive(Clone)]
struct State {
    place: Matrix,
    font: Option<Vec<u8>>,
    size: f32,
    leading: f32,
    between: f32,
    between_words: f32,
    stretch: f32,
    rise: f32,
    /// How text is painted: 3 is not at all.
    mode: i64,
    white: bool,
}

/// What a page comes to.
pub(crate) struct Page<'a> {
    fonts: &'a HashMap<Vec<u8>, Font<'a>>,
    /// Left, bottom, right, top of what shows.
    edges: [f32; 4],
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    /// Where the last shown text ended.
    last: Option<(f32, f32)>,
    /// Something that isn't white was painted: white text may stand on it.
    painted: bool,
    lines: Vec<Line>,
    /// Runs of text that don't show.
    unseen: usize,
}

impl<'a> Page<'a> {
    pub(crate) fn new(fonts: &'a HashMap<Vec<u8>, Font<'a>>, edges: [f32; 4]) -> Self {
        let state = State {
            place: IDENTITY,
            font: None,
            size: 0.0,
            leading: 0.0,
            between: 0.0,
            between_words: 0.0,
            stretch: 1.0,
            rise: 0.0,
            mode: 0,
            white: false,
        };
        Self {
            fonts,
            edges,
            state,
            saved: Vec::new(),
            text: IDENTITY,
            line: IDENTITY,
            last: None,
            painted: false,
            lines: Vec::new(),
            unseen: 0,
        }
    }

    /// A form that is drawn on this page, where `matrix` places it and with fonts of its own.
    pub(crate) fn inside<'b>(&self, fonts: &'b HashMap<Vec<u8>, Font<'b>>, matrix: Matrix) -> Page<'b> {
        let mut inside = Page::new(fonts, self.edges);
        inside.state = self.state.clone();
        inside.state.place = times(matrix, self.state.place);
        inside.painted = self.painted;
        inside
    }

    /// Takes over what a form showed.
    pub(crate) fn take_in(&mut self, inside: (Vec<Line>, usize, bool)) {
        let (lines, unseen, painted) = inside;
        self.lines.extend(lines);
        self.unseen += unseen;
        self.painted |= painted;
        self.last = None;
    }

    /// Its lines, how much of it doesn't show, and whether anything was painted.
    pub(crate) fn end(self) -> (Vec<Line>, usize, bool) {
        (self.lines, self.unseen, self.painted)
    }

    /// Follows one operator.
    pub(crate) fn follow(&mut self, operation: &Operation) {
        let operands = &operation.operands;
        let value = |index: usize| operands.get(index).and_then(number).unwrap_or_default();
        let matrix = || [value(0), value(1), value(2), value(3), value(4), value(5)];
        match operation.operator.as_str() {
            "q" if self.saved.len() < SAVED => self.saved.push(self.state.clone()),
            "Q" => {
                if let Some(saved) = self.saved.pop() {
                    self.state = saved;
                }
            }
            "cm" => self.state.place = times(matrix(), self.state.place),
            "BT" => (self.text, self.line) = (IDENTITY, IDENTITY),
            "Tf" => {
                self.state.font = operands.first().and_then(|name| name.as_name().ok()).map(<[u8]>::to_vec);
                self.state.size = value(1);
            }
            "Tc" => self.state.between = value(0),
            "Tw" => self.state.between_words = value(0),
            "Tz" => self.state.stretch = value(0) / 100.0,
            "TL" => self.state.leading = value(0),
            "Ts" => self.state.rise = value(0),
            "Tr" => self.state.mode = operands.first().and_then(|mode| mode.as_i64().ok()).unwrap_or_default(),
            "Td" => self.next_line(value(0), value(1)),
            "TD" => {
                self.state.leading = -value(1);
                self.next_line(value(0), value(1));
            }
            "Tm" => (self.text, self.line) = (matrix(), matrix()),
            "T*" => self.next_line(0.0, -self.state.leading),
            "Tj" => self.show_one(operands.first()),
            "'" => {
                self.next_line(0.0, -self.state.leading);
                self.show_one(operands.first());
            }
            "\"" => {
                (self.state.between_words, self.state.between) = (value(0), value(1));
                self.next_line(0.0, -self.state.leading);
                self.show_one(operands.get(2));
            }
            "TJ" => {
                for part in operands.first().and_then(|parts| parts.as_array().ok()).into_iter().flatten() {
                    match part {
                        Object::String(codes, _) => self.show(codes),
                        other => {
                            let back = number(other).unwrap_or_default();
                            self.move_on(-back / 1000.0 * self.state.size * self.state.stretch);
                        }
                    }
                }
            }
            "g" | "rg" | "k" | "sc" | "scn" => self.color(operation.operator.as_str(), operands),
            "f" | "F" | "f*" | "B" | "B*" | "b" | "b*" => self.painted |= !self.state.white,
            "sh" | "BI" | "EI" => self.painted = true,
            _ => {}
        }
    }

    /// A picture was drawn: text may stand on it.
    pub(crate) fn drew_picture(&mut self) {
        self.painted = true;
    }

    fn color(&mut self, operator: &str, operands: &[Object]) {
        let values: Vec<f32> = operands.iter().filter_map(number).collect();
        let light = |value: &f32| *value > 0.97;
        self.state.white = match (operator, values.len()) {
            ("k", _) | (_, 4) => values.iter().all(|value| *value < 0.03),
            (_, 0) => false,
            _ => values.iter().all(light),
        };
    }

    fn next_line(&mut self, x: f32, y: f32) {
        self.line = times([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.text = self.line;
    }

    fn move_on(&mut self, by: f32) {
        self.text = times([1.0, 0.0, 0.0, 1.0, by, 0.0], self.text);
    }

    fn show_one(&mut self, codes: Option<&Object>) {
        if let Some(Object::String(codes, _)) = codes {
            self.show(codes);
        }
    }

    fn show(&mut self, codes: &[u8]) {
        let Some(font) = self.state.font.as_ref().and_then(|name| self.fonts.get(name)) else { return };
        let at = times(self.text, self.state.place);
        let (x, y) = (at[4], at[5]);
        let size = (self.state.size * at[2].hypot(at[3])).abs();
        let (count, blanks, width) = font.extent(codes);
        let wide =
            width * self.state.size + count as f32 * self.state.between + blanks as f32 * self.state.between_words;
        self.move_on(wide * self.state.stretch);
        let after = times(self.text, self.state.place);
        let text = font.text(codes);
        if text.is_empty() {
            return;
        }
        let [left, bottom, right, top] = self.edges;
        let outside = x > right || after[4].max(x) < left || y > top || y + size < bottom;
        let unseen =
            matches!(self.state.mode, 3 | 7) || size < LEAST_SIZE || outside || (self.state.white && !self.painted);
        if unseen {
            self.unseen += usize::from(!text.trim().is_empty());
            return;
        }
        self.write(&text, x, y + self.state.rise, size);
        self.last = Some((after[4], after[5]));
    }

    fn write(&mut self, text: &str, x: f32, y: f32, size: f32) {
        let same_line = self.lines.last().is_some_and(|line| (line.y - y).abs() < 0.5 * size.min(line.size).max(1.0));
        match (self.lines.last_mut(), self.last) {
            (Some(line), Some((end, _))) if same_line && x > end - 2.0 * size => {
                let gap = x - end > BLANK * size;
                if gap && !line.text.ends_with(' ') && !text.starts_with(' ') {
                    line.text.push(' ');
                }
                line.text.push_str(text);
                line.size = line.size.max(size);
            }
            _ => self.lines.push(Line { text: text.to_owned(), size, y }),
        }
    }
}
