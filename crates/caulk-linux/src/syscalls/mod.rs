//! System calls: their names and numbers for each ABI, and what is known of them.

mod abi;
mod arguments;
mod danger;
mod dangers;
mod equivalents;
mod functions;
mod group;
mod likely;
mod lookup;
mod multiplexer;
mod prototypes;
mod table;

pub use abi::Abi;
pub use arguments::{Argument, ArgumentKind, arguments, arguments_on};
pub use danger::{Danger, Grade, Source, dangers, grade};
pub use equivalents::{equivalent_on, equivalents};
pub use group::{Group, group, is_unimplemented};
pub use likely::{Misnamed, did_you_mean, misnamed};
pub use lookup::{abis, all_names, is_known, name, names, number};
pub use multiplexer::{IPC, SOCKETCALL, Subcall, subcall};
pub use table::KERNEL;

use lookup::canonical;
