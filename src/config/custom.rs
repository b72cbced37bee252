//! The rules of a project's own, and their tests.

use plimsoll_yaml::{LineIndex, NodeRef, Style};

use super::read::{Reader, entries, rules::severity_of, words};
use super::{CustomRule, RuleTest};
use crate::finding::{Anchor, Finding};
use crate::input::project::INVALID_CONFIGURATION;
use crate::lint::custom::{Definition, FUNCTIONS, Mistake, Subject, check_condition, check_message};
use crate::manifest::Route;
use crate::manifest::select::Selects;
use crate::source::Span;

impl Reader {
    /// Makes the rules that a file defines, as far as they are in order, so that the rest of it may name them.
    pub(super) fn custom_rules(&mut self, root: NodeRef<'_>) {
        for entry in entries(root, "custom-rules") {
            let text = |key: &str| entry.get(key).filter(|node| node.is_scalar() && !node.is_null());
            let (Some(name), Some(expression), Some(message)) =
                (text("name"), text("expression"), text("message"))
            else {
                continue;
            };
            let is_taken = self.catalog.find(name.str()).is_ok()
                || self.custom.iter().any(|rule| rule.meta.name == name.str());
            if is_taken {
                let message = format!("there is a rule `{}` already", name.str());
                self.refuse(name, message, "give it a name of its own");
                continue;
            }
            let subject = text("for").and_then(|word| {
                let mut all = Subject::ALL.into_iter();
                all.find(|(known, _)| *known == word.str())
            });
            let subject = subject.map(|(_, subject)| subject).unwrap_or_default();
            if subject == Subject::Release
                && let Some(selects) = entry.get("match")
            {
                self.refuse(
                    selects,
                    "a rule of the release as a whole matches no single object".to_owned(),
                    "choose among `objects` in the expression: `objects.filter(o, o.kind == 'Service')`",
                );
            }
            let made_message = text("message-expression");
            let mistakes = [
                check_condition(expression.str(), subject).map_err(|mistake| (expression, mistake)),
                made_message.map_or(Ok(()), |node| {
                    check_message(node.str(), subject).map_err(|mistake| (node, mistake))
                }),
            ];
            for (node, mistake) in mistakes.into_iter().filter_map(Result::err) {
                self.wrong_expression(node, &mistake, subject);
            }
            let definition = Definition {
                name: name.str().to_owned(),
                subject,
                severity: text("severity").and_then(|word| severity_of(word.str())),
                expression: expression.str().to_owned(),
                message: message.str().trim_end().to_owned(),
                message_expression: made_message.map(|node| node.str().to_owned()),
                help: text("help").map(|help| help.str().trim_end().to_owned()),
                field: text("field").and_then(|field| Route::parse(field.str()).ok()),
            };
            // One that does not compile has been told above.
            self.custom.extend(definition.rule().ok());
        }
    }

    fn wrong_expression(&mut self, node: NodeRef<'_>, mistake: &Mistake, subject: Subject) {
        let span = mistake
            .at
            .and_then(|(line, column)| place_in(node, line, column))
            .unwrap_or_else(|| node.span());
        let help = if mistake.message.starts_with("undeclared reference") {
            let variables: Vec<_> = subject
                .variables()
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            format!(
                "there are the variables {} and, besides the functions of Kubernetes, {FUNCTIONS}",
                variables.join(", ")
            )
        } else {
            "expressions are CEL, as in ValidatingAdmissionPolicies: https://kubernetes.io/docs/reference/using-api/cel/"
                .to_owned()
        };
        let at = Anchor::Text(Span::in_part(self.source, 0, span));
        let message = format!("the expression does not compile: {}", mistake.message);
        let finding = Finding::new(&INVALID_CONFIGURATION, at, message).help(help);
        self.problems.push(finding);
    }

    /// Takes out a rule that is in order.
    pub(super) fn custom_rule(&self, entry: NodeRef<'_>) -> Option<CustomRule> {
        let name = entry.get("name")?.str();
        let rule = *self.custom.iter().find(|rule| rule.meta.name == name)?;
        let lines = LineIndex::new(&self.file.1);
        let tests = entries(entry, "tests").zip(1..).map(|(test, number)| RuleTest {
            name: test
                .get("name")
                .map_or_else(|| format!("test {number}"), |name| name.str().to_owned()),
            line: lines.line(test.span().start),
            manifest: match test.get("file") {
                Some(file) => Err(self.base.path(file.str())),
                None => Ok(test.get("manifest").map_or("", NodeRef::str).into()),
            },
            count: match test.get("expect").map(NodeRef::str) {
                Some("pass") => Some(0),
                _ => test.get("count").and_then(|count| count.str().parse().ok()),
            },
            at: words(test, "at").into_iter().map(str::to_owned).collect(),
        });
        Some(CustomRule {
            rule,
            selects: entry
                .get("match")
                .map_or_else(Selects::default, |node| self.selects(node)),
            tests: tests.collect(),
        })
    }
}

/// The bytes of the file behind a line and column of an expression: a block keeps its lines, another scalar is looked into
/// when it is on one line.
fn place_in(node: NodeRef<'_>, line: u32, column: u32) -> Option<plimsoll_yaml::Span> {
    let text = node.source_text();
    let (line, column) = (usize::try_from(line).ok()?, usize::try_from(column).ok()?);
    let (start, rest) = match node.style() {
        Style::Literal | Style::Folded => {
            let mut at = text.find('\n')? + 1;
            let body = &text[at..];
            let indent = body.len() - body.trim_start_matches([' ', '\n']).len();
            let indent = body[..indent].rsplit('\n').next().map_or(0, str::len);
            for line in body.split_inclusive('\n').take(line.checked_sub(1)?) {
                at += line.len();
            }
            (at + indent, text.get(at + indent..)?)
        }
        Style::Plain if line == 1 && !text.contains('\n') => (0, text),
        Style::SingleQuoted | Style::DoubleQuoted if line == 1 && !text.contains('\n') => (1, text.get(1..)?),
        _ => return None,
    };
    let before = rest.char_indices().nth(column.checked_sub(1)?);
    let start = start + before.map_or(rest.len(), |(at, _)| at);
    let start = node.span().start + u32::try_from(start).ok()?;
    (start <= node.span().end).then(|| plimsoll_yaml::Span::new(start, start))
}
