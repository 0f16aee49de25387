//! What begins with `$`, and the other substitutions.

use super::reader::{MAX_DEPTH, Reader};
use super::tree::{Operation, Operator, Parameter, PartKind, Quoting, Word};
use super::word::{Parts, Stop, name_length};
use crate::Joined;

/// How long an index may be. Nobody writes a hundred; a hostile file opens a thousand that never end.
const MAX_INDEX: usize = 256;

impl Reader<'_> {
    /// What begins with `$`, or the `$` itself.
    pub(super) fn dollar(&mut self, parts: &mut Parts, quoting: Quoting) {
        let start = self.at;
        let next = self.peek_at(1);
        let bare = quoting == Quoting::Bare;
        match next {
            Some(b'(') if self.depth < MAX_DEPTH => self.substitution(parts, quoting),
            Some(b'{') if self.depth < MAX_DEPTH => {
                self.at += 2;
                self.depth += 1;
                let parameter = self.braces(quoting, start);
                self.depth -= 1;
                self.add(parts, PartKind::Parameter(parameter), quoting, start);
            }
            Some(b'\'') if bare => self.dollar_quoted(parts),
            Some(b'"') if bare => {
                self.at += 1;
                self.double_quoted(parts);
            }
            Some(byte) => {
                let name = name_length(self.joined.text(), self.at + 1);
                let special = byte.is_ascii_digit() || b"@*#?-$!".contains(&byte);
                let length = if name > 0 { name } else { usize::from(special) };
                self.at += 1 + length;
                if length == 0 {
                    self.take(parts, start..self.at, quoting);
                    return;
                }
                let parameter = Parameter {
                    name: self.joined.cut(start + 1..self.at).to_owned(),
                    indexed: false,
                    every: false,
                    operation: None,
                };
                self.add(parts, PartKind::Parameter(parameter), quoting, start);
            }
            None => {
                self.at += 1;
                self.take(parts, start..self.at, quoting);
            }
        }
    }

    /// `$( … )` or `$(( … ))`.
    fn substitution(&mut self, parts: &mut Parts, quoting: Quoting) {
        let start = self.at;
        if self.peek_at(2) == Some(b'(')
            && let Some(end) = self.arithmetic_end(self.at + 3)
        {
            self.at += 3;
            let expression = self.arithmetic(end);
            self.add(parts, PartKind::Arithmetic(expression), quoting, start);
            return;
        }
        self.at += 2;
        let list = self.list();
        if !self.eat(")") {
            self.problem(start, "`$(` without its `)`");
        }
        self.add(parts, PartKind::Command(list), quoting, start);
    }

    /// `<( … )` or `>( … )`.
    pub(super) fn process(&mut self, parts: &mut Parts) {
        let start = self.at;
        self.at += 2;
        let list = self.list();
        if !self.eat(")") {
            self.problem(start, "`<(` without its `)`");
        }
        self.add(parts, PartKind::Process(list), Quoting::Bare, start);
    }

    /// Where the `))` stands that ends an arithmetic expression which begins at `from`; nothing where
    /// the brackets say that it is none.
    pub(super) fn arithmetic_end(&self, from: usize) -> Option<usize> {
        let mut open = 0_usize;
        let mut quote: Option<u8> = None;
        let mut at = from;
        while let Some(byte) = self.byte(at) {
            match (byte, quote) {
                (b'\\', None | Some(b'"')) => at += 1,
                (b'"' | b'\'', None) => quote = Some(byte),
                (_, Some(closing)) if byte == closing => quote = None,
                (b'(', None) => open += 1,
                (b')', None) if open > 0 => open -= 1,
                (b')', None) => return (self.byte(at + 1) == Some(b')')).then_some(at),
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// The expression from here to `end`, and past its `))`.
    pub(super) fn arithmetic(&mut self, end: usize) -> Word {
        self.depth += 1;
        let expression = if self.at < end && self.depth < MAX_DEPTH {
            self.parts(Stop::End(end), Quoting::Double)
        } else {
            self.literal(self.at..end)
        };
        self.depth -= 1;
        self.at = self.at.max(end);
        self.eat("))");
        expression
    }

    /// What stands in `${ … }`, and its end.
    fn braces(&mut self, quoting: Quoting, start: usize) -> Parameter {
        let sign = match (self.peek(), self.peek_at(1)) {
            (Some(sign @ (b'!' | b'#')), Some(next)) if next != b'}' => {
                let names = next.is_ascii_alphanumeric() || b"_@*".contains(&next);
                names.then_some(sign)
            }
            _ => None,
        };
        self.at += usize::from(sign.is_some());
        let name_start = self.at;
        let length = name_length(self.joined.text(), self.at);
        if length > 0 {
            self.at += length;
        } else if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                self.at += 1;
            }
        } else if self.peek().is_some_and(|byte| b"@*#?-$!".contains(&byte)) {
            self.at += 1;
        }
        let name = self.joined.cut(name_start..self.at).to_owned();
        let index = self.at;
        let indexed = self.index();
        let every = matches!(self.joined.cut(index..self.at), "[@]" | "[*]");
        let operator = match sign {
            Some(b'#') => Some(Operator::Length),
            Some(_) => Some(Operator::Indirect),
            None if self.peek() == Some(b'}') => None,
            None => Some(self.operator()),
        };
        let word = self.operand(operator, quoting);
        if !self.eat("}") {
            self.problem(start, "`${` without its `}`");
        } else if name.is_empty() {
            self.problem(start, "`${` without a name");
        }
        Parameter {
            name,
            indexed,
            every,
            operation: operator.map(|operator| Operation { operator, word }),
        }
    }

    /// The word after an operator. What trims or replaces reads quotes anew, even between quotes.
    fn operand(&mut self, operator: Option<Operator>, quoting: Quoting) -> Word {
        let anew = matches!(
            operator,
            Some(Operator::TrimPrefix | Operator::TrimSuffix | Operator::Replace)
        );
        self.parts(Stop::Brace, if anew { Quoting::Bare } else { quoting })
    }

    /// Past `[…]`.
    fn index(&mut self) -> bool {
        let end = (self.peek() == Some(b'[')).then(|| self.index_end(self.at));
        if let Some(end) = end.flatten() {
            self.at = end;
        }
        end.flatten().is_some()
    }

    /// Where the `[…]` ends that begins at `at`.
    pub(super) fn index_end(&self, at: usize) -> Option<usize> {
        let ends = |byte: u8| matches!(byte, b']' | b'\n' | b' ');
        let end = (at..at + MAX_INDEX).find(|at| self.byte(*at).is_none_or(ends))?;
        (self.byte(end) == Some(b']')).then_some(end + 1)
    }

    fn operator(&mut self) -> Operator {
        let or_empty = self.peek() == Some(b':');
        let sign = if or_empty {
            self.peek_at(1)
        } else {
            self.peek()
        };
        let operator = match sign {
            Some(b'-') => Operator::Default { or_empty },
            Some(b'=') => Operator::Assign { or_empty },
            Some(b'?') => Operator::Required { or_empty },
            Some(b'+') => Operator::Alternative { or_empty },
            _ if or_empty => {
                self.at += 1;
                return Operator::Substring;
            }
            Some(b'#') => Operator::TrimPrefix,
            Some(b'%') => Operator::TrimSuffix,
            Some(b'/') => Operator::Replace,
            _ => return Operator::Other,
        };
        self.at += 1 + usize::from(or_empty);
        let doubled = self.peek() == sign;
        let may_double = matches!(
            operator,
            Operator::TrimPrefix | Operator::TrimSuffix | Operator::Replace
        );
        self.at += usize::from(doubled && may_double);
        operator
    }

    /// `` `…` ``, whose text is unescaped once before it is read.
    pub(super) fn backticks(&mut self, parts: &mut Parts, quoting: Quoting) {
        let start = self.at;
        self.at += 1;
        if self.depth >= MAX_DEPTH {
            self.take(parts, start..self.at, quoting);
            return;
        }
        let mut inner = Joined::new(
            self.joined.file(),
            self.joined.span(self.at..self.at).range().start,
        );
        loop {
            let from = self.at;
            match (self.peek(), self.peek_at(1)) {
                (None, _) => {
                    self.problem(start, "a backtick that nothing closes");
                    break;
                }
                (Some(b'`'), _) => {
                    self.at += 1;
                    break;
                }
                (Some(b'\\'), Some(next))
                    if matches!(next, b'`' | b'\\' | b'$')
                        || (next == b'"' && quoting == Quoting::Double) =>
                {
                    self.at += 2;
                    let escaped = self.joined.cut(from + 1..self.at);
                    inner.push_for(escaped, self.joined.span(from..self.at));
                }
                _ => {
                    self.step();
                    while self
                        .peek()
                        .is_some_and(|byte| !matches!(byte, b'`' | b'\\'))
                    {
                        self.at += 1;
                    }
                    inner.append(&self.joined.part(from..self.at));
                }
            }
        }
        let list = self.within(&inner);
        self.add(parts, PartKind::Command(list), quoting, start);
    }
}
