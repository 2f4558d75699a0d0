//! Words of a command line as getopts(1) and the vendor's commands read them: single letters that may be bundled, a value
//! behind its letter or in the next word, long forms with `--` (Intro(1CL)), options before operands. It knows nothing of
//! what an option means.

use rtreg_registry::Refusal;

use crate::error::{CliError, Exit};

/// An option of a vendor's command.
#[derive(Debug, Clone, Copy)]
pub struct Opt {
    /// Its letter.
    pub letter: char,
    /// Its long form; empty where there is none.
    pub long: &'static str,
    /// What its value is called; none of an option without value.
    pub value: Option<&'static str>,
    /// Why rtreg cannot honour it; none of one that it can.
    pub refused: Option<&'static str>,
}

impl Opt {
    /// An option without value.
    pub const fn flag(letter: char, long: &'static str) -> Self {
        Self { letter, long, value: None, refused: None }
    }

    /// An option with a value.
    pub const fn value(letter: char, long: &'static str, value: &'static str) -> Self {
        Self { letter, long, value: Some(value), refused: None }
    }

    /// The same option, which the vendor's command has and rtreg cannot honour.
    pub const fn refused(self, why: &'static str) -> Self {
        Self { refused: Some(why), ..self }
    }

    /// As a help text shows it: `-n NODE,…`.
    pub fn usage(&self) -> String {
        self.value.map_or_else(|| format!("-{}", self.letter), |value| format!("-{} {value}", self.letter))
    }
}

/// What stands behind a subcommand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parsed {
    options: Vec<(char, String)>,
    /// What is no option.
    pub operands: Vec<String>,
}

impl Parsed {
    /// Whether an option is given.
    pub fn has(&self, letter: char) -> bool {
        self.count(letter) > 0
    }

    /// How often an option is given.
    pub fn count(&self, letter: char) -> usize {
        self.all(letter).count()
    }

    /// The same about one operand, without some options.
    pub fn about(&self, operand: &str, letters: &[char]) -> Self {
        let options = self.options.iter().filter(|(letter, _)| !letters.contains(letter)).cloned().collect();
        Self { options, operands: vec![operand.to_owned()] }
    }

    /// All values of an option, in their order.
    pub fn all(&self, letter: char) -> impl Iterator<Item = &str> {
        self.options.iter().filter(move |(found, _)| *found == letter).map(|(_, value)| value.as_str())
    }

    /// The values of an option that takes lists with commas.
    pub fn list(&self, letter: char) -> Vec<String> {
        self.all(letter).flat_map(|value| value.split(',')).map(str::to_owned).collect()
    }

    /// The value of an option that may be given once.
    ///
    /// # Errors
    /// It is given twice.
    pub fn one(&self, letter: char) -> Result<Option<&str>, CliError> {
        let mut values = self.all(letter);
        match (values.next(), values.next()) {
            (first, None) => Ok(first),
            (_, Some(_)) => Err(wrong(format!("expected `-{letter}` once, found it again")).help("give it once")),
        }
    }
}

/// Words that are no command (vendor: invalid argument).
pub fn wrong(message: String) -> CliError {
    CliError::new(Exit::Usage, Refusal::new("vendor_usage", message))
}

/// What the vendor's command can do and rtreg cannot.
pub fn unsupported(message: String) -> CliError {
    CliError::new(Exit::Usage, Refusal::new("vendor_unsupported", message))
}

/// Reads the words behind a subcommand.
///
/// # Errors
/// An option that is not known, not supported, without its value, or behind an operand.
pub fn parse(words: &[String], known: &[Opt]) -> Result<Parsed, CliError> {
    let mut parsed = Parsed::default();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next_if(|word| word.starts_with('-') && word.len() > 1) {
        if word == "--" {
            break;
        }
        let mut next = || words.next().cloned();
        match word.strip_prefix("--") {
            Some(long) => parsed.options.push(long_option(long, known, &mut next)?),
            None => bundle(word, known, &mut next, &mut parsed.options)?,
        }
    }
    parsed.operands = words.cloned().collect();
    match parsed.operands.iter().skip(1).find(|word| word.starts_with('-') && word.len() > 1) {
        Some(late) => Err(wrong(format!("expected the options before the operands, found `{late}` behind them"))
            .help("put the options first, as the vendor's command wants them")),
        None => Ok(parsed),
    }
}

fn long_option(
    word: &str,
    known: &[Opt],
    next: &mut dyn FnMut() -> Option<String>,
) -> Result<(char, String), CliError> {
    let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value.to_owned())));
    let option = known.iter().find(|option| option.long == name && !name.is_empty());
    let option = option.ok_or_else(|| unknown(&format!("--{name}"), known))?;
    refuse(option, &format!("--{name}"))?;
    match (option.value, value) {
        (None, None) => Ok((option.letter, String::new())),
        (None, Some(value)) => {
            Err(wrong(format!("expected `--{name}` without a value, found `{value}`")).help("leave the value out"))
        }
        (Some(_), Some(value)) => Ok((option.letter, value)),
        (Some(what), None) => Ok((option.letter, next().ok_or_else(|| missing(&format!("--{name}"), what))?)),
    }
}

fn bundle(
    word: &str,
    known: &[Opt],
    next: &mut dyn FnMut() -> Option<String>,
    options: &mut Vec<(char, String)>,
) -> Result<(), CliError> {
    let mut rest = word.chars();
    rest.next();
    while let Some(letter) = rest.next() {
        let shown = format!("-{letter}");
        let option = known.iter().find(|option| option.letter == letter).ok_or_else(|| unknown(&shown, known))?;
        refuse(option, &shown)?;
        let Some(what) = option.value else {
            options.push((letter, String::new()));
            continue;
        };
        let value = if rest.as_str().is_empty() { next() } else { Some(rest.as_str().to_owned()) };
        options.push((letter, value.ok_or_else(|| missing(&shown, what))?));
        break;
    }
    Ok(())
}

fn refuse(option: &Opt, shown: &str) -> Result<(), CliError> {
    match option.refused {
        Some(why) => Err(unsupported(format!("{shown} is not supported: {why}"))),
        None => Ok(()),
    }
}

fn unknown(shown: &str, known: &[Opt]) -> CliError {
    let options: Vec<String> = known.iter().filter(|option| option.refused.is_none()).map(Opt::usage).collect();
    wrong(format!("expected one of {}, found the unknown option `{shown}`", options.join(", ")))
        .help("`-?` behind the subcommand shows what it takes")
}

fn missing(shown: &str, what: &str) -> CliError {
    wrong(format!("expected {what} behind `{shown}`, found nothing")).help(format!("write `{shown} {what}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Opt] = &[
        Opt::flag('e', "enable"),
        Opt::flag('M', "manage"),
        Opt::value('n', "node", "NODE,…"),
        Opt::value('Z', "zonecluster", "ZONE").refused("there are no zones here"),
    ];

    fn read(line: &str) -> Result<Parsed, String> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        parse(&words, KNOWN).map_err(|error| error.refusal().message.clone())
    }

    #[test]
    fn bundles_values_and_operands() {
        for line in
            ["-eMn a,b g1 g2", "-e -M -na,b g1 g2", "--enable --manage --node=a,b -- g1 g2", "-eM --node a,b g1 g2"]
        {
            let parsed = read(line).expect(line);
            assert!(parsed.has('e') && parsed.has('M'), "{line}");
            assert_eq!(parsed.list('n'), ["a", "b"], "{line}");
            assert_eq!(parsed.operands, ["g1", "g2"], "{line}");
        }
        assert_eq!(read("+").expect("an operand").operands, ["+"]);
        assert!(read("-n a -n b +").expect("twice").one('n').is_err());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, words) in [
            ("-x g", "unknown option `-x`"),
            ("-ex g", "unknown option `-x`"),
            ("--extra g", "unknown option `--extra`"),
            ("-n", "expected NODE,… behind `-n`"),
            ("--enable=1 g", "without a value"),
            ("-Z z g", "-Z is not supported: there are no zones here"),
            ("-eZz g", "-Z is not supported"),
            ("g -e", "options before the operands"),
        ] {
            let message = read(line).expect_err(line);
            assert!(message.contains(words), "{line}: {message}");
        }
    }
}
