//! One line of comma-separated fields, as Go's `encoding/csv` reads it.

use super::text::Text;

/// The fields. A quote is only for a field that begins with one; doubled, it stands for itself.
pub(super) fn fields(text: &Text) -> Result<Vec<Text>, String> {
    if !text.beginning().contains('"') {
        return Ok(text.split(','));
    }
    // Quotes are rare, and with a gap between them nothing is known of what they enclose.
    let Some(known) = text.value() else {
        return Ok(text.split(','));
    };
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut quoted = false;
    let mut characters = known.chars().peekable();
    let mut begins = true;
    while let Some(next) = characters.next() {
        match next {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' if quoted => {
                quoted = false;
                if !matches!(characters.peek(), None | Some(',')) {
                    return Err(bare_quote(known));
                }
            }
            '"' if begins => quoted = true,
            '"' => return Err(bare_quote(known)),
            ',' if !quoted => {
                fields.push(Text::known(std::mem::take(&mut field)));
                begins = true;
                continue;
            }
            other => field.push(other),
        }
        begins = false;
    }
    if quoted {
        return Err(bare_quote(known));
    }
    fields.push(Text::known(field));
    Ok(fields)
}

fn bare_quote(text: &str) -> String {
    format!("the quotes in '{text}' do not enclose a whole field")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_commas() {
        let read = |text: &str| fields(&Text::known(text));
        let words = |text: &str| -> Vec<String> {
            let fields = read(text).unwrap();
            fields
                .iter()
                .map(|field| field.written().to_owned())
                .collect()
        };
        assert_eq!(words("a=b,c"), ["a=b", "c"]);
        assert_eq!(words(r#"a,"b=1,2",c"#), ["a", "b=1,2", "c"]);
        assert_eq!(words(r#""say ""x""""#), [r#"say "x""#]);
        assert!(read(r#"a"b"#).is_err());
        assert!(read(r#""a"b"#).is_err());
        assert!(read(r#""a"#).is_err());
    }
}
