//! The outline of a file: the type, and in it its methods, `#$upgrade_from` lines and properties. Names are the file's.

use gen_lsp_types::{DocumentSymbol, SymbolKind};
use rtreg_model::{Method, Span};
use rtreg_parser::{Declaration, Directive, DirectiveKind, Entry, Item, Rtr, lower, read};

use crate::document::Document;

/// The symbols: one type with all in it, or all of a file that names no type.
pub(crate) fn symbols(document: &Document) -> Vec<DocumentSymbol> {
    let rtr = document.rtr();
    let inner: Vec<DocumentSymbol> = rtr.items.iter().filter_map(|item| symbol(document, &rtr, item)).collect();
    let Some(declaration) = rtr.declaration("Resource_type").filter(|declaration| declaration.text().is_some()) else {
        return inner;
    };
    let name = lower(&rtr).map_or_else(|| declaration.name.to_text(), |it| it.name().to_string());
    let whole = Span::new(0, u32::try_from(rtr.source.len()).unwrap_or(u32::MAX));
    let mut symbol = new(document, (name, SymbolKind::Class), whole, declaration.span);
    symbol.children = Some(inner);
    vec![symbol]
}

fn new(document: &Document, (name, kind): (String, SymbolKind), whole: Span, named: Span) -> DocumentSymbol {
    // The protocol wants no empty name.
    let name = if name.trim().is_empty() { "\"\"".to_owned() } else { name };
    let (range, selection_range) = (document.text.range(whole), document.text.range(named));
    DocumentSymbol::new(name, None, kind, None, None, range, selection_range, None)
}

fn symbol(document: &Document, rtr: &Rtr<'_>, item: &Item<'_>) -> Option<DocumentSymbol> {
    match item {
        Item::Declaration(declaration) => method(document, declaration),
        Item::Directive(directive) => upgrade(document, rtr, directive),
        Item::Entry(entry) => property(document, entry),
        _ => None,
    }
}

fn method(document: &Document, declaration: &Declaration<'_>) -> Option<DocumentSymbol> {
    let method = Method::parse(&declaration.name.to_text())?;
    let name = (method.as_str().to_owned(), SymbolKind::Method);
    let mut symbol = new(document, name, declaration.span, declaration.name.span);
    symbol.detail = declaration.text().map(|path| path.value);
    Some(symbol)
}

fn upgrade(document: &Document, rtr: &Rtr<'_>, directive: &Directive<'_>) -> Option<DocumentSymbol> {
    let DirectiveKind::UpgradeFrom { version: Some(version), tunability } = &directive.kind else { return None };
    let name = format!("upgrade_from {}", String::from_utf8_lossy(rtr.text(version.span)));
    let mut symbol = new(document, (name, SymbolKind::Event), directive.span, version.span);
    symbol.detail = tunability.map(|word| word.to_text());
    Some(symbol)
}

fn property(document: &Document, entry: &Entry<'_>) -> Option<DocumentSymbol> {
    let name = entry.property()?;
    let kind = if entry.is_extension() { SymbolKind::Field } else { SymbolKind::Property };
    let mut symbol = new(document, (name.to_text(), kind), entry.span, name.span);
    symbol.detail = read::kinds(entry).into_iter().next().map(|kind| kind.value.as_str().to_owned());
    Some(symbol)
}
