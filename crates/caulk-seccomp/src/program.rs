//! Programs of classic BPF, put together from their end.

/// One instruction: `struct sock_filter` of `linux/filter.h`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instruction {
    /// What is done.
    pub code: u16,
    /// How many instructions to skip where a comparison holds.
    pub jump_true: u8,
    /// How many instructions to skip where it does not.
    pub jump_false: u8,
    /// Its operand.
    pub operand: u32,
}

/// `BPF_LD | BPF_W | BPF_ABS`.
pub(crate) const LOAD: u16 = 0x20;
/// `BPF_ALU | BPF_AND | BPF_K`.
pub(crate) const AND: u16 = 0x54;
/// `BPF_JMP | BPF_JA`.
pub(crate) const JUMP: u16 = 0x05;
/// `BPF_RET | BPF_K`.
pub(crate) const RETURN: u16 = 0x06;

/// A comparison of the accumulator with a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Compare {
    Equal,
    Greater,
    GreaterOrEqual,
    /// Whether any of these bits is set.
    Bits,
}

impl Compare {
    /// `BPF_JMP | … | BPF_K`.
    const fn code(self) -> u16 {
        match self {
            Self::Equal => 0x15,
            Self::Greater => 0x25,
            Self::GreaterOrEqual => 0x35,
            Self::Bits => 0x45,
        }
    }
}

/// A place in a program, counted from its end: it stays true while instructions are put before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Place(usize);

/// A program in the making, from its last instruction to its first. Every jump goes forward, so its
/// target is there before it, and whether it is too far for one byte is known at once.
#[derive(Default)]
pub(crate) struct Backward {
    reversed: Vec<Instruction>,
    returns: Vec<(u32, Place)>,
}

impl Backward {
    pub(crate) fn len(&self) -> usize {
        self.reversed.len()
    }

    fn push(&mut self, code: u16, operand: u32) -> Place {
        self.push_jump(code, (0, 0), operand)
    }

    fn push_jump(&mut self, code: u16, jumps: (u8, u8), operand: u32) -> Place {
        self.reversed.push(Instruction {
            code,
            jump_true: jumps.0,
            jump_false: jumps.1,
            operand,
        });
        Place(self.reversed.len() - 1)
    }

    /// How far it is from an instruction that is put before all others to a place.
    fn distance(&self, place: Place) -> usize {
        self.reversed.len().saturating_sub(place.0 + 1)
    }

    /// A return of this value that a comparison put next can reach.
    pub(crate) fn returning(&mut self, value: u32) -> Place {
        /// A comparison may get two jumps behind it, and others before it.
        const NEAR: usize = 200;
        let near = self
            .returns
            .iter()
            .rev()
            .find(|(known, place)| *known == value && self.distance(*place) < NEAR);
        if let Some((_, place)) = near {
            return *place;
        }
        let place = self.push(RETURN, value);
        self.returns.retain(|(known, _)| *known != value);
        self.returns.push((value, place));
        place
    }

    /// Loads a word of `struct seccomp_data` and goes on with `next`.
    pub(crate) fn load(&mut self, offset: u32, next: Place) -> Place {
        self.before(next);
        self.push(LOAD, offset)
    }

    /// Cuts the accumulator down to a mask and goes on with `next`.
    pub(crate) fn and(&mut self, mask: u32, next: Place) -> Place {
        self.before(next);
        self.push(AND, mask)
    }

    /// Compares the accumulator.
    pub(crate) fn compare(
        &mut self,
        compare: Compare,
        value: u32,
        if_true: Place,
        if_false: Place,
    ) -> Place {
        // A jump put in for one of them moves the other one away.
        let mut targets = [if_true, if_false];
        for turn in [0, 1, 0] {
            let target = targets.get(turn).copied().unwrap_or(if_true);
            if u8::try_from(self.distance(target)).is_err() {
                let jump = self.jump(target);
                if let Some(target) = targets.get_mut(turn) {
                    *target = jump;
                }
            }
        }
        let offset = |target: &Place| u8::try_from(self.distance(*target)).unwrap_or(u8::MAX);
        let jumps = (offset(&targets[0]), offset(&targets[1]));
        self.push_jump(compare.code(), jumps, value)
    }

    /// Makes the next instruction's successor be `next`.
    fn before(&mut self, next: Place) {
        if self.distance(next) != 0 {
            self.jump(next);
        }
    }

    fn jump(&mut self, target: Place) -> Place {
        let distance = u32::try_from(self.distance(target)).unwrap_or(u32::MAX);
        self.push(JUMP, distance)
    }

    /// The program that begins with `start`.
    pub(crate) fn finish(mut self, start: Place) -> Vec<Instruction> {
        self.before(start);
        self.reversed.reverse();
        self.reversed
    }
}
