//! The kernel's side: a program of classic BPF, run on one call.

use caulk_linux::syscalls::Abi;
use caulk_seccomp::{Instruction, Outcome};

/// The program that an array of `struct sock_filter` holds, in little-endian byte order.
pub(crate) fn program(bytes: &[u8]) -> Vec<Instruction> {
    assert_eq!(bytes.len() % 8, 0);
    let instruction = |bytes: &[u8]| Instruction {
        code: u16::from_le_bytes([bytes[0], bytes[1]]),
        jump_true: bytes[2],
        jump_false: bytes[3],
        operand: u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
    };
    bytes.chunks_exact(8).map(instruction).collect()
}

/// What a program does with a call.
pub(crate) fn run(program: &[Instruction], abi: Abi, number: u32, arguments: [u64; 6]) -> Outcome {
    let data = data(abi, number, arguments);
    let mut memory = [0u32; 16];
    let (mut accumulator, mut at) = (0u32, 0usize);
    loop {
        let Instruction {
            code,
            jump_true,
            jump_false,
            operand,
        } = program[at];
        at += 1;
        let mut branch =
            |holds: bool| at += usize::from(if holds { jump_true } else { jump_false });
        match code {
            0x20 => {
                let offset = operand as usize;
                accumulator = data[offset / 4];
                assert_eq!(offset % 4, 0);
            }
            0x60 => accumulator = memory[operand as usize],
            0x02 => memory[operand as usize] = accumulator,
            0x54 => accumulator &= operand,
            0x05 => at += operand as usize,
            0x15 => branch(accumulator == operand),
            0x25 => branch(accumulator > operand),
            0x35 => branch(accumulator >= operand),
            0x45 => branch(accumulator & operand != 0),
            0x06 => return Outcome::from_return_value(operand).expect("an action"),
            other => panic!("instruction {other:#x}"),
        }
    }
}

/// `struct seccomp_data`, word by word as the machine reads it.
fn data(abi: Abi, number: u32, arguments: [u64; 6]) -> Vec<u32> {
    let mut words = vec![number, abi.audit_arch(), 0, 0];
    for argument in arguments {
        let low = u32::try_from(argument & 0xffff_ffff).unwrap();
        let high = u32::try_from(argument >> 32).unwrap();
        words.extend(if abi.is_big_endian() {
            [high, low]
        } else {
            [low, high]
        });
    }
    words
}
