//! As much Markdown as a page needs: headings, fences, and the lines between.

/// A part of a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Block<'a> {
    /// A heading of the second level or deeper.
    Heading(&'a str),
    /// A fence: its language, the words after the language, its lines.
    Fence {
        language: &'a str,
        words: Vec<&'a str>,
        text: String,
    },
    /// Any other line that is not empty.
    Line(&'a str),
}

/// The blocks of a page, each with the line (from 1) on which it begins.
pub(crate) fn blocks(page: &str) -> Result<Vec<(usize, Block<'_>)>, String> {
    let mut blocks = Vec::new();
    let mut lines = (1..).zip(page.lines());
    while let Some((number, line)) = lines.next() {
        let ticks = line.bytes().take_while(|byte| *byte == b'`').count();
        if ticks >= 3 {
            let info = line.trim_start_matches('`');
            let mut words = info.split([',', ' ']).filter(|word| !word.is_empty());
            let language = words.next().unwrap_or_default();
            let words = words.collect();
            let mut text = String::new();
            loop {
                let Some((_, line)) = lines.next() else {
                    return Err(format!("line {number}: the fence does not end"));
                };
                if line.trim_end().len() >= ticks
                    && line.trim_end().bytes().all(|byte| byte == b'`')
                {
                    break;
                }
                text.push_str(line);
                text.push('\n');
            }
            blocks.push((
                number,
                Block::Fence {
                    language,
                    words,
                    text,
                },
            ));
        } else if line.starts_with("##") {
            blocks.push((number, Block::Heading(line.trim_start_matches('#').trim())));
        } else if !line.trim().is_empty() {
            blocks.push((number, Block::Line(line.trim())));
        }
    }
    Ok(blocks)
}

/// The path that a fence without a name has.
pub(crate) fn default_path(language: &str) -> Option<&'static str> {
    match language {
        "dockerfile" => Some("Dockerfile"),
        "yaml" => Some("compose.yaml"),
        "json" => Some("seccomp.json"),
        "caulk.toml" => Some("caulk.toml"),
        _ => None,
    }
}
