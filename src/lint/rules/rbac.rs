//! Roles, bindings and service accounts.

pub(crate) mod access_to_create_pods;
pub(crate) mod access_to_exec;
pub(crate) mod access_to_node_proxy;
pub(crate) mod access_to_secrets;
pub(crate) mod automount_service_account_token;
pub(crate) mod cluster_admin_role_binding;
pub(crate) mod configmap_manage_access;
pub(crate) mod csr_approval_access;
pub(crate) mod default_service_account;
pub(crate) mod default_service_account_binding;
pub(crate) mod default_service_account_token;
pub(crate) mod deprecated_service_account_field;
pub(crate) mod endpoints_edit_access;
mod grants;
pub(crate) mod networking_manage_access;
pub(crate) mod privilege_escalation_verbs;
pub(crate) mod rbac_unknown_resource;
pub(crate) mod rolebinding_self_service;
pub(crate) mod service_account_legacy_token;
pub(crate) mod service_account_restricted_use;
pub(crate) mod services_status_access;
pub(crate) mod system_group_binding;
pub(crate) mod webhook_config_access;
pub(crate) mod wildcard_in_rules;
