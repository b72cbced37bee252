//! Volumes and claims.

pub(crate) mod emptydir_sizelimit;
pub(crate) mod hostpath_persistent_volume;
pub(crate) mod mount_path_shadowing;
pub(crate) mod pvc_storage_class;
pub(crate) mod relative_mount_path;
pub(crate) mod statefulset_volumeclaimtemplate_annotation;
pub(crate) mod storage_class_restricted;
pub(crate) mod subpath_mount;
pub(crate) mod volume_without_source;
