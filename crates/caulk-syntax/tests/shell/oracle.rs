//! The words and operators of every `RUN` body of the corpus, against brush-parser's.

use caulk_source::FileId;
use caulk_syntax::{Joined, shell};

use crate::{bodies, brush, drawn, support};

/// Bodies that brush-parser itself reads wrongly, and how.
const EXPLAINED: &[(&str, &str)] = &[(
    "recipe_code/oracledb.dockerfile",
    "`cat <<EOF >> \"${HOME}/x\"`: loses the second redirection and the name in the braces",
)];

#[test]
fn run_bodies_read_as_brush_reads_them() {
    let Some(bodies) = bodies::all("run_bodies_read_as_brush_reads_them") else {
        return;
    };
    let (mut compared, mut equal, mut refused, mut explained) = (0, 0, 0, 0);
    let mut different = Vec::new();
    for body in &bodies {
        let text = body.text.text();
        let alone = Joined::whole_text(FileId::FIRST, text, 0);
        let program = shell::parse(&alone);
        let ours = drawn::draw(&alone, &program);
        compared += 1;
        match brush::draw(text) {
            Ok(theirs) if theirs == ours => {
                equal += 1;
                if !program.problems.is_empty() {
                    different.push(format!("{}: {:?}", body.path, program.problems));
                }
            }
            Ok(_) if EXPLAINED.iter().any(|(path, _)| body.path.ends_with(path)) => explained += 1,
            Ok(theirs) => {
                let at = ours
                    .lines()
                    .zip(theirs.lines())
                    .find(|(ours, theirs)| ours != theirs);
                different.push(format!("{}: {at:?}", body.path));
            }
            Err(_) if !program.problems.is_empty() => refused += 1,
            Err(error) => different.push(format!("{}: {error}\n{ours}\n", body.path)),
        }
    }
    support::say(&format!(
        "RUN bodies against brush-parser: {compared} compared, {equal} equal, {refused} that both refuse, {explained} explained, \
         {} different",
        different.len()
    ));
    assert_eq!(explained, EXPLAINED.len());
    assert!(
        compared > 1_000,
        "the corpus has shrunk to {compared} bodies"
    );
    assert!(different.is_empty(), "{}", different.join("\n"));
}
