//! A container: what is declared, what it effectively holds, and where each fact came from.
//!
//! Surfaces read files into this model; rules ask it. Every fact carries its [`Origin`], and what
//! cannot be known is a value of its own ([`State::Unknown`]): never guessed as safe, never guessed
//! as unsafe.
//!
//! **Invariant:** nothing here knows a rule, a report or a text edit.

mod around;
pub mod base_images;
pub mod build;
mod client;
mod confinement;
mod container;
pub mod credential;
mod daemon;
mod declared;
mod display;
mod engine;
mod fact;
mod image;
mod kernel;
mod mount;
mod namespace;
mod order;
mod privileged_file;
mod process;
mod profile_use;
mod reference;
mod repository;
mod resources;
mod seccomp;
mod service;
mod stated;
mod unchecked;
mod user;

pub use around::{Around, Extent, Manager, Pulling};
pub use client::EngineClient;
pub use confinement::{AppArmor, SelinuxLabel, UNCONFINED_TYPES};
pub use container::{Container, ContainerId, Entry, ImageSource, Project};
pub use daemon::{Daemon, FindProfile, Setting};
pub use declared::{Declared, Lasting};
pub use engine::Engine;
pub use fact::{Fact, Origin, State, Step, StepKind};
pub use image::{
    Account, Base, Entrypoint, Image, RootOnly, StepDown, behind_the_usual_entrypoint,
};
pub use kernel::{Kernel, Lack, OptionLine, SelinuxOff, SelinuxSwitch};
pub use mount::{Mount, Relabel, Socket, path_holds, socket_reached_by};
pub use namespace::{Namespace, NamespaceKind, Namespaces};
pub use order::Dimension;
pub use privileged_file::{FileGrant, PrivilegedFile};
pub use profile_use::ProfileUse;
pub use reference::{Referred, UnresolvedReference, WhyUnresolved};
pub use repository::{Profile, ProfileId, Refused, RefusedWhen, Repository, Unreadable};
pub use resources::{Device, Limit, Limits, Port};
pub use seccomp::{Seccomp, SecurityOption};
pub use service::{
    BuildPrivilege, DeclaredBuild, ImagePull, PrivilegedStep, RequestedBuild, Sysctl, Ulimit,
    Variable, Volume, VolumeKind,
};
pub use stated::{HostSetting, Stated, StatedImage, StatedImages};
pub use unchecked::unchecked_by;
pub use user::{Identity, User};
