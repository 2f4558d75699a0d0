//! "Did you mean": the nearest word of a closed vocabulary.

/// The word nearest to `word`, if it is near enough to be meant: at most a third of its letters wrong, two at least for
/// words of four letters or more; case does not count.
///
/// ```
/// assert_eq!(rtreg_model::suggest::nearest("Retry_cuont", ["Retry_count", "Retry_interval"]), Some("Retry_count"));
/// assert_eq!(rtreg_model::suggest::nearest("zebra", ["Retry_count"]), None);
/// ```
pub fn nearest<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    near(word, words).into_iter().min_by_key(|&(distance, _)| distance).map(|(_, candidate)| candidate)
}

/// How many letters may be wrong in a word that is replaced without asking.
const SURE: usize = 2;

/// The nearest word as [`nearest`] gives it, if no other is as near and at most two letters are wrong: sure enough to be put
/// in place of `word`.
///
/// ```
/// assert_eq!(rtreg_model::suggest::only_nearest("MXA", ["MIN", "MAX"]), Some("MAX"));
/// assert_eq!(rtreg_model::suggest::only_nearest("MAN", ["MIN", "MAX"]), None);
/// assert_eq!(rtreg_model::suggest::only_nearest("ExtensionENUM", ["EXTENSION", "ENUM"]), None);
/// ```
pub fn only_nearest<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let near = near(word, words);
    let &(least, candidate) = near.iter().min_by_key(|&&(distance, _)| distance)?;
    let count = near.iter().filter(|&&(distance, _)| distance == least).count();
    (count == 1 && least <= SURE).then_some(candidate)
}

/// The words that are near enough, each with its distance.
fn near<'w>(word: &str, words: impl IntoIterator<Item = &'w str>) -> Vec<(usize, &'w str)> {
    if word.len() > 64 {
        return Vec::new();
    }
    let word = word.to_ascii_lowercase();
    let limit = if word.len() < 4 { 1 } else { (word.len() / 3).max(2) };
    words
        .into_iter()
        // Each letter more or less is a letter wrong.
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= limit)
        .map(|candidate| (distance(word.as_bytes(), candidate.to_ascii_lowercase().as_bytes()), candidate))
        .filter(|&(distance, candidate)| distance <= limit && distance < candidate.len())
        .collect()
}

/// Optimal string alignment: insertions, deletions, substitutions, swaps of neighbours.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut current = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let substitution = previous[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substitution.min(previous[j] + 1).min(current[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            current[j] = best;
        }
        before = std::mem::replace(&mut previous, current);
    }
    previous[b.len()]
}
