//! Writing what was rendered, to standard output or a folder, as Helm does.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;

use super::Args;
use crate::cli::output as console;
use crate::cli::post_renderer;
use crate::render::output::{self, Selection, Sorted};
use crate::render::{Release, Rendered};

/// What Helm prints with `--debug` when output cannot be sorted; the order is a map's there, sorted here.
pub(super) fn print_unsorted(rendered: &Rendered) -> anyhow::Result<()> {
    let mut text = Vec::new();
    for file in rendered
        .files
        .iter()
        .filter(|file| !output::trim(&file.bytes).is_empty())
    {
        output::push(&mut text, &file.name, &file.bytes);
    }
    let mut out = console::stdout();
    out.write_all(output::trim(&text))?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

pub(super) fn print(
    args: &Args,
    release: &Release,
    rendered: &Rendered,
    sorted: &Sorted<'_>,
) -> anyhow::Result<()> {
    let selection = Selection {
        include_crds: args.include_crds,
        skip_tests: args.skip_tests,
        no_hooks: args.no_hooks,
    };
    let mut out = console::stdout();
    let program = args
        .post_renderer
        .as_deref()
        .filter(|program| !program.is_empty());
    let folder = args.output_dir.as_deref().filter(|folder| !folder.is_empty());
    let (manifests, hooks) = match folder {
        Some(folder) => {
            write_files(Path::new(folder), args, release, rendered, sorted, &mut out)?;
            (Vec::new(), Vec::new())
        }
        None => (
            output::print_manifests(rendered, sorted, &selection),
            output::print_hooks(sorted, &selection),
        ),
    };
    let manifests = match program {
        Some(program) => post_renderer::run(program, &args.post_renderer_args, &manifests)?,
        None => manifests,
    };
    let mut text = output::trim(&manifests).to_vec();
    text.push(b'\n');
    text.extend_from_slice(&hooks);
    let text = if args.show_only.is_empty() {
        text
    } else {
        output::show_only(&text, &args.show_only, args.helm_compat)?
    };
    out.write_all(&text)?;
    Ok(out.flush()?)
}

/// One file a template. Upstream: `renderResources` of `pkg/action/action.go` for CRDs and manifests, `pkg/cmd/template.go`
/// for hooks; a hook goes behind what its file holds from an earlier run, as there.
fn write_files(
    folder: &Path,
    args: &Args,
    release: &Release,
    rendered: &Rendered,
    sorted: &Sorted<'_>,
    out: &mut impl io::Write,
) -> anyhow::Result<()> {
    let mut written = BTreeSet::new();
    let below = if args.use_release_name {
        folder.join(&release.name)
    } else {
        folder.to_path_buf()
    };
    for crd in rendered.crds.iter().filter(|_| args.include_crds) {
        write_file(
            folder,
            &crd.name,
            &crd.bytes,
            !written.insert(crd.name.as_str()),
            out,
        )?;
    }
    for manifest in &sorted.manifests {
        write_file(
            &below,
            manifest.name,
            manifest.text,
            !written.insert(manifest.name),
            out,
        )?;
    }
    for hook in sorted
        .hooks
        .iter()
        .filter(|hook| !(args.no_hooks || args.skip_tests && hook.is_test()))
    {
        let append = below.join(hook.name).exists();
        write_file(&below, hook.name, hook.text, append, out)?;
    }
    Ok(())
}

fn write_file(
    folder: &Path,
    name: &str,
    text: &[u8],
    append: bool,
    out: &mut impl io::Write,
) -> anyhow::Result<()> {
    let path = folder.join(name);
    let cannot = || format!("cannot write `{}`", path.display());
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(cannot)?;
    }
    let mut content = Vec::new();
    output::push(&mut content, name, text);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .append(append)
        .truncate(!append)
        .open(&path)
        .with_context(cannot)?;
    file.write_all(&content).with_context(cannot)?;
    writeln!(out, "wrote {}/{name}", folder.display())?;
    Ok(())
}
