//! Well-formed values of the contract's types as they lie in a component's memory, so that random components get past
//! the checks of form.

use crate::dice::Dice;
use wit_parser::{Int, Resolve, SizeAlign, Type, TypeDefKind};

/// Memory that is filled with values, from `base` on.
pub(crate) struct Image<'a> {
    resolve: &'a Resolve,
    sizes: &'a SizeAlign,
    base: u32,
    /// The content.
    pub(crate) bytes: Vec<u8>,
}

impl<'a> Image<'a> {
    /// Nothing yet.
    #[must_use]
    pub(crate) fn new(resolve: &'a Resolve, sizes: &'a SizeAlign, base: u32) -> Self {
        Self { resolve, sizes, base, bytes: Vec::new() }
    }

    /// A random value of this type; its address.
    pub(crate) fn value(&mut self, ty: &Type, dice: &mut Dice) -> u32 {
        let at = self.reserve(self.sizes.size(ty).size_wasm32(), self.sizes.align(ty).align_wasm32());
        self.write(at, ty, dice);
        self.base + at as u32
    }

    /// A text; its address.
    pub(crate) fn text(&mut self, text: &str) -> u32 {
        let at = self.reserve(text.len(), 1);
        self.bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
        self.base + at as u32
    }

    fn reserve(&mut self, size: usize, align: usize) -> usize {
        let at = self.bytes.len().next_multiple_of(align.max(1));
        self.bytes.resize(at + size, 0);
        at
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn tag(&mut self, at: usize, tag: Int, case: usize) {
        let width = match tag {
            Int::U8 => 1,
            Int::U16 => 2,
            Int::U32 | Int::U64 => 4,
        };
        self.put(at, &case.to_le_bytes()[..width]);
    }

    fn case(&mut self, at: usize, tag: Int, cases: &[Option<&Type>], dice: &mut Dice) {
        let case = dice.below(cases.len());
        self.tag(at, tag, case);
        if let Some(ty) = cases[case] {
            let offset = self.sizes.payload_offset(tag, cases.iter().copied()).size_wasm32();
            self.write(at + offset, ty, dice);
        }
    }

    fn fields(&mut self, at: usize, types: &[Type], dice: &mut Dice) {
        for (offset, ty) in self.sizes.field_offsets(types) {
            self.write(at + offset.size_wasm32(), ty, dice);
        }
    }

    fn write(&mut self, at: usize, ty: &Type, dice: &mut Dice) {
        match ty {
            Type::Bool => self.put(at, &[u8::from(dice.chance(50))]),
            Type::U8 | Type::S8 => self.put(at, &dice.word().to_le_bytes()[..1]),
            Type::U16 | Type::S16 => self.put(at, &dice.word().to_le_bytes()[..2]),
            Type::U32 | Type::S32 | Type::F32 | Type::ErrorContext => self.put(at, &dice.word().to_le_bytes()),
            Type::U64 | Type::S64 | Type::F64 => {
                let value = if dice.chance(80) { u64::from(dice.word()) } else { dice.roll() };
                self.put(at, &value.to_le_bytes());
            }
            Type::Char => self.put(at, &u32::from('é').to_le_bytes()),
            Type::String => {
                let text = dice.text();
                let address = self.text(&text);
                self.put(at, &address.to_le_bytes());
                self.put(at + 4, &(text.len() as u32).to_le_bytes());
            }
            Type::Id(id) => {
                let resolve = self.resolve;
                self.compound(at, &resolve.types[*id].kind, dice);
            }
        }
    }

    fn compound(&mut self, at: usize, kind: &TypeDefKind, dice: &mut Dice) {
        match kind {
            TypeDefKind::Type(ty) => self.write(at, ty, dice),
            TypeDefKind::Record(record) => {
                let types: Vec<Type> = record.fields.iter().map(|field| field.ty).collect();
                self.fields(at, &types, dice);
            }
            TypeDefKind::Tuple(tuple) => self.fields(at, &tuple.types, dice),
            TypeDefKind::Option(ty) => self.case(at, Int::U8, &[None, Some(ty)], dice),
            TypeDefKind::Result(result) => self.case(at, Int::U8, &[result.ok.as_ref(), result.err.as_ref()], dice),
            TypeDefKind::Variant(variant) => {
                let cases: Vec<_> = variant.cases.iter().map(|case| case.ty.as_ref()).collect();
                self.case(at, variant.tag(), &cases, dice);
            }
            TypeDefKind::Enum(names) => self.tag(at, names.tag(), dice.below(names.cases.len())),
            TypeDefKind::Flags(_) => self.put(at, &[dice.roll() as u8]),
            TypeDefKind::List(ty) => {
                let size = self.sizes.size(ty).size_wasm32();
                let count = if dice.chance(97) { dice.below(4) } else { dice.below(200) };
                let items = self.reserve(size * count, self.sizes.align(ty).align_wasm32());
                for item in 0..count {
                    self.write(items + item * size, ty, dice);
                }
                self.put(at, &(self.base + items as u32).to_le_bytes());
                self.put(at + 4, &(count as u32).to_le_bytes());
            }
            // No function of the contract has one; what lies there is zeros.
            _ => {}
        }
    }
}
