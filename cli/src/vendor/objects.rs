//! Which objects the operands of a vendor's command mean, and what `-p`, `-x` and `-y` say. Reads, never changes.

use rtreg_model::standard::standard_property;
use rtreg_registry::commands::names::{self, ResourceFilter, ResourceName};
use rtreg_registry::commands::{list, show, show_type};
use rtreg_registry::inspect;

use super::Call;
use super::options::{unsupported, wrong};
use crate::error::CliError;

/// The property whose value `clresource set` upgrades to.
const TYPE_VERSION: &str = "Type_version";

/// Values of a command.
#[derive(Debug, Default)]
pub struct Values {
    /// `NAME=VALUE`, as the registry reads them.
    pub properties: Vec<String>,
    /// The version that is asked for with Type_version.
    pub type_version: Option<String>,
}

impl Call<'_> {
    /// The resources that the operands and the options `-g` and `-t` mean.
    ///
    /// # Errors
    /// What the registry says of the names in `-g` and `-t`.
    pub fn resources(&self) -> Result<Vec<ResourceName>, CliError> {
        let filter = ResourceFilter { groups: self.parsed.list('g'), types: self.parsed.list('t') };
        let store = self.app.store_for_reading()?;
        let found = inspect(store, |view| names::resources(view, &filter))?;
        if self.means_all() {
            return Ok(found);
        }
        let is_filtered = !filter.groups.is_empty() || !filter.types.is_empty();
        let named = |name: &String| match found.iter().find(|found| found.name == *name) {
            Some(found) => Some(found.clone()),
            None if is_filtered => None,
            // That there is no such resource the registry says.
            None => inspect(store, |view| show::resource(view, name)).err().map(|_| ResourceName::unknown(name)),
        };
        Ok(self.parsed.operands.iter().filter_map(named).collect())
    }

    /// The names of [`Call::resources`].
    ///
    /// # Errors
    /// As there.
    pub fn resource_names(&self) -> Result<Vec<String>, CliError> {
        Ok(self.resources()?.into_iter().map(|resource| resource.name).collect())
    }

    /// The groups that the operands mean.
    ///
    /// # Errors
    /// A store that fails.
    pub fn group_names(&self) -> Result<Vec<String>, CliError> {
        if self.means_all() {
            return Ok(inspect(self.app.store_for_reading()?, names::groups)?);
        }
        Ok(self.parsed.operands.clone())
    }

    /// The types that the operands mean.
    ///
    /// # Errors
    /// A store that fails.
    pub fn type_names(&self) -> Result<Vec<String>, CliError> {
        if self.means_all() {
            let listed = inspect(self.app.store_for_reading()?, |view| list::list(view, None))?;
            return Ok(listed.types.into_iter().map(|listed| listed.name).collect());
        }
        Ok(self.parsed.operands.clone())
    }

    /// Whether `+` or nothing stands where names stand.
    fn means_all(&self) -> bool {
        self.parsed.operands.iter().all(|operand| operand == "+")
    }

    /// A resource, with what its type says of its properties.
    ///
    /// # Errors
    /// There is none.
    pub fn shown_resource(&self, name: &str) -> Result<(show::ResourceReport, show_type::Report), CliError> {
        Ok(inspect(self.app.store_for_reading()?, |view| {
            let resource = show::resource(view, name)?;
            let resource_type = show_type::show(view, &resource.resource_type)?;
            Ok((resource, resource_type))
        })?)
    }

    /// What the options with these letters say: `-x` names extension properties, `-y` system-defined ones, `-p` both.
    ///
    /// # Errors
    /// A property of the wrong kind; `+=` and `-=`; two versions.
    pub fn values(&self, letters: &[char]) -> Result<Values, CliError> {
        let mut values = Values::default();
        for &letter in letters {
            for text in self.parsed.all(letter) {
                let (left, value) = text.split_once('=').ok_or_else(|| {
                    wrong(format!("expected NAME=VALUE behind `-{letter}`, found `{text}`"))
                        .help("an empty value is `NAME=`")
                })?;
                self.check_name(letter, left)?;
                if !left.eq_ignore_ascii_case(TYPE_VERSION) {
                    values.properties.push(text.to_owned());
                } else if values.type_version.replace(value.to_owned()).is_some() {
                    return Err(wrong("expected Type_version once, found it again".to_owned()).help("give one version"));
                }
            }
        }
        Ok(values)
    }

    fn check_name(&self, letter: char, left: &str) -> Result<(), CliError> {
        if left.ends_with(['+', '-']) {
            return Err(unsupported(format!("`{left}=` is not supported: rtreg sets whole values"))
                .help("give the whole list: `NAME=VALUE,VALUE`"));
        }
        let name = left.split('{').next().unwrap_or(left);
        let is_standard = standard_property(name).is_some();
        if name.len() < left.len() && name.eq_ignore_ascii_case(TYPE_VERSION) {
            return Err(wrong(format!("expected {TYPE_VERSION} without a node, found `{left}`"))
                .help("the version belongs to the resource, not to a node"));
        }
        match letter {
            'x' if is_standard => Err(wrong(format!("expected an extension property behind `-x`, found `{name}`"))
                .help(format!("`{name}` is system-defined: write `-y` or `-p`"))),
            'y' if !is_standard => {
                Err(wrong(format!("expected a system-defined property behind `-y`, found `{name}`"))
                    .help(format!("if `{name}` is an extension property, write `-x` or `-p`")))
            }
            _ => Ok(()),
        }
    }
}
