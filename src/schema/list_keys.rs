//! What makes the items of a list a map: the keys that pair old items with new ones.

use super::SchemaStore;
use super::bundle::Type;
use crate::manifest::{ObjectId, Route, Step};

impl SchemaStore {
    /// The keys of the list at a route of an object: `x-kubernetes-list-map-keys`, else the patch merge key.
    /// `None` where the schema knows no list, or no keys of it.
    pub fn list_keys(&self, id: &ObjectId, list: &Route) -> Option<Vec<String>> {
        if let Some(custom) = self.custom(id.group(), id.version(), &id.kind) {
            return custom.list_keys(list);
        }
        let kind = self.builtin(id.group(), id.version(), &id.kind)?;
        let mut ty = Type::Object(kind.def);
        let mut shape = None;
        for step in list.steps() {
            (ty, shape) = match (ty, step) {
                (Type::Object(def), Step::Key(name)) => {
                    let field = self
                        .bundle
                        .def(def)
                        .field(name)
                        .filter(|field| !field.present().and(self.versions).is_empty())
                        .max_by_key(|field| field.present().and(self.versions).newest())?;
                    (field.ty(), field.list())
                }
                (Type::List(item), Step::Index(_)) | (Type::Map(item), Step::Key(_)) => {
                    (self.bundle.ty(item), None)
                }
                _ => return None,
            };
        }
        let shape = shape?;
        let keys: Vec<String> = shape.keys().map(str::to_owned).collect();
        if keys.is_empty() {
            shape.merge_key().map(|key| vec![key.to_owned()])
        } else {
            Some(keys)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::manifest::{ObjectId, Route};
    use crate::schema::SchemaStore;

    #[test]
    fn keys_of_lists() {
        let id = ObjectId {
            api_version: "apps/v1".into(),
            kind: "Deployment".into(),
            ..ObjectId::default()
        };
        let keys = |path: &str| {
            let route = Route::parse(path).expect("a route");
            SchemaStore::default()
                .list_keys(&id, &route)
                .map(|keys| keys.join(","))
        };
        assert_eq!(keys("spec.template.spec.containers").as_deref(), Some("name"));
        assert_eq!(
            keys("spec.template.spec.containers[0].ports").as_deref(),
            Some("containerPort,protocol")
        );
        assert_eq!(keys("spec.template.spec.containers[0].command"), None);
        assert_eq!(keys("spec.template.spec.no.such"), None);
    }
}
