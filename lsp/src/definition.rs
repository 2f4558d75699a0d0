//! From a method to its script. Looked for, in this order (`docs/editor.md`):
//!
//! 1. the path of the cluster: as declared if it is absolute, else completed with RT_basedir;
//! 2. as declared, from the folder of the RTR file, from its `bin/`, and from `bin/` beside that folder;
//! 3. the same with the last part of the path alone, for a file that declares whole paths.

use std::path::{Path, PathBuf};

use gen_lsp_types::{Location, Position, Range};
use rtreg_model::{Method, MethodPath};

use crate::document::Document;
use crate::uri;

/// The script of the method that is declared at a place, if there is one.
pub(crate) fn definition(document: &Document, position: Position) -> Option<Location> {
    let rtr = document.rtr();
    let at = document.text.at(position);
    let declaration = rtr.declarations().find(|it| it.span.start <= at && at <= it.span.end)?;
    let method = Method::parse(&declaration.name.to_text())?;
    // A file without Resource_type has no type, and yet its methods have paths.
    let path = match rtreg_parser::lower(&rtr).and_then(|mut it| it.methods.remove(&method)) {
        Some(path) => path,
        None => {
            let declared = declaration.text()?;
            let absolute = declared.value.clone();
            MethodPath::new(declared, absolute)
        }
    };
    let folder = document.path.as_deref().and_then(Path::parent);
    let found = candidates(&path, folder).into_iter().find(|path| path.is_file())?;
    Some(Location { uri: uri::of_path(&found), range: Range::default() })
}

fn candidates(path: &MethodPath, folder: Option<&Path>) -> Vec<PathBuf> {
    let absolute = Some(PathBuf::from(&path.absolute)).filter(|path| path.is_absolute());
    let declared = Path::new(&path.declared.value);
    let relative = Some(declared).filter(|path| path.is_relative());
    let last = declared.file_name().map(Path::new);
    let near = |name: &Path| {
        let up = folder.and_then(Path::parent).map(|up| up.join("bin"));
        let folders = folder.into_iter().flat_map(|folder| [folder.to_path_buf(), folder.join("bin")]).chain(up);
        folders.map(|folder| folder.join(name)).collect::<Vec<_>>()
    };
    absolute.into_iter().chain(relative.into_iter().chain(last).flat_map(near)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtreg_model::{Span, Spanned};

    #[test]
    fn the_cluster_comes_first_and_then_what_lies_near() {
        let path = |declared: &str, absolute: &str| {
            MethodPath::new(Spanned::new(declared.to_owned(), Span::default()), absolute)
        };
        let folder = Path::new("/src/web/etc");
        let found = |path: &MethodPath| {
            let found = candidates(path, Some(folder));
            found.iter().map(|path| path.display().to_string()).collect::<Vec<_>>()
        };
        let relative = path("sub/start", "/opt/web/sub/start");
        let expected =
            ["/opt/web/sub/start", "/src/web/etc/sub/start", "/src/web/etc/bin/sub/start", "/src/web/bin/sub/start"];
        assert_eq!(found(&relative)[..4], expected);
        let absolute = path("/opt/web/start", "/opt/web/start");
        assert_eq!(
            found(&absolute),
            ["/opt/web/start", "/src/web/etc/start", "/src/web/etc/bin/start", "/src/web/bin/start"]
        );
        assert!(candidates(&path("start", "start"), None).is_empty());
    }
}
