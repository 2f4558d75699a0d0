//! The commands of the registry, one file each: a request, the rules, a report. A command decides on a
//! [`crate::Transaction`] or [`crate::View`]; it never commits and never prints.

pub mod before;
pub mod changes;
mod dependencies;
pub mod driven;
pub mod driver;
pub mod effects;
mod event;
pub mod group;
mod group_move;
mod group_set;
pub mod history_verify;
pub mod history_view;
pub mod import;
pub mod imported;
pub mod installed;
mod installed_change;
pub mod list;
pub mod names;
pub mod node;
pub mod observe;
pub mod planning;
pub mod properties;
pub mod register;
pub mod resource;
mod scene;
pub mod seen;
pub mod settings;
pub mod show;
pub mod show_type;
pub mod status;
pub mod switch;
pub mod told;
mod type_index;
pub mod type_set;
pub mod unregister;
pub mod upgrade;
pub mod version;
pub mod witnesses;

pub use type_index::users;

/// Rows as a table: columns are two blanks apart, the last one is as wide as it wants.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}
