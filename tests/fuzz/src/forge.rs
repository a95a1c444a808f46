//! Random core modules that come far: their allocator mostly works, what they return is mostly a well-formed value of
//! the contract, and in between they compute, trap, loop, and call the host with random pointers and lengths.

use crate::dice::Dice;
use crate::image::Image;
use crate::world::{Export, Signature, World, Worlds};
use anyhow::Result;
use std::fmt::Write as _;
use wasmparser::ValType;

/// Where the well-formed values lie.
const IMAGE: u32 = 65_536;
/// Functions of its own: `$f0` to `$f3`, each of two numbers.
const FUNCTIONS: usize = 4;

/// A random module for this world, in the binary format.
///
/// # Errors
/// Where what was made is not a module: an error of this file.
pub(crate) fn module(worlds: &Worlds, world: &World, dice: &mut Dice) -> Result<Vec<u8>> {
    Ok(wat::parse_str(text(worlds, world, dice)?)?)
}

fn text(worlds: &Worlds, world: &World, dice: &mut Dice) -> Result<String> {
    let mut image = Image::new(&worlds.resolve, &worlds.sizes, IMAGE);
    // Any part of most of them is a text too.
    let text = |dice: &mut Dice| (0..20).map(|_| dice.text()).find(|text| text.is_ascii()).unwrap_or_default();
    let mut texts: Vec<u32> = (0..7).map(|_| image.text(&format!("{:<16}", text(dice)))).collect();
    texts.push(image.text(&dice.text()));
    let mut forge = Forge { texts, wild: dice.below(4) as u64 * 4, world, dice, params: Vec::new() };
    let mut functions = String::new();
    for number in 0..FUNCTIONS {
        forge.params = vec![ValType::I32, ValType::I32];
        let (body, value) = (forge.statements(2), forge.number(3));
        writeln!(
            functions,
            "(func $f{number} (type $f) (local $x i32) (local $n i32) (local $y i64) (local $z f64) {body} {value})"
        )?;
    }
    for export in &world.exports {
        writeln!(functions, "{}", forge.export(export, &mut image))?;
    }
    let mut text = String::from("(module (type $f (func (param i32 i32) (result i32)))\n");
    for (number, import) in world.imports.iter().enumerate() {
        let signature = signature(&import.signature);
        writeln!(text, "(import \"{}\" \"{}\" (func $i{number} {signature}))", import.module, import.name)?;
    }
    let needed = (IMAGE as usize + image.bytes.len()).div_ceil(65_536);
    let pages = needed + forge.dice.below(8) + if forge.dice.chance(2) { 900 } else { 0 };
    let most = if forge.dice.chance(20) { (pages + forge.dice.below(20)).to_string() } else { String::new() };
    writeln!(text, "(memory (export \"memory\") {pages} {most})")?;
    writeln!(text, "(global $next (mut i32) (i32.const {}))", IMAGE as usize + image.bytes.len())?;
    writeln!(text, "(global $a (mut i32) (i32.const {})) (global $b (mut i64) (i64.const -1))", forge.dice.word())?;
    writeln!(text, "(table {} funcref) (elem (i32.const 0) $f0 $f1 $f2 $f3)", FUNCTIONS + forge.dice.below(8))?;
    writeln!(text, "(data (i32.const {IMAGE}) \"{}\")", escape(&image.bytes))?;
    writeln!(text, "(data (i32.const 512) \"{}\")", escape(&forge.dice.bytes(64)))?;
    text.push_str(&functions);
    if forge.dice.chance(3) {
        forge.params.clear();
        let body = forge.statements(2);
        writeln!(
            text,
            "(func $start (local $x i32) (local $n i32) (local $y i64) (local $z f64) {body}) (start $start)"
        )?;
    }
    text.push(')');
    Ok(text)
}

fn escape(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 3), |mut text, byte| {
        let _ = write!(text, "\\{byte:02x}");
        text
    })
}

fn name(ty: ValType) -> &'static str {
    match ty {
        ValType::I64 => "i64",
        ValType::F32 => "f32",
        ValType::F64 => "f64",
        _ => "i32",
    }
}

fn signature(signature: &Signature) -> String {
    let params: String = signature.params.iter().map(|ty| format!("(param {}) ", name(*ty))).collect();
    let results: String = signature.results.iter().map(|ty| format!("(result {}) ", name(*ty))).collect();
    params + &results
}

struct Forge<'a> {
    dice: &'a mut Dice,
    world: &'a World,
    /// Addresses of texts.
    texts: Vec<u32>,
    /// How many of a hundred statements are reckless.
    wild: u64,
    /// Of the function that is being made.
    params: Vec<ValType>,
}

impl Forge<'_> {
    fn export(&mut self, export: &Export, image: &mut Image<'_>) -> String {
        let head = format!("(func (export \"{}\") {}", export.name, signature(&export.signature));
        let locals = "(local $x i32) (local $n i32) (local $y i64) (local $z f64)";
        self.params = export.signature.params.clone();
        if export.name == "cabi_realloc" {
            return format!("{head} {locals} {})", self.allocator());
        }
        if export.name.starts_with("cabi_post_") || export.signature.results.is_empty() {
            let body = if self.dice.chance(5) { self.statements(1) } else { String::new() };
            return format!("{head} {locals} {body})");
        }
        let body = self.statements(3);
        let value = match &export.returns {
            Some(ty) if self.dice.chance(85) => {
                // One of several values, by what the caller sent.
                let values: Vec<u32> = (0..=self.dice.below(4)).map(|_| image.value(ty, self.dice)).collect();
                let choice = self.number(2);
                let damage = if self.dice.chance(25) {
                    let at = values[0] + self.dice.below(48) as u32;
                    format!("(i32.store8 (i32.const {at}) {})", self.number(2))
                } else {
                    String::new()
                };
                let values = values.iter().enumerate().fold(String::from("(i32.const 65536)"), |else_, (n, at)| {
                    format!(
                        "(select (i32.const {at}) {else_} (i32.le_u (i32.const {n}) (i32.and {choice} (i32.const 3))))"
                    )
                });
                format!("{damage} {values}")
            }
            _ => match export.signature.results[0] {
                ValType::I64 => self.long(2),
                ValType::F32 => format!("(f32.demote_f64 {})", self.float(2)),
                ValType::F64 => self.float(2),
                _ => self.number(3),
            },
        };
        format!("{head} {locals} {body} {value})")
    }

    fn allocator(&mut self) -> String {
        const BUMP: &str = "(local.set $x (i32.and (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
              (i32.sub (i32.const 0) (local.get 2))))
            (global.set $next (i32.add (local.get $x) (local.get 3)))
            (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536)))
              (then (drop (memory.grow (i32.add (i32.div_u (local.get 3) (i32.const 65536)) (i32.const 1))))))";
        match self.dice.below(60) {
            0 => "(i32.const 0)".into(),
            1 => "(i32.const -8)".into(),
            2 => format!("{BUMP} (i32.add (local.get $x) (i32.const 1))"),
            3 => "(i32.const 65536)".into(),
            4 => "(unreachable)".into(),
            5 => "(loop $l (br $l)) (unreachable)".into(),
            6 => format!("{BUMP} {} (local.get $x)", self.statements(2)),
            7 => self.number(3),
            8 => format!("{BUMP} (drop (memory.grow (i32.const 64))) (local.get $x)"),
            _ => format!("{BUMP} (local.get $x)"),
        }
    }

    fn statements(&mut self, depth: usize) -> String {
        (0..self.dice.below(5)).map(|_| self.statement(depth)).collect()
    }

    fn statement(&mut self, depth: usize) -> String {
        if self.dice.chance(self.wild) {
            return self.reckless(depth);
        }
        match self.dice.below(18) {
            0 => format!("(local.set $x {})\n", self.number(depth)),
            1 => format!("(local.set $y {})\n", self.long(depth)),
            2 => format!("(local.set $z {})\n", self.float(depth)),
            3 => format!("(global.set $a {})\n", self.number(depth)),
            4 => format!("(i32.store {} {})\n", self.place(), self.number(depth)),
            5 => format!("(i64.store {} {})\n", self.place(), self.long(depth)),
            6 if depth > 0 => {
                let condition = self.number(depth);
                format!(
                    "(if {condition} (then {}) (else {}))\n",
                    self.statements(depth - 1),
                    self.statements(depth - 1)
                )
            }
            7 if depth > 0 => format!(
                "(local.set $n (i32.const {})) (loop $l {} (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))\n",
                1 + self.dice.below(20),
                self.statements(depth - 1)
            ),
            8 => format!("(drop {})\n", self.number(depth)),
            9..12 => self.acting_call(),
            _ => {
                let import = self.dice.below(self.world.imports.len().max(1));
                self.host_call(import)
            }
        }
    }

    fn reckless(&mut self, depth: usize) -> String {
        match self.dice.below(9) {
            0 => "(unreachable)".into(),
            1 => format!("(if {} (then (loop $l (br $l))))\n", self.number(depth)),
            2 => format!("(memory.fill {} {} {})\n", self.number(1), self.number(1), self.number(1)),
            3 => format!("(memory.copy {} {} {})\n", self.number(1), self.number(1), self.number(1)),
            4 => format!("(drop (memory.grow {}))\n", self.number(1)),
            5 => format!("(i32.store {} {})\n", self.number(depth), self.number(depth)),
            6 => format!("(drop (call $f{} {} {}))\n", self.dice.below(FUNCTIONS), self.number(0), self.number(0)),
            7 => format!("(drop (call_indirect (type $f) {} {} {}))\n", self.number(0), self.number(0), self.number(1)),
            _ => format!("(drop (i32.div_s {} {}))\n", self.number(depth), self.number(depth)),
        }
    }

    /// Says what it will do and does it, as a skill must.
    fn acting_call(&mut self) -> String {
        let imports = &self.world.imports;
        let describes = imports.iter().position(|import| import.name == "describe");
        let acts: Vec<usize> = (0..imports.len()).filter(|at| imports[*at].module.contains("-actions")).collect();
        match describes {
            Some(describe) if !acts.is_empty() => {
                let (text, act) = (*self.dice.pick(&self.texts), *self.dice.pick(&acts));
                format!("(call $i{describe} (i32.const {text}) (i32.const 12)) {}", self.host_call(act))
            }
            _ => String::new(),
        }
    }

    /// Calls an import with random arguments.
    fn host_call(&mut self, number: usize) -> String {
        let Some(import) = self.world.imports.get(number) else { return String::new() };
        let signature = &import.signature;
        let last = signature.params.len().saturating_sub(1);
        let mut arguments = String::new();
        for (at, ty) in signature.params.iter().enumerate() {
            // Where the result goes comes last, and mostly is a place that may be written.
            let argument = match ty {
                ValType::I64 => self.long(1),
                ValType::F32 => format!("(f32.demote_f64 {})", self.float(1)),
                ValType::F64 => self.float(1),
                // Who sleeps keeps everybody waiting.
                _ if import.name == "sleep" && self.dice.chance(95) => "(i32.const 1)".into(),
                _ if at == last && self.dice.chance(90) => "(i32.const 2048)".into(),
                _ => self.argument(),
            };
            arguments += &argument;
            arguments.push(' ');
        }
        let call = format!("(call $i{number} {arguments})");
        match signature.results.len() {
            0 => call + "\n",
            _ => format!("(drop {call})\n"),
        }
    }

    fn argument(&mut self) -> String {
        match self.dice.below(20) {
            0..6 => format!("(i32.const {})", self.dice.below(2)),
            6..13 => format!("(i32.const {})", self.dice.pick(&self.texts)),
            13..18 => format!("(i32.const {})", self.dice.below(12)),
            18 => format!("(i32.const {})", self.dice.word() as i32),
            _ => self.number(1),
        }
    }

    /// An address that mostly is one.
    fn place(&mut self) -> String {
        match self.dice.below(10) {
            0 => self.number(1),
            1..3 => format!("(i32.const {})", 65_536 + self.dice.below(4_096)),
            _ => format!("(i32.const {})", 1_024 + self.dice.below(4_096)),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        let deeper = depth.saturating_sub(1);
        if depth == 0 || self.dice.chance(30) {
            let params: Vec<usize> = (0..self.params.len()).filter(|at| self.params[*at] == ValType::I32).collect();
            return match self.dice.below(5) {
                0 => "(local.get $x)".into(),
                1 => "(global.get $a)".into(),
                2 if !params.is_empty() => format!("(local.get {})", self.dice.pick(&params)),
                _ => format!("(i32.const {})", self.dice.word() as i32),
            };
        }
        const BINARY: [&str; 14] =
            ["add", "sub", "mul", "and", "or", "xor", "shl", "shr_u", "rotl", "eq", "lt_u", "gt_s", "add", "rem_u"];
        match self.dice.below(14) {
            0..4 => {
                let op = *self.dice.pick(&BINARY);
                // A remainder by zero traps.
                let op = if op == "rem_u" && !self.dice.chance(self.wild * 4) { "add" } else { op };
                format!("(i32.{op} {} {})", self.number(deeper), self.number(deeper))
            }
            4 => format!("(i32.load {})", self.place()),
            5 => format!("(i32.load8_u {})", self.place()),
            6 if self.params.first() == Some(&ValType::I32) => {
                // What was passed usually lies there.
                format!("(i32.load8_u offset={} (i32.and (local.get 0) (i32.const 131071)))", self.dice.below(96))
            }
            7 => format!("(select {} {} {})", self.number(deeper), self.number(deeper), self.number(deeper)),
            8 => format!("(i32.wrap_i64 {})", self.long(deeper)),
            9 => format!("(i32.trunc_sat_f64_s {})", self.float(deeper)),
            10 => "(memory.size)".into(),
            11 => format!("(i32.clz {})", self.number(deeper)),
            12 => format!("(i32.extend8_s {})", self.number(deeper)),
            _ => format!(
                "(if (result i32) {} (then {}) (else {}))",
                self.number(0),
                self.number(deeper),
                self.number(deeper)
            ),
        }
    }

    fn long(&mut self, depth: usize) -> String {
        let deeper = depth.saturating_sub(1);
        match self.dice.below(if depth == 0 { 3 } else { 7 }) {
            0 => "(local.get $y)".into(),
            1 => "(global.get $b)".into(),
            2 => format!("(i64.const {})", self.dice.roll() as i64),
            3 => format!("(i64.mul {} {})", self.long(deeper), self.long(deeper)),
            4 => format!("(i64.extend_i32_u {})", self.number(deeper)),
            5 => format!("(i64.load {})", self.place()),
            _ => format!("(i64.reinterpret_f64 {})", self.float(deeper)),
        }
    }

    fn float(&mut self, depth: usize) -> String {
        let deeper = depth.saturating_sub(1);
        match self.dice.below(if depth == 0 { 3 } else { 6 }) {
            0 => "(local.get $z)".into(),
            1 => {
                format!("(f64.const {})", self.dice.pick(&["0", "-0", "nan", "inf", "-inf", "1e308", "0.1", "nan:0x4"]))
            }
            2 => format!("(f64.reinterpret_i64 (i64.const {}))", self.dice.roll() as i64),
            3 => format!("(f64.div {} {})", self.float(deeper), self.float(deeper)),
            4 => format!("(f64.convert_i32_s {})", self.number(deeper)),
            _ => format!("(f64.sqrt {})", self.float(deeper)),
        }
    }
}
