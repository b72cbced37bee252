//! A web server in the test: it answers from a table, keeps what it was asked, and can misbehave.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a path answers.
#[derive(Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// A length that is told instead of the body's own.
    pub(crate) told_length: Option<u64>,
    /// The `Authorization` that is needed; without it, 401 and this challenge.
    pub(crate) needs: Option<(String, String)>,
}

impl Answer {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            body: body.into(),
            ..Self::default()
        }
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self {
            status: 302,
            headers: vec![("Location".into(), to.into())],
            ..Self::default()
        }
    }

    pub(crate) fn needing(self, authorization: &str, challenge: &str) -> Self {
        Self {
            needs: Some((authorization.into(), challenge.into())),
            ..self
        }
    }
}

/// A request: its path, behind its method unless that is GET, and its `Authorization` if it had one.
pub(crate) type Asked = (String, Option<String>);

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) host: String,
    table: Arc<Mutex<BTreeMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Serves on a free port of this machine until the test ends.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let server = Self {
            host: listener.local_addr().expect("an address").to_string(),
            table: Arc::default(),
            asked: Arc::default(),
        };
        let own = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                std::thread::spawn(move || own.serve(stream));
            }
        });
        server
    }

    pub(crate) fn set(&self, path: &str, answer: Answer) {
        self.table.lock().unwrap().insert(path.to_owned(), answer);
    }

    pub(crate) fn clear(&self) {
        self.table.lock().unwrap().clear();
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.host)
    }

    /// What was asked since the last call.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
        let mut writer = stream;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let mut words = line.split(' ');
            let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let path = match method {
                "GET" => path.to_owned(),
                method => format!("{method} {path}"),
            };
            let (mut authorization, mut length) = (None, 0);
            loop {
                let mut header = String::new();
                if reader.read_line(&mut header).unwrap_or(0) == 0 || header.trim().is_empty() {
                    break;
                }
                if let Some((name, value)) = header.split_once(':')
                    && name.eq_ignore_ascii_case("authorization")
                {
                    authorization = Some(value.trim().to_owned());
                } else if let Some((name, value)) = header.split_once(':')
                    && name.eq_ignore_ascii_case("content-length")
                {
                    length = value.trim().parse().expect("a length");
                }
            }
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_err() {
                return;
            }
            self.asked
                .lock()
                .unwrap()
                .push((path.clone(), authorization.clone()));
            let answer = self.table.lock().unwrap().get(&path).cloned();
            let mut answer = answer.unwrap_or(Answer {
                status: 404,
                ..Answer::default()
            });
            if let Some((needed, challenge)) = &answer.needs
                && authorization.as_ref() != Some(needed)
            {
                answer = Answer {
                    status: 401,
                    headers: vec![("WWW-Authenticate".into(), challenge.clone())],
                    ..Answer::default()
                };
            }
            let length = answer.told_length.unwrap_or(answer.body.len() as u64);
            let mut head = format!("HTTP/1.1 {} X\r\nContent-Length: {length}\r\n", answer.status);
            for (name, value) in &answer.headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str("\r\n");
            let sent = writer
                .write_all(head.as_bytes())
                .and_then(|()| writer.write_all(&answer.body));
            // A promise that is not kept ends the connection.
            if sent.is_err() || answer.told_length.is_some() {
                return;
            }
        }
    }
}
