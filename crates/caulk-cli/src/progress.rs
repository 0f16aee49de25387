//! A line on the terminal while a run takes long.
//!
//! Most runs end before anybody would look for it, so nothing is shown in the first moments. The
//! line goes to standard error, only where that is a terminal, and it is gone when the run ends.

#![expect(
    clippy::disallowed_methods,
    reason = "this crate is the one that asks the environment"
)]

use std::io::{IsTerminal as _, Write as _, stderr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a run may take before it says that it is at work.
const PATIENCE: Duration = Duration::from_millis(700);

/// How often the line is written anew.
const REFRESH: Duration = Duration::from_millis(200);

/// Back to the beginning of the line, and nothing behind it.
const CLEAR: &str = "\r\u{1b}[K";

/// How many files were read so far. For this line alone: no result hangs on it.
static FILES: AtomicUsize = AtomicUsize::new(0);

/// Whether the line stands on the terminal now.
static STANDS: AtomicBool = AtomicBool::new(false);

/// Shows the line until it is dropped.
pub(crate) struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    /// Begins to wait, where anybody would see the line.
    pub(crate) fn start(wanted: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if !wanted || dumb || !stderr().is_terminal() {
            return Self(None);
        }
        let (end, ended) = channel::<()>();
        let began = Instant::now();
        let line = thread::spawn(move || {
            let mut pause = PATIENCE;
            while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                show(FILES.load(Ordering::Relaxed), began.elapsed());
                pause = REFRESH;
            }
            clear();
        });
        Self(Some((end, line)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, line)) = self.0.take() {
            drop(end);
            let _ = line.join();
        }
    }
}

/// One more file was read.
pub(crate) fn one_more_file() {
    FILES.fetch_add(1, Ordering::Relaxed);
}

/// Takes the line away, so that something else can be written.
pub(crate) fn clear() {
    if STANDS.swap(false, Ordering::Relaxed) {
        let _ = write!(stderr(), "{CLEAR}");
    }
}

fn show(files: usize, elapsed: Duration) {
    let files = match files {
        1 => "1 file".to_owned(),
        files => format!("{files} files"),
    };
    let seconds = elapsed.as_secs();
    let mut out = stderr().lock();
    let _ = write!(out, "{CLEAR}caulk: {files} read, {seconds} s");
    let _ = out.flush();
    STANDS.store(true, Ordering::Relaxed);
}
