//! The grammar of RTR files once more, strict and without recovery: accepts a text or not. It shares no code with the
//! parser, so that a text which the parser takes in silence and this refuses is a hole. It never says what is wrong.

/// Whether the text is an RTR file by the grammar alone: statements, directives and entries complete and in order. Names
/// and values are not judged.
pub fn accepts(source: &[u8]) -> bool {
    let Some(tokens) = lex(source) else { return false };
    let mut reader = Reader { tokens, at: 0 };
    while matches!(reader.peek(), Some(Token::Word(_))) {
        if !reader.statement(false) {
            return false;
        }
    }
    while let Some(Token::Directive(line)) = reader.peek() {
        if !directive(&line) {
            return false;
        }
        reader.at += 1;
    }
    while reader.take(&Token::Mark(b'{')) {
        while matches!(reader.peek(), Some(Token::Word(_))) {
            if !reader.statement(true) {
                return false;
            }
        }
        if !reader.take(&Token::Mark(b'}')) {
            return false;
        }
    }
    reader.peek().is_none()
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(Vec<u8>),
    Quoted,
    Mark(u8),
    Directive(Vec<u8>),
}

fn lex(source: &[u8]) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = source.get(at) {
        let rest = &source[at..];
        let line = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'#' => {
                if rest.starts_with(b"#$") {
                    tokens.push(Token::Directive(rest[2..line].to_vec()));
                }
                at += line;
            }
            b'{' | b'}' | b';' | b'=' | b',' => {
                tokens.push(Token::Mark(byte));
                at += 1;
            }
            b'"' => {
                at += 2 + rest[1..line].iter().position(|&byte| byte == b'"')?;
                tokens.push(Token::Quoted);
            }
            _ => {
                let end = rest.iter().position(|byte| b" \t\r\n{};=,#\"".contains(byte)).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..end].to_vec()));
                at += end;
            }
        }
    }
    Some(tokens)
}

fn directive(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line).to_ascii_lowercase();
    let Some(rest) = text.strip_prefix("upgrade_from") else { return text.trim_end() == "upgrade" };
    let mut parts = rest.trim_start().strip_prefix('"').unwrap_or_default().splitn(2, '"');
    let (version, tunability) = (parts.next(), parts.next().unwrap_or_default());
    version.is_some()
        && !tunability.is_empty()
        && tunability.split_whitespace().count() == 1
        && !tunability.contains('"')
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).cloned()
    }

    fn take(&mut self, token: &Token) -> bool {
        let taken = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(taken);
        taken
    }

    fn value(&mut self) -> bool {
        let is_value = matches!(self.tokens.get(self.at), Some(Token::Word(_) | Token::Quoted));
        self.at += usize::from(is_value);
        is_value
    }

    fn list(&mut self) -> bool {
        if !self.value() {
            return false;
        }
        while self.take(&Token::Mark(b',')) {
            if !self.value() {
                return false;
            }
        }
        true
    }

    fn statement(&mut self, in_entry: bool) -> bool {
        let Some(Token::Word(name)) = self.peek() else { return false };
        self.at += 1;
        if in_entry && name.eq_ignore_ascii_case(b"ENUM") && self.take(&Token::Mark(b'{')) {
            return self.list() && self.take(&Token::Mark(b'}')) && self.take(&Token::Mark(b';'));
        }
        if self.take(&Token::Mark(b'=')) && self.take(&Token::Mark(b';')) {
            return true;
        }
        let assigned = self.tokens.get(self.at.wrapping_sub(1)) == Some(&Token::Mark(b'='));
        (!assigned || self.list()) && self.take(&Token::Mark(b';'))
    }
}

#[cfg(test)]
mod tests {
    use super::accepts;

    #[test]
    fn accepts_the_language_and_nothing_else() {
        let right = [
            "A = b; C; D = ; E = \"x;\", y;\n#$upgrade\n#$upgrade_from \"\" ANYTIME\n{ P = x; ENUM { a, b }; F; }\n",
            "# only a comment",
        ];
        let wrong = [
            "A = b",
            "A b;",
            "A = b c;",
            "A = b,;",
            "A = \"b;\n",
            "= b;",
            "{ P = x;",
            "{ P = x; }}",
            "{ P = x; } A = b;",
            "#$upgrade\nA = b;",
            "#$upgrades\n",
            "#$upgrade_from 1 ANYTIME\n",
            "#$upgrade_from \"1\"\n",
            "{ ENUM { a b }; }",
        ];
        assert!(right.iter().all(|text| accepts(text.as_bytes())));
        for text in wrong {
            assert!(!accepts(text.as_bytes()), "{text}");
        }
    }
}
