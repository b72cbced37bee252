//! Claims on storage that only one node may hold.

use plimsoll_yaml::NodeRef;

use super::Fleet;
use crate::manifest::Manifest;
use crate::manifest::view::{Volume, Workload, get};

impl<'m> Fleet<'m> {
    /// The volumes of a workload whose claim is in the input and may be held by one node only, with the claim: its
    /// access modes are `ReadWriteOnce` and `ReadWriteOncePod`, nothing else.
    pub fn volumes_of_one_node<'w>(
        &self,
        workload: &'w Workload<'m>,
    ) -> impl Iterator<Item = (Volume<'w, 'm>, &'m Manifest)> {
        let namespace = workload.namespace;
        workload.volumes().filter_map(move |volume| {
            let name = get(volume.node, "persistentVolumeClaim.claimName")?;
            let claim = self.object(("", "PersistentVolumeClaim"), Some(namespace), name.str())?;
            let mut modes = claim.get("spec.accessModes")?.items().map(NodeRef::str);
            let is_of_one_node = modes.all(|mode| matches!(mode, "ReadWriteOnce" | "ReadWriteOncePod"));
            is_of_one_node.then_some((volume, claim))
        })
    }
}
