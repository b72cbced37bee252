use plimsoll_yaml::NodeRef;

use crate::finding::{Finding, Group, Part, RuleMeta, Severity, Stage};
use crate::lint::{Check, LintRule};
use crate::manifest::fleet::Fleet;
use crate::manifest::view::{Container, Workload};

pub(crate) static RULE: LintRule = LintRule {
    meta: RuleMeta {
        name: "latest-tag",
        group: Group::Images,
        stage: Stage::Lint,
        severity: Severity::Warning,
        default: true,
        summary: "an image without a tag, or with the tag `latest`",
        peers: &[
            "kube-linter:latest-tag",
            "kube-score:container-image-tag",
            "polaris:tagNotSpecified",
            "trivy:KSV-0013",
            "checkov:CKV_K8S_14",
            "datree:CONTAINERS_MISSING_IMAGE_VALUE_VERSION",
            "kubeaudit:ImageTagMissing",
            "popeye:POP-100",
            "popeye:POP-101",
        ],
        page: include_str!("../../../../fixtures/rules/latest-tag.md"),
    },
    check: Check::Container(check),
};

fn check<'m>(_: &Fleet<'m>, workload: &Workload<'m>, container: &Container<'m>, out: &mut Vec<Finding>) {
    let Some(image) = container
        .get("image")
        .map(NodeRef::str)
        .filter(|image| !image.is_empty())
    else {
        return;
    };
    let says = match tag(image) {
        Version::Digest => return,
        Version::Tag("latest") => "the tag `latest`",
        Version::Tag(_) => return,
        Version::None => "no tag, which means `latest`",
    };
    out.push(
        Finding::new(
            &RULE.meta,
            workload.at(container.route.then("image"), Part::Value),
            format!("the image `{image}` of container `{}` has {says}", container.name()),
        )
        .help("name the version that was tested, as a tag (`:1.4.2`) or a digest (`@sha256:…`): with `latest`, pods of one rollout may run different code and a rollback changes nothing"),
    );
}

enum Version<'i> {
    Digest,
    Tag(&'i str),
    None,
}

/// The version in an image reference. A colon before the last slash is a registry's port; a digest wins over a tag.
fn tag(image: &str) -> Version<'_> {
    if image.contains('@') {
        return Version::Digest;
    }
    let name = image.rsplit_once('/').map_or(image, |(_, name)| name);
    match name.split_once(':') {
        Some((_, tag)) if !tag.is_empty() => Version::Tag(tag),
        _ => Version::None,
    }
}
