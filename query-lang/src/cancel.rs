//! How a running query is stopped from another thread.

use heapwise_engine::progress::Progress;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// A switch that is thrown once; clones share it. Ctrl-C handlers hold one, the running query looks at another.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    thrown: AtomicBool,
    notify: Notify,
    /// What long computations of the engine look at.
    progress: Arc<Progress>,
}

impl CancelToken {
    /// A fresh token.
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Asks the query to stop.
    pub fn cancel(&self) {
        self.state.thrown.store(true, Ordering::SeqCst);
        self.state.progress.cancel();
        self.state.notify.notify_one();
    }

    /// Whether it was asked to.
    pub fn is_cancelled(&self) -> bool {
        self.state.thrown.load(Ordering::SeqCst)
    }

    /// The progress of the engine's part of the query; it is cancelled with the token.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.state.progress
    }

    /// Waits until the token is cancelled. One waiter at a time.
    pub(crate) async fn cancelled(&self) {
        while !self.is_cancelled() {
            self.state.notify.notified().await;
        }
    }
}
