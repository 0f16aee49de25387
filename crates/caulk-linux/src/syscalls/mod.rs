//! System calls: their names and numbers for each ABI, and what is known of them.

mod abi;
mod lookup;
mod multiplexer;
mod table;

pub use abi::Abi;
pub use lookup::{abis, all_names, is_known, name, names, number};
pub use multiplexer::{IPC, SOCKETCALL, Subcall, subcall};
pub use table::KERNEL;
