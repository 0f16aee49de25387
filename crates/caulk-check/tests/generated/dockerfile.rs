//! Dockerfiles.

use crate::Line;
use crate::numbers::Numbers;

/// Steps of which none may change, whatever stands around them.
const STEPS: &[&str] = &[
    "RUN true",
    "RUN apk add --no-cache \\\n    curl \\\n    # in between\n    jq",
    "RUN <<EOF\necho one\nUSER root\nEOF",
    "RUN <<-'EOF' && true\n\techo $HOME\n\t# no comment\n\tEOF",
    "COPY . /srv",
    "COPY <<EOF /etc/motd\nUSER nobody\nEOF",
    "WORKDIR /srv",
    "ENV A=b \\\n  C=\"d e\"",
    "LABEL a=\"USER root\"",
    "EXPOSE 8080",
    "ARG VERSION=1",
    "HEALTHCHECK CMD true",
    "STOPSIGNAL SIGTERM",
    "VOLUME /data",
    "# a comment of its own",
    "",
    "   ",
];

const BASES: &[&str] = &[
    "alpine:3.20",
    "debian:12-slim",
    "python:3.13-slim",
    "node:22",
    "scratch",
    "golang:1.25",
];

const STARTS: &[&str] = &[
    "CMD [\"server\"]",
    "ENTRYPOINT [\"/srv/server\"]",
    "CMD server --port 8080",
    "ENTRYPOINT [ \"/srv/server\", \\\n  \"--port\" ]",
];

pub(crate) fn lines(numbers: &mut Numbers) -> Vec<Line> {
    let mut texts: Vec<(String, bool)> = Vec::new();
    if numbers.one_in(4) {
        texts.push(("# syntax=docker/dockerfile:1".to_owned(), false));
    }
    if numbers.one_in(6) {
        texts.push(("ARG BASE=alpine:3.20".to_owned(), false));
    }
    let stages = 1 + numbers.below(3);
    for stage in 0..stages {
        let is_last = stage + 1 == stages;
        let base = numbers.pick(BASES).to_owned();
        let base = if stage > 0 && numbers.one_in(4) {
            format!("s{}", numbers.below(stage))
        } else {
            base
        };
        let from = numbers.pick(&["FROM", "FROM", "from", "FROM --platform=linux/amd64"]);
        let name = if is_last && numbers.one_in(2) {
            String::new()
        } else {
            format!(" AS s{stage}")
        };
        texts.push((format!("{from} {base}{name}"), false));
        for _ in 0..numbers.below(6) {
            texts.push((numbers.pick(STEPS).to_owned(), false));
        }
        if numbers.one_in(2) {
            let user = numbers.pick(&["USER root", "USER 0", "user root", "USER  0:0"]);
            texts.push((user.to_owned(), true));
            for _ in 0..numbers.below(3) {
                texts.push((numbers.pick(STEPS).to_owned(), false));
            }
        }
        if numbers.one_in(2) {
            if numbers.one_in(3) {
                texts.push(("# how it starts".to_owned(), false));
            }
            texts.push((numbers.pick(STARTS).to_owned(), false));
        }
    }
    let lines = texts.iter().flat_map(|(text, may_go)| {
        text.split('\n').map(|line| Line {
            text: line.to_owned(),
            may_go: *may_go,
        })
    });
    lines.collect()
}
