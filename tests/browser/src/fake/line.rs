//! The line between browser and server: a relay that can be cut, which breaks open connections and refuses new ones.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// A relay to a local port; ends with the value.
pub(super) struct Line {
    pub(super) port: u16,
    up: watch::Sender<bool>,
    _tasks: JoinSet<()>,
}

impl Line {
    pub(super) async fn to(server: u16) -> Self {
        let (listener, port) = super::listener().await;
        let (up, watched) = watch::channel(true);
        let mut tasks = JoinSet::new();
        tasks.spawn(relay(listener, server, watched));
        Self { port, up, _tasks: tasks }
    }

    pub(super) fn set(&self, up: bool) {
        self.up.send_replace(up);
    }
}

async fn relay(listener: TcpListener, server: u16, up: watch::Receiver<bool>) {
    let mut calls = JoinSet::new();
    while let Ok((mut browser, _)) = listener.accept().await {
        let mut up = up.clone();
        if !*up.borrow_and_update() {
            continue; // dropped: the browser sees the connection break
        }
        calls.spawn(async move {
            let Ok(mut server) = TcpStream::connect(("127.0.0.1", server)).await else { return };
            tokio::select! {
                _ = copy_bidirectional(&mut browser, &mut server) => {}
                _ = up.wait_for(|up| !up) => {}
            }
        });
        while calls.try_join_next().is_some() {}
    }
}
