//! The embedded schemas of Kubernetes' own kinds, read in place.
//!
//! A [`Bundle`] is a view of bytes laid out by `format`: opening it checks the section table, and a
//! lookup is a binary search over fixed-size records. Nothing is parsed, allocated or inflated but documentation, and
//! that only when a sentence of it is asked for.
//!
//! Invariant: a read out of bounds gives zero or an empty text, never a panic, so a damaged bundle can only make
//! lookups fail.

use std::fmt;
use std::io::Read;
use std::sync::OnceLock;

use super::format::{self, flag, list, scope, section, size, tag};

static EMBEDDED: &[u8] = include_bytes!("../../schemas/k8s/bundle.bin");

/// Most bytes that the documentation may inflate to.
const MAX_DOCS: u64 = 16 << 20;

/// A release of Kubernetes, as far as schemas care: `1.37`. Patches do not change schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesVersion {
    /// The minor; the major is 1.
    pub minor: u16,
}

impl KubernetesVersion {
    /// Reads `1.37`, `v1.37`, `1.37.2`, `v1.37.2-gke.100`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('v').unwrap_or(text).strip_prefix("1.")?;
        let end = rest
            .find(|char: char| !char.is_ascii_digit())
            .unwrap_or(rest.len());
        let (minor, tail) = rest.split_at(end);
        let tail_fits = tail.is_empty() || tail.starts_with(['.', '+', '-']);
        Some(Self {
            minor: minor.parse().ok().filter(|_| tail_fits)?,
        })
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

/// A set of the bundle's versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Versions(u32);

impl Versions {
    /// No version.
    pub const NONE: Self = Self(0);

    /// The versions in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The versions in either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The versions that are not in the other set.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// How many there are.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// The place of the newest in the bundle's list, counted from one; zero if there is none.
    pub const fn newest(self) -> u32 {
        u32::BITS - self.0.leading_zeros()
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The number of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DefId(u16);

/// The number of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TypeId(u16);

/// The number of an enumeration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnumId(u16);

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Anything, its content unchecked.
    Any,
    /// `true` or `false`.
    Bool,
    /// 32-bit integer.
    Int32,
    /// 64-bit integer.
    Int64,
    /// Number.
    Double,
    /// String.
    String,
    /// Standard base64.
    Bytes,
    /// RFC 3339 time.
    Time,
    /// RFC 3339 time with microseconds.
    MicroTime,
    /// 32-bit integer or string.
    IntOrString,
    /// Number or string such as `500m`, `1Gi`.
    Quantity,
    /// Mapping with the fields of a definition.
    Object(DefId),
    /// List of items of a type.
    List(TypeId),
    /// Mapping from free keys to values of a type.
    Map(TypeId),
    /// String out of a set.
    Enum(EnumId),
    /// A JSON schema or a boolean.
    SchemaOrBool(DefId),
    /// A JSON schema or a list of them.
    SchemaOrList(DefId),
    /// A JSON schema or a list of strings.
    SchemaOrStrings(DefId),
}

/// How a list is merged and what makes its items differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// Not said: replaced as a whole.
    Plain,
    /// Replaced as a whole.
    Atomic,
    /// Every item at most once.
    Set,
    /// Items are known by their [`ListShape::keys`].
    Map,
}

/// What is known of a list beyond the type of its items.
#[derive(Clone, Copy)]
pub struct ListShape<'b> {
    bundle: &'b Bundle<'b>,
    at: usize,
    /// `x-kubernetes-list-type`.
    pub kind: ListKind,
}

impl<'b> ListShape<'b> {
    /// `x-kubernetes-list-map-keys`.
    pub fn keys(&self) -> impl Iterator<Item = &'b str> + use<'b> {
        let lists = self.bundle.section(section::LISTS);
        let (first, count) = (u16_at(lists, self.at + 2), byte_at(lists, self.at + 1));
        self.bundle.ids(first, u16::from(count))
    }

    /// `x-kubernetes-patch-merge-key`: what kubectl and `diff` pair items by.
    pub fn merge_key(&self) -> Option<&'b str> {
        let id = u16_at(self.bundle.section(section::LISTS), self.at + 4);
        Some(self.bundle.string(id.checked_sub(1)?))
    }
}

/// Scope of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Objects live in no namespace.
    Cluster,
    /// Objects live in a namespace.
    Namespaced,
    /// No object of it can be created: lists, options, subresources.
    None,
}

/// A bundle of schemas.
#[derive(Clone, Copy)]
pub struct Bundle<'b> {
    sections: [&'b [u8]; section::COUNT],
}

impl fmt::Debug for Bundle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bundle")
            .field("versions", &self.versions().collect::<Vec<_>>())
            .finish()
    }
}

impl Bundle<'static> {
    /// The bundle in this binary.
    pub fn embedded() -> &'static Self {
        static BUNDLE: OnceLock<Bundle<'static>> = OnceLock::new();
        BUNDLE.get_or_init(|| {
            Bundle::open(EMBEDDED).unwrap_or(Bundle {
                sections: [&[]; section::COUNT],
            })
        })
    }
}

impl<'b> Bundle<'b> {
    /// A view of a bundle's bytes; `None` if they are not one.
    pub fn open(bytes: &'b [u8]) -> Option<Self> {
        if bytes.get(..4)? != format::MAGIC || u32_at(bytes, 4) != format::FORMAT {
            return None;
        }
        let mut sections: [&[u8]; section::COUNT] = [&[]; section::COUNT];
        for (number, slot) in sections.iter_mut().enumerate() {
            let entry = format::HEADER + number * format::SECTION_ENTRY;
            let (start, len) = (u32_at(bytes, entry) as usize, u32_at(bytes, entry + 4) as usize);
            *slot = bytes.get(start..start.checked_add(len)?)?;
        }
        Some(Self { sections })
    }

    fn section(&self, number: usize) -> &'b [u8] {
        self.sections[number]
    }

    /// The versions, oldest first.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = KubernetesVersion> + use<'b> {
        self.section(section::VERSIONS)
            .chunks_exact(size::VERSION)
            .map(|record| KubernetesVersion {
                minor: u16_at(record, 0),
            })
    }

    /// The set that holds one version; empty if the bundle does not have it.
    pub fn only(&self, version: KubernetesVersion) -> Versions {
        Versions(
            self.versions()
                .position(|known| known == version)
                .map_or(0, |bit| 1u32 << (bit & 31)),
        )
    }

    /// The versions of a set, oldest first.
    pub fn list(&self, versions: Versions) -> impl DoubleEndedIterator<Item = KubernetesVersion> + use<'b> {
        let all: Vec<_> = self.versions().enumerate().collect();
        all.into_iter()
            .filter(move |(bit, _)| versions.0 & (1 << (bit & 31)) != 0)
            .map(|(_, version)| version)
    }

    /// The versions of a set in a sentence, runs as ranges: `1.31`, `1.24 to 1.31, 1.34`.
    pub fn named(&self, versions: Versions) -> String {
        let mut runs: Vec<(KubernetesVersion, KubernetesVersion)> = Vec::new();
        let mut before: Option<usize> = None;
        for (bit, version) in self.versions().enumerate() {
            if versions.0 & (1 << (bit & 31)) == 0 {
                continue;
            }
            match runs.last_mut() {
                Some(run) if before.is_some_and(|before| before + 1 == bit) => run.1 = version,
                _ => runs.push((version, version)),
            }
            before = Some(bit);
        }
        let names: Vec<String> = runs
            .into_iter()
            .map(|(first, last)| {
                if first == last {
                    first.to_string()
                } else if first.minor + 1 == last.minor {
                    format!("{first}, {last}")
                } else {
                    format!("{first} to {last}")
                }
            })
            .collect();
        names.join(", ")
    }

    fn string_bytes(&self, id: u16) -> &'b [u8] {
        let offsets = self.section(section::STRINGS);
        let at = usize::from(id) * 4;
        let range = u32_at(offsets, at) as usize..u32_at(offsets, at + 4) as usize;
        self.section(section::TEXT).get(range).unwrap_or_default()
    }

    fn string(&self, id: u16) -> &'b str {
        std::str::from_utf8(self.string_bytes(id)).unwrap_or_default()
    }

    fn ids(&self, first: u16, count: u16) -> impl Iterator<Item = &'b str> + use<'b> {
        let bundle = *self;
        let ids = self.section(section::IDS);
        (0..usize::from(count)).map(move |at| bundle.string(u16_at(ids, (usize::from(first) + at) * 2)))
    }

    /// The type of a number.
    pub fn ty(&self, id: TypeId) -> Type {
        let types = self.section(section::TYPES);
        let at = usize::from(id.0) * size::TYPE;
        let argument = u16_at(types, at + 2);
        match byte_at(types, at) {
            tag::BOOL => Type::Bool,
            tag::INT32 => Type::Int32,
            tag::INT64 => Type::Int64,
            tag::DOUBLE => Type::Double,
            tag::STRING => Type::String,
            tag::BYTES => Type::Bytes,
            tag::TIME => Type::Time,
            tag::MICRO_TIME => Type::MicroTime,
            tag::INT_OR_STRING => Type::IntOrString,
            tag::QUANTITY => Type::Quantity,
            tag::OBJECT => Type::Object(DefId(argument)),
            tag::LIST => Type::List(TypeId(argument)),
            tag::MAP => Type::Map(TypeId(argument)),
            tag::ENUM => Type::Enum(EnumId(argument)),
            tag::SCHEMA_OR_BOOL => Type::SchemaOrBool(DefId(argument)),
            tag::SCHEMA_OR_LIST => Type::SchemaOrList(DefId(argument)),
            tag::SCHEMA_OR_STRINGS => Type::SchemaOrStrings(DefId(argument)),
            _ => Type::Any,
        }
    }

    /// The values of an enumeration, sorted.
    pub fn values(&self, id: EnumId) -> impl Iterator<Item = &'b str> + use<'b> {
        let enums = self.section(section::ENUMS);
        let at = usize::from(id.0) * size::ENUM;
        self.ids(u16_at(enums, at), u16_at(enums, at + 2))
    }

    /// The definition of a number.
    pub fn def(&'b self, id: DefId) -> Def<'b> {
        let defs = self.section(section::DEFS);
        let at = usize::from(id.0) * size::DEF;
        Def {
            bundle: self,
            at,
            first: u32_at(defs, at + 8),
            count: u32_at(defs, at + 12),
        }
    }

    /// The definition of a full OpenAPI name, such as `io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta`.
    pub fn def_named(&'b self, name: &str) -> Option<DefId> {
        let defs = self.section(section::DEFS);
        let count = defs.len() / size::DEF;
        let found = search(count, |at| {
            self.string_bytes(u16_at(defs, at * size::DEF))
                .cmp(name.as_bytes())
        });
        let at = u16::try_from(found.ok()?).ok()?;
        Some(DefId(at))
    }

    /// The kinds, sorted by group, version and kind.
    pub fn kinds(&'b self) -> impl Iterator<Item = KindEntry<'b>> {
        (0..self.section(section::KINDS).len() / size::KIND).map(|at| self.kind_at(at))
    }

    /// The entries of one kind: more than one if its definition, plural or scope changed between versions.
    pub fn kind(&'b self, group: &str, version: &str, kind: &str) -> impl Iterator<Item = KindEntry<'b>> {
        let kinds = self.section(section::KINDS);
        let count = kinds.len() / size::KIND;
        let compare = move |at: usize| {
            let part = |offset| self.string_bytes(u16_at(kinds, at * size::KIND + offset));
            part(0)
                .cmp(group.as_bytes())
                .then_with(|| part(2).cmp(version.as_bytes()))
                .then_with(|| part(4).cmp(kind.as_bytes()))
        };
        let mut first = match search(count, compare) {
            Ok(at) => at,
            Err(_) => count,
        };
        while first > 0 && first < count && compare(first - 1).is_eq() {
            first -= 1;
        }
        (first..count)
            .take_while(move |&at| compare(at).is_eq())
            .map(|at| self.kind_at(at))
    }

    fn kind_at(&'b self, at: usize) -> KindEntry<'b> {
        let kinds = self.section(section::KINDS);
        let at = at * size::KIND;
        KindEntry {
            group: self.string(u16_at(kinds, at)),
            version: self.string(u16_at(kinds, at + 2)),
            kind: self.string(u16_at(kinds, at + 4)),
            plural: self.string(u16_at(kinds, at + 6)),
            def: DefId(u16_at(kinds, at + 8)),
            scope: match byte_at(kinds, at + 10) {
                scope::CLUSTER => Scope::Cluster,
                scope::NAMESPACED => Scope::Namespaced,
                _ => Scope::None,
            },
            present: Versions(u32_at(kinds, at + 12)),
        }
    }

    /// A sentence of documentation; empty if there is none.
    fn doc(&self, offset: u32) -> &'static str {
        static TEXT: OnceLock<String> = OnceLock::new();
        if offset == 0 {
            return "";
        }
        let docs = self.section(section::DOCS);
        let text = TEXT.get_or_init(|| {
            let mut text = String::new();
            let mut inflated = flate2::read::ZlibDecoder::new(docs).take(MAX_DOCS);
            // Documentation is a comfort: without it a finding has one sentence less.
            if inflated.read_to_string(&mut text).is_err() {
                text.clear();
            }
            text
        });
        text.get(offset as usize..)
            .and_then(|rest| rest.split('\n').next())
            .unwrap_or_default()
    }
}

/// A kind in some versions.
#[derive(Debug, Clone, Copy)]
pub struct KindEntry<'b> {
    /// The API group; empty for the core group.
    pub group: &'b str,
    /// The API version.
    pub version: &'b str,
    /// The kind.
    pub kind: &'b str,
    /// The resource's plural name; empty if no object of the kind can be created.
    pub plural: &'b str,
    /// Its definition.
    pub def: DefId,
    /// Its scope.
    pub scope: Scope,
    /// The versions that serve it so.
    pub present: Versions,
}

impl KindEntry<'_> {
    /// `apps/v1`, `v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}

/// A definition: the fields of a mapping.
#[derive(Clone, Copy)]
pub struct Def<'b> {
    bundle: &'b Bundle<'b>,
    at: usize,
    first: u32,
    count: u32,
}

impl<'b> Def<'b> {
    /// The full OpenAPI name.
    pub fn name(&self) -> &'b str {
        self.bundle
            .string(u16_at(self.bundle.section(section::DEFS), self.at))
    }

    /// The name without package: `PodSpec`.
    pub fn short_name(&self) -> &'b str {
        let name = self.name();
        name.rsplit('.').next().unwrap_or(name)
    }

    /// The first sentence of the description.
    pub fn doc(&self) -> &'static str {
        self.bundle
            .doc(u32_at(self.bundle.section(section::DEFS), self.at + 16))
    }

    /// The fields that some of the versions have, sorted by name. A field whose type changed comes once for each type.
    pub fn fields(self, versions: Versions) -> impl Iterator<Item = Field<'b>> {
        (0..self.count)
            .map(move |number| self.field_at(number))
            .filter(move |field| !field.present().and(versions).is_empty())
    }

    /// The entries of a field in any version, by exact name.
    pub fn field(self, name: &str) -> impl Iterator<Item = Field<'b>> {
        let count = self.count as usize;
        let compare = move |at: usize| self.field_at(at as u32).name_bytes().cmp(name.as_bytes());
        let mut first = search(count, compare).unwrap_or(count);
        while first > 0 && first < count && compare(first - 1).is_eq() {
            first -= 1;
        }
        // Nearly always one entry, so the name is compared again only behind it.
        (first..count)
            .take_while(move |&at| at == first || compare(at).is_eq())
            .map(move |at| self.field_at(at as u32))
    }

    fn field_at(self, number: u32) -> Field<'b> {
        let at = (self.first as usize)
            .saturating_add(number as usize)
            .saturating_mul(size::FIELD);
        let fields = self.bundle.section(section::FIELDS);
        Field {
            bundle: self.bundle,
            record: fields.get(at..at.saturating_add(size::FIELD)).unwrap_or_default(),
        }
    }
}

/// A field of a definition.
#[derive(Clone, Copy)]
pub struct Field<'b> {
    bundle: &'b Bundle<'b>,
    record: &'b [u8],
}

impl<'b> Field<'b> {
    fn name_bytes(&self) -> &'b [u8] {
        self.bundle.string_bytes(u16_at(self.record, 0))
    }

    /// The name.
    pub fn name(&self) -> &'b str {
        self.bundle.string(u16_at(self.record, 0))
    }

    /// The number of its type; entries of one field with the same number take the same values.
    pub fn type_id(&self) -> TypeId {
        TypeId(u16_at(self.record, 2))
    }

    /// What its value must be.
    pub fn ty(&self) -> Type {
        self.bundle.ty(self.type_id())
    }

    /// How its list is merged, if the document says.
    pub fn list(&self) -> Option<ListShape<'b>> {
        let at = usize::from(u16_at(self.record, 4).checked_sub(1)?) * size::LIST;
        let kind = match byte_at(self.bundle.section(section::LISTS), at) {
            list::ATOMIC => ListKind::Atomic,
            list::SET => ListKind::Set,
            list::MAP => ListKind::Map,
            _ => ListKind::Plain,
        };
        Some(ListShape {
            bundle: self.bundle,
            at,
            kind,
        })
    }

    /// Whether its description calls it deprecated.
    pub fn is_deprecated(&self) -> bool {
        u16_at(self.record, 6) & flag::DEPRECATED != 0
    }

    /// Whether its enumeration refuses the empty word too, which elsewhere counts as not given.
    pub fn is_never_empty(&self) -> bool {
        u16_at(self.record, 6) & flag::NOT_EMPTY != 0
    }

    /// The versions that have it.
    pub fn present(&self) -> Versions {
        Versions(u32_at(self.record, 8))
    }

    /// The versions whose document calls it required and whose server enforces that.
    pub fn required(&self) -> Versions {
        let lenient = u16_at(self.record, 6) & flag::NOT_ENFORCED != 0;
        Versions(if lenient { 0 } else { u32_at(self.record, 12) })
    }

    /// The first sentence of the description.
    pub fn doc(&self) -> &'static str {
        self.bundle.doc(u32_at(self.record, 16))
    }
}

fn search(count: usize, compare: impl Fn(usize) -> std::cmp::Ordering) -> Result<usize, usize> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(middle) {
            std::cmp::Ordering::Equal => return Ok(middle),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    Err(low)
}

fn byte_at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or_default()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |chunk| u16::from_le_bytes(*chunk))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk())
        .map_or(0, |chunk| u32::from_le_bytes(*chunk))
}

#[cfg(test)]
mod tests {
    use super::{Bundle, EMBEDDED, KubernetesVersion, ListKind, Scope, Type, Versions};

    #[test]
    fn embedded_bundle_opens_and_knows_its_versions() {
        let bundle = Bundle::open(EMBEDDED).expect("the embedded bundle has the current format");
        let versions: Vec<String> = bundle.versions().map(|version| version.to_string()).collect();
        let expected: Vec<String> = (24..=37).map(|minor| format!("1.{minor}")).collect();
        assert_eq!(versions, expected);
    }

    #[test]
    fn every_definition_is_found_by_its_name_and_every_field_by_its() {
        let bundle = Bundle::embedded();
        let all = bundle
            .versions()
            .fold(Versions::NONE, |all, version| all.or(bundle.only(version)));
        for kind in bundle.kinds() {
            let def = bundle.def(kind.def);
            assert_eq!(bundle.def_named(def.name()), Some(kind.def));
            assert!(
                bundle
                    .kind(kind.group, kind.version, kind.kind)
                    .any(|found| found.def == kind.def)
            );
            for field in def.fields(all) {
                assert!(
                    def.field(field.name()).any(|found| found.ty() == field.ty()),
                    "{}",
                    field.name()
                );
            }
        }
    }

    #[test]
    fn pod_spec_has_merge_keys_and_enums() {
        let bundle = Bundle::embedded();
        let pod = bundle
            .def_named("io.k8s.api.core.v1.PodSpec")
            .map(|id| bundle.def(id))
            .expect("PodSpec");
        // Older versions did not say what makes containers differ.
        let containers = pod
            .field("containers")
            .max_by_key(|field| field.present().newest())
            .expect("containers");
        let shape = containers.list().expect("a list shape");
        assert_eq!(shape.kind, ListKind::Map);
        assert_eq!(shape.keys().collect::<Vec<_>>(), ["name"]);
        assert_eq!(shape.merge_key(), Some("name"));
        let Some(Type::Enum(values)) = pod.field("restartPolicy").next().map(|field| field.ty()) else {
            panic!("restartPolicy is an enumeration")
        };
        assert_eq!(
            bundle.values(values).collect::<Vec<_>>(),
            ["Always", "Never", "OnFailure"]
        );
        assert!(
            containers.doc().starts_with("List of containers"),
            "{}",
            containers.doc()
        );
    }

    #[test]
    fn kinds_have_plural_and_scope() {
        let bundle = Bundle::embedded();
        let find = |group, version, kind| {
            bundle
                .kind(group, version, kind)
                .next()
                .map(|kind| (kind.plural, kind.scope))
        };
        assert_eq!(
            find("apps", "v1", "Deployment"),
            Some(("deployments", Scope::Namespaced))
        );
        assert_eq!(find("", "v1", "Namespace"), Some(("namespaces", Scope::Cluster)));
        assert_eq!(find("apps", "v1", "DeploymentList"), Some(("", Scope::None)));
        assert_eq!(find("apps", "v1beta1", "Deployment"), None);
    }

    #[test]
    fn damaged_bytes_are_refused_or_harmless() {
        assert!(Bundle::open(b"").is_none());
        assert!(Bundle::open(&EMBEDDED[..100]).is_none());
        let mut bytes = EMBEDDED.to_vec();
        for at in (200..bytes.len()).step_by(7) {
            bytes[at] ^= 0xff;
        }
        if let Some(bundle) = Bundle::open(&bytes) {
            assert!(bundle.kind("apps", "v1", "NoSuchKind").next().is_none());
            for kind in bundle.kinds().take(50) {
                let _ = bundle.def(kind.def).field("spec").count();
            }
        }
    }

    #[test]
    fn runs_of_versions_are_named_as_ranges() {
        let bundle = Bundle::embedded();
        let named = |minors: &[u16]| {
            let set = minors.iter().fold(Versions::NONE, |set, &minor| {
                set.or(bundle.only(KubernetesVersion { minor }))
            });
            bundle.named(set)
        };
        assert_eq!(named(&[31]), "1.31");
        assert_eq!(named(&[31, 32]), "1.31, 1.32");
        assert_eq!(named(&[24, 25, 26, 31, 37]), "1.24 to 1.26, 1.31, 1.37");
        assert_eq!(named(&[]), "");
    }

    #[test]
    fn versions_are_read_as_people_write_them() {
        let minor = |text| KubernetesVersion::parse(text).map(|version| version.minor);
        assert_eq!(minor("1.37"), Some(37));
        assert_eq!(minor("v1.36.2-gke.100"), Some(36));
        assert_eq!(minor("1.36x"), None);
        assert_eq!(minor("2.1"), None);
    }
}
