//! Manifests inside Markdown: fenced YAML blocks and `kubectl apply -f - <<EOF` heredocs.
//!
//! Study notes and READMEs are where manifests are copied from, so a mistake there is copied too. Findings are at the
//! document's own lines: a block is a byte range of the file, never a copy with other offsets.

use std::ops::Range;

/// The byte ranges that may hold manifests, each starting at the beginning of a line.
///
/// A block inside a list item keeps its indentation (YAML does not mind, as long as all of it is indented alike), so a
/// block is cut at its `---` lines, which count only in the first column.
pub fn blocks(text: &str) -> Vec<Range<u32>> {
    let mut found = Vec::new();
    let mut fence: Option<Fence> = None;
    let mut heredoc: Option<(String, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        if let Some(open) = &fence {
            if open.is_closed_by(trimmed) {
                if open.is_yaml {
                    push_documents(text, open.body..start, &mut found);
                }
                fence = None;
                heredoc = None;
            } else if !open.is_yaml {
                match &heredoc {
                    Some((end, body)) if trimmed == end => {
                        push_documents(text, *body..start, &mut found);
                        heredoc = None;
                    }
                    Some(_) => {}
                    None => heredoc = heredoc_end(trimmed).map(|end| (end, at)),
                }
            }
        } else {
            fence = Fence::open(trimmed, at);
        }
    }
    if let Some(open) = fence.filter(|open| open.is_yaml) {
        push_documents(text, open.body..text.len(), &mut found);
    }
    found
}

struct Fence {
    mark: u8,
    length: usize,
    is_yaml: bool,
    body: usize,
}

impl Fence {
    fn open(line: &str, body: usize) -> Option<Self> {
        // A fence may stand in a list item or a quotation.
        let line = line.trim_start_matches(['>', ' ', '-', '*', '+']);
        let mark = *line
            .as_bytes()
            .first()
            .filter(|mark| matches!(mark, b'`' | b'~'))?;
        let length = line.bytes().take_while(|byte| *byte == mark).count();
        if length < 3 {
            return None;
        }
        let language = line[length..]
            .trim()
            .split([' ', ',', '{', ':'])
            .next()
            .unwrap_or_default();
        let is_yaml = matches!(language.to_ascii_lowercase().as_str(), "yaml" | "yml" | "json");
        Some(Self {
            mark,
            length,
            is_yaml,
            body,
        })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        line.len() >= self.length && line.bytes().all(|byte| byte == self.mark)
    }
}

/// The delimiter of a heredoc that feeds `kubectl apply|create|replace … -f -`.
fn heredoc_end(line: &str) -> Option<String> {
    let (command, rest) = line.split_once("<<")?;
    if !command.contains("kubectl") && !command.trim_start().starts_with("cat") || rest.starts_with('<') {
        return None;
    }
    if !command.contains("kubectl") && !rest.contains("kubectl") {
        return None;
    }
    let word = rest.trim_start_matches('-').split_whitespace().next()?;
    Some(word.trim_matches(['"', '\'']).to_owned()).filter(|word| !word.is_empty())
}

/// Cuts a block at its document separators when it is indented; at the margin YAML itself does it.
fn push_documents(text: &str, block: Range<usize>, found: &mut Vec<Range<u32>>) {
    let Some(body) = text.get(block.clone()) else {
        return;
    };
    let mut push = |range: Range<usize>| {
        if text[range.clone()].trim().is_empty() {
            return;
        }
        if let (Ok(start), Ok(end)) = (u32::try_from(range.start), u32::try_from(range.end)) {
            found.push(start..end);
        }
    };
    let mut start = block.start;
    let mut at = block.start;
    for line in body.split_inclusive('\n') {
        let is_separator = line.starts_with([' ', '\t']) && line.trim() == "---";
        if is_separator {
            push(start..at);
            start = at + line.len();
        }
        at += line.len();
    }
    push(start..block.end);
}

#[cfg(test)]
mod tests {
    use super::blocks;

    fn texts(markdown: &str) -> Vec<&str> {
        blocks(markdown)
            .into_iter()
            .map(|block| &markdown[block.start as usize..block.end as usize])
            .collect()
    }

    #[test]
    fn fenced_yaml_only() {
        let markdown = "# Notes\n```yaml\na: 1\n```\n```sh\nls\n```\n~~~yml\nb: 2\n~~~\n";
        assert_eq!(texts(markdown), ["a: 1\n", "b: 2\n"]);
    }

    #[test]
    fn heredocs_for_kubectl() {
        let markdown = "```sh\nkubectl apply -f - <<'EOF'\na: 1\nEOF\ncat <<EOF > notes.txt\nx\nEOF\ncat <<EOF | kubectl apply -f -\nb: 2\nEOF\n```\n";
        assert_eq!(texts(markdown), ["a: 1\n", "b: 2\n"]);
    }

    #[test]
    fn indented_blocks_are_cut_at_their_separators() {
        let markdown = "1. step\n   ```yaml\n   a: 1\n   ---\n   b: 2\n   ```\n";
        assert_eq!(texts(markdown), ["   a: 1\n", "   b: 2\n"]);
    }

    #[test]
    fn an_unclosed_fence_runs_to_the_end() {
        assert_eq!(texts("```yaml\na: 1\n"), ["a: 1\n"]);
    }
}
