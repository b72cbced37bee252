//! Volumes that are somewhere else: `validateNFSVolumeSource` and its likes of pkg/apis/core/validation, for volumes of
//! pods and for PersistentVolumes.

use super::volumes::{descending_path, label_if_given, no_backsteps};
use super::{invalid, named, one_of_if_given, required};
use crate::admission::at::At;
use crate::admission::errors::Errors;
use crate::admission::names;

/// Kinds of volumes that pods and PersistentVolumes share, most with a few fields more for the latter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::admission) enum Source {
    HostPath,
    GitRepo,
    GcePersistentDisk,
    AwsElasticBlockStore,
    Nfs,
    Iscsi,
    Glusterfs,
    Flocker,
    Rbd,
    Cinder,
    CephFs,
    Quobyte,
    Fc,
    FlexVolume,
    AzureFile,
    VsphereVolume,
    PhotonPersistentDisk,
    PortworxVolume,
    AzureDisk,
    StorageOs,
    ScaleIo,
    Csi,
}

impl Source {
    /// The kind of a field of a volume.
    pub(in crate::admission) fn named(field: &str) -> Option<Self> {
        Some(match field {
            "hostPath" => Self::HostPath,
            "gitRepo" => Self::GitRepo,
            "gcePersistentDisk" => Self::GcePersistentDisk,
            "awsElasticBlockStore" => Self::AwsElasticBlockStore,
            "nfs" => Self::Nfs,
            "iscsi" => Self::Iscsi,
            "glusterfs" => Self::Glusterfs,
            "flocker" => Self::Flocker,
            "rbd" => Self::Rbd,
            "cinder" => Self::Cinder,
            "cephfs" => Self::CephFs,
            "quobyte" => Self::Quobyte,
            "fc" => Self::Fc,
            "flexVolume" => Self::FlexVolume,
            "azureFile" => Self::AzureFile,
            "vsphereVolume" => Self::VsphereVolume,
            "photonPersistentDisk" => Self::PhotonPersistentDisk,
            "portworxVolume" => Self::PortworxVolume,
            "azureDisk" => Self::AzureDisk,
            "storageos" => Self::StorageOs,
            "scaleIO" => Self::ScaleIo,
            "csi" => Self::Csi,
            _ => return None,
        })
    }

    /// Fields that must have a value, whatever it is.
    fn required(self) -> &'static [&'static str] {
        match self {
            Self::GitRepo => &["repository"],
            Self::GcePersistentDisk => &["pdName"],
            Self::AwsElasticBlockStore | Self::Cinder | Self::PortworxVolume => &["volumeID"],
            Self::Nfs => &["server", "path"],
            Self::Iscsi => &["targetPortal", "iqn"],
            Self::Glusterfs => &["endpoints", "path"],
            Self::Rbd => &["monitors", "image"],
            Self::CephFs => &["monitors"],
            Self::Quobyte => &["volume"],
            Self::FlexVolume => &["driver"],
            Self::AzureFile => &["secretName", "shareName"],
            Self::VsphereVolume => &["volumePath"],
            Self::PhotonPersistentDisk => &["pdID"],
            Self::AzureDisk => &["diskName", "diskURI"],
            Self::ScaleIo => &["gateway", "system", "volumeName"],
            Self::HostPath | Self::Flocker | Self::Fc | Self::StorageOs | Self::Csi => &[],
        }
    }
}

/// Checks a source of a kind as a pod has it.
pub(in crate::admission) fn check(kind: Source, source: &At<'_, '_>, errors: &mut Errors<'_>) {
    for field in kind.required() {
        required(&source.get(field), errors);
    }
    match kind {
        Source::HostPath => host_path(source, errors),
        Source::GitRepo => descending_path(&source.get("directory"), errors),
        Source::GcePersistentDisk | Source::AwsElasticBlockStore => {
            let partition = source.get("partition");
            if partition.int().is_some_and(|part| !(0..=255).contains(&part)) {
                errors.invalid(&partition, "must be between 1 and 255, inclusive");
            }
        }
        Source::Nfs => {
            let path = source.get("path");
            if !path.is_empty() && !path.str().starts_with('/') {
                errors.invalid(&path, "must be an absolute path");
            }
        }
        Source::Iscsi => iscsi(source, errors),
        Source::Flocker => flocker(source, errors),
        Source::Cinder => secret_ref(source, errors),
        Source::Quobyte => quobyte(source, errors),
        Source::Fc => fibre_channel(source, errors),
        Source::FlexVolume => flex_options(&source.get("options"), errors),
        Source::AzureDisk => azure_disk(source, errors),
        Source::StorageOs => {
            named(&source.get("volumeName"), names::dns1123_label, errors);
            label_if_given(&source.get("volumeNamespace"), errors);
            secret_ref(source, errors);
        }
        Source::Csi => csi(source, errors),
        Source::Glusterfs
        | Source::Rbd
        | Source::CephFs
        | Source::AzureFile
        | Source::VsphereVolume
        | Source::PhotonPersistentDisk
        | Source::PortworxVolume
        | Source::ScaleIo => {}
    }
}

fn secret_ref(source: &At<'_, '_>, errors: &mut Errors<'_>) {
    let secret = source.get("secretRef");
    if secret.is_given() {
        required(&secret.get("name"), errors);
    }
}

/// `validateHostPathVolumeSource`.
fn host_path(source: &At<'_, '_>, errors: &mut Errors<'_>) {
    let path = source.get("path");
    if path.is_empty() {
        errors.required(&path, "");
        return;
    }
    no_backsteps(&path, errors);
    one_of_if_given(
        &source.get("type"),
        &[
            "",
            "DirectoryOrCreate",
            "Directory",
            "FileOrCreate",
            "File",
            "Socket",
            "CharDevice",
            "BlockDevice",
        ],
        errors,
    );
}

/// `validateISCSIVolumeSource`.
fn iscsi(source: &At<'_, '_>, errors: &mut Errors<'_>) {
    let name = source.get("iqn");
    if !name.is_empty() {
        iscsi_name(&name, errors);
    }
    unit_number(&source.get("lun"), errors);
    let secret = source.get("secretRef");
    let asks = ["chapAuthDiscovery", "chapAuthSession"]
        .iter()
        .any(|field| source.get(field).is_true());
    if asks && !secret.is_given() {
        errors.required(&secret, "");
    }
    let initiator = source.get("initiatorName");
    if initiator.is_given() {
        iscsi_name(&initiator, errors);
    }
}

fn unit_number(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    if at.int().is_some_and(|lun| !(0..=255).contains(&lun)) {
        errors.invalid(at, "must be between 0 and 255, inclusive");
    }
}

/// The name of a target or initiator, in one of three formats.
pub(in crate::admission) fn iscsi_name(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    let name = at.str();
    let fixed = |length: usize| {
        name.len() == 4 + length && name.bytes().skip(4).all(|byte| byte.is_ascii_alphanumeric())
    };
    let fits = match name.get(..3) {
        Some("iqn") => is_qualified_iscsi(name),
        Some("eui") => fixed(16),
        Some("naa") => fixed(32),
        _ => {
            errors.invalid(at, "must be valid format starting with iqn, eui, or naa");
            return;
        }
    };
    if !fits {
        errors.invalid(at, "must be valid format");
    }
}

/// `iqn\.\d{4}-\d{2}\.([[:alnum:]-.]+)(:[^,;*&$|\s]+)$`, which is anchored at its end only.
fn is_qualified_iscsi(name: &str) -> bool {
    name.match_indices("iqn.").any(|(start, _)| {
        let rest = &name[start + 4..];
        let bytes = rest.as_bytes();
        let digits = |range: std::ops::Range<usize>| {
            bytes
                .get(range)
                .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
        };
        if !digits(0..4) || bytes.get(4) != Some(&b'-') || !digits(5..7) || bytes.get(7) != Some(&b'.') {
            return false;
        }
        let Some((authority, own)) = rest.get(8..).and_then(|rest| rest.split_once(':')) else {
            return false;
        };
        !authority.is_empty()
            && authority
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
            && !own.is_empty()
            && !own.contains(|char: char| {
                matches!(
                    char,
                    ',' | ';' | '*' | '&' | '$' | '|' | '\t' | '\n' | '\x0c' | '\r' | ' '
                )
            })
    })
}

/// `validateFlockerVolumeSource`.
fn flocker(source: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (name, id) = (source.get("datasetName"), source.get("datasetUUID"));
    if name.is_empty() && id.is_empty() {
        errors.required(source, "one of datasetName and datasetUUID is required");
    }
    if !name.is_empty() && !id.is_empty() {
        errors.invalid(
            source,
            "datasetName and datasetUUID can not be specified simultaneously",
        );
    }
    if name.str().contains('/') {
        errors.invalid(&name, "must not contain '/'");
    }
}

/// `validateQuobyteVolumeSource`.
fn quobyte(source: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (registry, tenant) = (source.get("registry"), source.get("tenant"));
    let detail = "must be a host:port pair or multiple pairs separated by commas";
    if registry.is_empty() {
        errors.required(&registry, detail);
    } else if tenant.str().len() > 64 {
        errors.required(
            &tenant,
            "must be a UUID and may not exceed a length of 64 characters",
        );
    } else if !registry.str().split(',').all(is_host_and_port) {
        errors.invalid(&registry, detail);
    }
}

/// Whether Go's `net.SplitHostPort` splits it.
fn is_host_and_port(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => match rest.split_once("]:") {
            Some(parts) => parts,
            None => return false,
        },
        None => match text.rsplit_once(':') {
            Some((host, _)) if host.contains(':') => return false,
            Some(parts) => parts,
            None => return false,
        },
    };
    !host.contains(['[', ']']) && !port.contains(['[', ']', ':'])
}

/// `validateFCVolumeSource`.
fn fibre_channel(source: &At<'_, '_>, errors: &mut Errors<'_>) {
    let (targets, ids, lun) = (source.get("targetWWNs"), source.get("wwids"), source.get("lun"));
    if targets.is_empty() && ids.is_empty() {
        errors.required(&targets, "must specify either targetWWNs or wwids, but not both");
    }
    if !targets.is_empty() && !ids.is_empty() {
        errors.invalid(
            &targets,
            "targetWWNs and wwids can not be specified simultaneously",
        );
    }
    if !targets.is_empty() {
        if lun.is_given() {
            unit_number(&lun, errors);
        } else {
            errors.required(&lun, "lun is required if targetWWNs is specified");
        }
    }
}

/// Options of a flex volume may not use names of Kubernetes itself.
fn flex_options(options: &At<'_, '_>, errors: &mut Errors<'_>) {
    for (key, at) in options.entries() {
        let domain = key.split('/').next().unwrap_or_default();
        let dotted = format!(".{}", domain.to_lowercase());
        if dotted.ends_with(".kubernetes.io") || dotted.ends_with(".k8s.io") {
            errors.invalid_key(
                options,
                &at,
                key,
                "kubernetes.io and k8s.io namespaces are reserved",
            );
        }
    }
}

/// `validateAzureDisk`, with the defaults of `SetDefaults_AzureDiskVolumeSource`.
fn azure_disk(source: &At<'_, '_>, errors: &mut Errors<'_>) {
    one_of_if_given(
        &source.get("cachingMode"),
        &["None", "ReadOnly", "ReadWrite"],
        errors,
    );
    let kind = source.get("kind");
    one_of_if_given(&kind, &["Shared", "Dedicated", "Managed"], errors);
    let address = source.get("diskURI");
    let managed = kind.is_given() && kind.str() == "Managed";
    let (start, form) = if managed {
        (
            "/subscriptions/",
            "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}",
        )
    } else {
        (
            "https://",
            "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd",
        )
    };
    if !address.str().starts_with(start) {
        errors.unsupported(&address, &[form]);
    }
}

/// `validateCSIVolumeSource`.
fn csi(source: &At<'_, '_>, errors: &mut Errors<'_>) {
    driver_name(&source.get("driver"), errors);
    let secret = source.get("nodePublishSecretRef");
    if secret.is_given() {
        let name = secret.get("name");
        if name.is_empty() {
            errors.required(&name, "");
        } else {
            invalid(&name, names::dns1123_subdomain(name.str()), errors);
        }
    }
}

/// `ValidateCSIDriverName`.
pub(in crate::admission) fn driver_name(at: &At<'_, '_>, errors: &mut Errors<'_>) {
    if at.is_empty() {
        errors.required(at, "");
        return;
    }
    if at.str().len() > 63 {
        errors.too_long(at, 63);
    }
    invalid(at, names::dns1123_subdomain(&at.str().to_lowercase()), errors);
}

#[cfg(test)]
mod tests {
    use super::{is_host_and_port, is_qualified_iscsi};

    #[test]
    fn names_of_iscsi_targets() {
        assert!(is_qualified_iscsi("iqn.2015-02.example.com:storage.disk1"));
        for name in [
            "iqn.2015-02.example.com",
            "iqn.2015-2.example.com:a",
            "iqn.2015-02.:a",
            "iqn.2015-02.example.com:a b",
        ] {
            assert!(!is_qualified_iscsi(name), "{name}");
        }
    }

    #[test]
    fn hosts_with_ports() {
        for text in ["a:1", "[::1]:80", ":80", "a:"] {
            assert!(is_host_and_port(text), "{text}");
        }
        for text in ["a", "::1", "[::1]", "a:b:c"] {
            assert!(!is_host_and_port(text), "{text}");
        }
    }
}
