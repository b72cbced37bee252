//! The keys that say what is installed where: in Helm's and helmfile's words.

use super::{Key, Scope, Shape, Word, key};

/// What stands in a project's file and in those it includes.
pub(super) const RELEASES: &[Key] = &[
    key(
        "environments",
        Shape::Named(&[ENVIRONMENT]),
        "Where releases are installed: names alone, or each with what holds there",
    )
    .of(Scope::Releases),
    key(
        "defaults",
        Shape::Mapping(&[DEFAULTS, DEPLOY]),
        "What holds for all releases of this file",
    )
    .of(Scope::Releases),
    key(
        "releases",
        Shape::Entries(&[RELEASE, DEFAULTS, DEPLOY]),
        "What is installed: charts, each with a name and values",
    )
    .of(Scope::Releases),
];

/// What a release is installed with: in all environments, or in one.
const DEPLOY: &[Key] = &[
    key(
        "namespace",
        Shape::One(Word::Stencil),
        "The namespace (--namespace): shop, or shop-{{ env }}",
    ),
    key(
        "values",
        Shape::Many(Word::Stencil),
        "Values files (--values), seen from this file: values.yaml, or values-{{ env }}.yaml; the last one wins",
    ),
    key(
        "set",
        Shape::Many(Word::Stencil),
        "Values (--set): image.tag=1.2, or host={{ env }}.example.com",
    ),
];

const DEFAULTS: &[Key] = &[
    key(
        "labels",
        Shape::Texts,
        "What releases are chosen by: `plimsoll check -l team=web`",
    ),
    key(
        "ignore-missing-value-files",
        Shape::Flag,
        "Whether a values file that is not there is left out",
    ),
];

const ENVIRONMENT: &[Key] = &[
    key(
        "kubernetes",
        Shape::Many(Word::Kubernetes),
        "Its Kubernetes version, or several; that of the project when not said",
    ),
    key(
        "api-versions",
        Shape::Many(Word::Text),
        "API versions that charts find in `.Capabilities`, besides Kubernetes' own (--api-versions)",
    ),
    key(
        "namespace",
        Shape::One(Word::Stencil),
        "The namespace of releases that do not say (--namespace)",
    ),
    key(
        "values",
        Shape::Many(Word::Stencil),
        "Values files of all releases there, laid under those of each release",
    ),
    key(
        "set",
        Shape::Many(Word::Stencil),
        "Values of all releases there (--set)",
    ),
    key("rules", Shape::Rules, "Other settings of rules there"),
    key(
        "overrides",
        Shape::Entries(&[super::SELECTS, super::OVERRIDE]),
        "Other settings of rules for some objects there",
    ),
    key(
        "externals",
        Shape::Entries(&[super::EXTERNAL]),
        "Objects that are made elsewhere there",
    ),
    key(
        "complete",
        Shape::Flag,
        "Whether the releases hold everything their objects refer to there",
    ),
    key(
        "pss",
        Shape::One(Word::PodSecurity),
        "The Pod Security Standard of namespaces there whose labels do not say",
    ),
];

const RELEASE: &[Key] = &[
    key("name", Shape::One(Word::Release), "Its name").required(),
    key(
        "chart",
        Shape::One(Word::Stencil),
        "Its chart: a folder or archive, or a folder of manifests, seen from this file",
    )
    .required(),
    key(
        "environments",
        Shape::Named(&[DEPLOY]),
        "The environments it is for, all when not said: names alone, or each with what holds there besides",
    ),
    key(
        "needs",
        Shape::Many(Word::Text),
        "Releases that are installed before it",
    ),
];
