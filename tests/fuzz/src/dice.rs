//! A pseudo-random sequence (SplitMix64). It is written out here, so that a seed means the same with every version of
//! every dependency.

/// The sequence.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The sequence of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A sequence of its own for each number of a seed.
    #[must_use]
    pub fn of(seed: u64, number: u64) -> Self {
        Self(Self(seed ^ Self(number).roll()).roll())
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % (end.max(1) as u64)).unwrap_or(0)
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.roll() % 100 < percent
    }

    /// One of them.
    ///
    /// # Panics
    /// Where there is none.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Puts them into a random order.
    pub fn shuffle<T>(&mut self, of: &mut [T]) {
        for end in (1..of.len()).rev() {
            of.swap(end, self.below(end + 1));
        }
    }

    /// So many bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..count.div_ceil(8)).flat_map(|_| self.roll().to_le_bytes()).collect();
        bytes.truncate(count);
        bytes
    }

    /// A 32-bit number as programs have them: mostly small, sometimes at an edge.
    pub fn word(&mut self) -> u32 {
        const EDGES: [u32; 8] = [u32::MAX, u32::MAX - 7, 1 << 31, (1 << 31) - 1, 65_535, 65_536, 1 << 20, 0xdead_beef];
        match self.below(10) {
            0..4 => self.below(4) as u32,
            4..8 => self.below(64) as u32,
            8 => self.below(1 << 16) as u32,
            _ => *self.pick(&EDGES),
        }
    }

    /// A text that somebody might write, or attack with.
    pub fn text(&mut self) -> String {
        const TEXTS: [&str; 23] = [
            "",
            "a",
            "hello",
            "#1001",
            "where is my order?",
            "https://shop.example/x?y=1",
            "javascript:alert(1)",
            "<script>alert(1)</script>",
            "**bold** [link](https://evil.example)",
            "Grüße, 你好, مرحبا, 😀",
            "e\u{301}\u{301}\u{301}\u{301}",
            "\u{202e}gnp.exe",
            "\u{0}\u{1}\u{7f}",
            "\r\nX-Injected: 1",
            "' OR 1=1 --",
            "../../../../etc/passwd",
            "%s%n{}{0}",
            "ana@example.net",
            "2026-11-21T10:00:00Z",
            "EUR",
            "api.provider.example",
            "https://api.provider.example/v1/x?y=1",
            "\u{feff}\u{10ffff}",
        ];
        match self.below(40) {
            0 => self.pick(&TEXTS).repeat(200),
            1 => (0..self.below(24)).filter_map(|_| char::from_u32(self.roll() as u32 % 0x11_0000)).collect(),
            _ => (*self.pick(&TEXTS)).to_owned(),
        }
    }
}
