//! The limits of a property before and after: which were drawn closer and which were widened. It words only what changed.

use rtreg_model::{PropertyDecl, PropertyKind, PropertyValue, Spanned};

use crate::pair::{Pair, default_words};

/// Two keywords that limit the same thing.
#[derive(Clone, Copy)]
pub(crate) enum Family {
    /// MIN and MAX of an INT.
    Range,
    /// MINLENGTH and MAXLENGTH.
    Length,
    /// ARRAY_MINSIZE and ARRAY_MAXSIZE.
    ArraySize,
}

/// A limit that changed.
pub(crate) struct LimitChange<'a> {
    pub(crate) old: &'a PropertyDecl,
    pub(crate) new: &'a PropertyDecl,
    pub(crate) keyword: &'static str,
    before: Option<i64>,
    after: Option<i64>,
    pub(crate) narrower: bool,
}

type Limit = fn(&PropertyDecl) -> &Option<Spanned<i64>>;

impl Family {
    fn low(self) -> (&'static str, Limit) {
        match self {
            Self::Range => ("MIN", |it| &it.min),
            Self::Length => ("MINLENGTH", |it| &it.min_length),
            Self::ArraySize => ("ARRAY_MINSIZE", |it| &it.array_min_size),
        }
    }

    fn high(self) -> (&'static str, Limit) {
        match self {
            Self::Range => ("MAX", |it| &it.max),
            Self::Length => ("MAXLENGTH", |it| &it.max_length),
            Self::ArraySize => ("ARRAY_MAXSIZE", |it| &it.array_max_size),
        }
    }

    fn applies(self, kind: &PropertyKind) -> bool {
        match self {
            Self::Range => *kind == PropertyKind::Int,
            Self::Length => matches!(kind, PropertyKind::String | PropertyKind::StringArray),
            Self::ArraySize => *kind == PropertyKind::StringArray,
        }
    }

    /// Without a limit an INT may be as small as it likes; lengths and numbers end at 0.
    fn least(self) -> i64 {
        match self {
            Self::Range => i64::MIN,
            Self::Length | Self::ArraySize => 0,
        }
    }
}

/// The limits of one family that changed, of all properties that both versions have with the same type.
pub(crate) fn changes<'a>(pair: &Pair<'a>, family: Family) -> Vec<LimitChange<'a>> {
    let mut changes = Vec::new();
    for (old, new) in pair.alike().filter(|(old, _)| family.applies(&old.kind)) {
        for (is_low, (keyword, limit)) in [(true, family.low()), (false, family.high())] {
            let value = |property: &PropertyDecl| limit(property).as_ref().map(|limit| limit.value);
            let (before, after) = (value(old), value(new));
            let bound = |limit: Option<i64>| limit.unwrap_or(if is_low { family.least() } else { i64::MAX });
            let (from, to) = (bound(before), bound(after));
            if from != to {
                changes.push(LimitChange { old, new, keyword, before, after, narrower: (to > from) == is_low });
            }
        }
    }
    changes
}

impl LimitChange<'_> {
    /// What changed, as a sentence.
    pub(crate) fn words(&self) -> String {
        let words = |limit: Option<i64>| limit.map_or("not limited".to_owned(), |limit| limit.to_string());
        let (keyword, name) = (self.keyword, &self.new.name.value);
        format!("{keyword} of `{name}` was {}, and is {} now", words(self.before), words(self.after))
    }

    /// What to do where values may no longer fit.
    pub(crate) fn help(&self) -> String {
        let default = self.old.default.as_ref().filter(|default| self.breaks(&default.value));
        let also = default.map(|_| format!("; the old default {} is one of them", default_words(self.old)));
        format!(
            "a resource with a value that no longer fits needs a new one in the command that upgrades it{}: tell the \
             administrators",
            also.unwrap_or_default()
        )
    }

    /// Whether a value breaks the new limit.
    fn breaks(&self, value: &PropertyValue) -> bool {
        let length = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        let measures = match (value, self.keyword) {
            (PropertyValue::Int(number), _) => vec![*number],
            (PropertyValue::StringArray(list), "ARRAY_MINSIZE" | "ARRAY_MAXSIZE") => vec![length(list.len())],
            (PropertyValue::StringArray(list), _) => list.iter().map(|element| length(element.len())).collect(),
            (PropertyValue::String(text), _) => vec![length(text.len())],
            (PropertyValue::Boolean(_), _) => Vec::new(),
        };
        let is_low = self.keyword.contains("MIN");
        let breaks = |limit: i64| measures.iter().any(|&it| if is_low { it < limit } else { it > limit });
        self.after.is_some_and(breaks)
    }
}
