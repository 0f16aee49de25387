//! System calls: their names and numbers for each ABI, and what is known of them.

mod abi;
mod arguments;
mod lookup;
mod multiplexer;
mod prototypes;
mod table;

pub use abi::Abi;
pub use arguments::{Argument, ArgumentKind, arguments, arguments_on};
pub use lookup::{abis, all_names, is_known, name, names, number};
pub use multiplexer::{IPC, SOCKETCALL, Subcall, subcall};
pub use table::KERNEL;
