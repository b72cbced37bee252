//! The model as bytes, in the format the product reads in place (`src/schema/format.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Context;

use super::Release;
use super::format::{self, section, size, tag};
use super::model::{ListShape, Model, Type};

/// Values that are stored once, numbered in order of first use.
struct Pool<T: Ord> {
    numbers: BTreeMap<T, u16>,
    values: Vec<T>,
}

impl<T: Ord + Clone> Pool<T> {
    fn new() -> Self {
        Self {
            numbers: BTreeMap::new(),
            values: Vec::new(),
        }
    }

    fn number(&mut self, value: &T) -> anyhow::Result<u16> {
        if let Some(&number) = self.numbers.get(value) {
            return Ok(number);
        }
        let number = u16::try_from(self.values.len()).context("more than 65536 values of one sort")?;
        self.numbers.insert(value.clone(), number);
        self.values.push(value.clone());
        Ok(number)
    }
}

struct Writer {
    strings: BTreeMap<String, u16>,
    defs: BTreeMap<String, u16>,
    types: Pool<(u8, u16)>,
    lists: Pool<ListShape>,
    enums: Pool<Vec<String>>,
    docs: Vec<u8>,
    doc_offsets: BTreeMap<String, u32>,
}

/// The bundle, and its figures for people.
pub(crate) fn write(model: &Model, releases: &[Release]) -> anyhow::Result<(Vec<u8>, String)> {
    let mut writer = Writer {
        strings: strings(model)?,
        defs: numbered(model.defs.keys())?,
        types: Pool::new(),
        lists: Pool::new(),
        enums: Pool::new(),
        // Offset 0 is "no documentation".
        docs: vec![b'\n'],
        doc_offsets: BTreeMap::new(),
    };
    let mut sections: [Vec<u8>; section::COUNT] = Default::default();

    for release in releases {
        put16(&mut sections[section::VERSIONS], release.minor);
        put16(&mut sections[section::VERSIONS], release.patch);
    }
    for string in writer.strings.keys() {
        let offset = u32::try_from(sections[section::TEXT].len())?;
        put32(&mut sections[section::STRINGS], offset);
        sections[section::TEXT].extend_from_slice(string.as_bytes());
    }
    let end = u32::try_from(sections[section::TEXT].len())?;
    put32(&mut sections[section::STRINGS], end);

    let mut fields = 0u32;
    for (name, def) in &model.defs {
        let doc = writer.doc(&def.doc)?;
        let out = &mut sections[section::DEFS];
        put16(out, writer.strings[name]);
        put16(out, 0);
        put32(out, def.present);
        put32(out, fields);
        put32(out, u32::try_from(def.fields.len())?);
        put32(out, doc);
        for (shape, usage) in &def.fields {
            let ty = writer.ty(&shape.ty)?;
            let list = match &shape.list {
                Some(list) => writer.lists.number(list)? + 1,
                None => 0,
            };
            let doc = writer.doc(&usage.doc)?;
            let out = &mut sections[section::FIELDS];
            put16(out, writer.strings[&shape.name]);
            put16(out, ty);
            put16(out, list);
            put16(out, usage.flags);
            put32(out, usage.present);
            put32(out, usage.required);
            put32(out, doc);
            fields += 1;
        }
    }
    for (((group, version, kind), shape), present) in &model.kinds {
        let out = &mut sections[section::KINDS];
        for text in [group, version, kind, &shape.plural] {
            put16(out, writer.strings[text]);
        }
        put16(out, writer.defs[&shape.def]);
        out.extend([shape.scope, 0]);
        put32(out, *present);
    }
    for &(tag, argument) in &writer.types.values {
        sections[section::TYPES].extend([tag, 0]);
        put16(&mut sections[section::TYPES], argument);
    }
    let mut ids: Vec<u16> = Vec::new();
    for shape in &writer.lists.values {
        let first = u16::try_from(ids.len())?;
        ids.extend(shape.keys.iter().map(|key| writer.strings[key]));
        let out = &mut sections[section::LISTS];
        out.extend([shape.kind, u8::try_from(shape.keys.len())?]);
        put16(out, first);
        put16(
            out,
            shape.merge_key.as_ref().map_or(0, |key| writer.strings[key] + 1),
        );
        put16(out, 0);
    }
    for values in &writer.enums.values {
        put16(&mut sections[section::ENUMS], u16::try_from(ids.len())?);
        put16(&mut sections[section::ENUMS], u16::try_from(values.len())?);
        ids.extend(values.iter().map(|value| writer.strings[value]));
    }
    for id in ids {
        put16(&mut sections[section::IDS], id);
    }
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&writer.docs)?;
    sections[section::DOCS] = encoder.finish()?;

    let bytes = assemble(&sections)?;
    let figures = figures(model, releases, &sections, bytes.len(), writer.docs.len());
    Ok((bytes, figures))
}

impl Writer {
    fn ty(&mut self, ty: &Type) -> anyhow::Result<u16> {
        let record = match ty {
            Type::Simple(tag) => (*tag, 0),
            Type::Def(tag, name) => (
                *tag,
                *self
                    .defs
                    .get(name)
                    .with_context(|| format!("{name} is not defined"))?,
            ),
            Type::List(items) => (tag::LIST, self.ty(items)?),
            Type::Map(values) => (tag::MAP, self.ty(values)?),
            Type::Enum(values) => (tag::ENUM, self.enums.number(values)?),
        };
        self.types.number(&record)
    }

    fn doc(&mut self, text: &str) -> anyhow::Result<u32> {
        if text.is_empty() {
            return Ok(0);
        }
        if let Some(&offset) = self.doc_offsets.get(text) {
            return Ok(offset);
        }
        let offset = u32::try_from(self.docs.len())?;
        self.docs.extend_from_slice(text.as_bytes());
        self.docs.push(b'\n');
        self.doc_offsets.insert(text.to_owned(), offset);
        Ok(offset)
    }
}

fn strings(model: &Model) -> anyhow::Result<BTreeMap<String, u16>> {
    fn enums<'m>(ty: &'m Type, all: &mut BTreeSet<&'m str>) {
        match ty {
            Type::Enum(values) => all.extend(values.iter().map(String::as_str)),
            Type::List(inner) | Type::Map(inner) => enums(inner, all),
            Type::Simple(_) | Type::Def(..) => {}
        }
    }
    let mut all = BTreeSet::from([""]);
    for (name, def) in &model.defs {
        all.insert(name);
        for shape in def.fields.keys() {
            all.insert(&shape.name);
            enums(&shape.ty, &mut all);
            if let Some(list) = &shape.list {
                all.extend(list.keys.iter().map(String::as_str));
                all.extend(list.merge_key.as_deref());
            }
        }
    }
    for ((group, version, kind), shape) in model.kinds.keys() {
        all.extend([&**group, version, kind, &shape.plural]);
    }
    numbered(all)
}

fn numbered<S: ToString>(sorted: impl IntoIterator<Item = S>) -> anyhow::Result<BTreeMap<String, u16>> {
    sorted
        .into_iter()
        .enumerate()
        .map(|(number, text)| {
            Ok((
                text.to_string(),
                u16::try_from(number).context("more than 65536 strings")?,
            ))
        })
        .collect()
}

fn assemble(sections: &[Vec<u8>; section::COUNT]) -> anyhow::Result<Vec<u8>> {
    let mut bytes = format::MAGIC.to_vec();
    put32(&mut bytes, format::FORMAT);
    let mut offset = format::HEADER + section::COUNT * format::SECTION_ENTRY;
    for section in sections {
        put32(&mut bytes, u32::try_from(offset)?);
        put32(&mut bytes, u32::try_from(section.len())?);
        offset += section.len();
    }
    for section in sections {
        bytes.extend_from_slice(section);
    }
    Ok(bytes)
}

fn figures(
    model: &Model,
    releases: &[Release],
    sections: &[Vec<u8>; section::COUNT],
    total: usize,
    docs: usize,
) -> String {
    let mut text = String::new();
    let versions: Vec<String> = releases
        .iter()
        .map(|r| format!("1.{}.{}", r.minor, r.patch))
        .collect();
    let fields = sections[section::FIELDS].len() / size::FIELD;
    let kinds = sections[section::KINDS].len() / size::KIND;
    let _ = writeln!(text, "versions     {}", versions.join(", "));
    let _ = writeln!(text, "bundle       {total} bytes");
    let _ = writeln!(text, "definitions  {}", model.defs.len());
    let _ = writeln!(text, "fields       {fields}");
    let _ = writeln!(text, "kinds        {kinds}");
    let _ = writeln!(
        text,
        "docs         {docs} bytes, {} compressed",
        sections[section::DOCS].len()
    );
    for (bit, pair) in releases.windows(2).enumerate() {
        let changed = |from: u32, to: u32| {
            let mut names: Vec<String> = Vec::new();
            for ((gvk, _), present) in &model.kinds {
                if present & (1 << from) != 0 && present & (1 << to) == 0 && !gvk.2.ends_with("List") {
                    let (group, version, kind) = gvk;
                    names.push(if group.is_empty() {
                        format!("{version} {kind}")
                    } else {
                        format!("{group}/{version} {kind}")
                    });
                }
            }
            names
        };
        let (old, new) = (bit as u32, bit as u32 + 1);
        for (sign, names) in [("-", changed(old, new)), ("+", changed(new, old))] {
            for name in names {
                let _ = writeln!(text, "1.{} -> 1.{}  {sign} {name}", pair[0].minor, pair[1].minor);
            }
        }
    }
    text
}

fn put16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}
