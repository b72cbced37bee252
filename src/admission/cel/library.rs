//! What expressions in Kubernetes can call: the language's own functions, cel-go's extensions for strings, sets and lists,
//! and Kubernetes' libraries (`pkg/cel/environment/base.go` and `pkg/cel/library` of k8s.io/apiserver).

use std::fmt::Debug;
use std::sync::{Arc, LazyLock};

use cel::common::types::Type;
use cel::common::value::{StaticVal, Val};
use cel::{DeclarationError, Env, ExecutionError, extensions};

mod lists;
mod net;
mod numbers;
mod text;

/// The environment that expressions are compiled and evaluated in; made when the first one is.
///
/// # Errors
/// Two functions have the same signature, which a test would have found.
pub(super) fn environment() -> Result<&'static Arc<Env>, String> {
    static MADE: LazyLock<Result<Arc<Env>, String>> =
        LazyLock::new(|| make().map(Arc::new).map_err(|error| error.to_string()));
    MADE.as_ref().map_err(Clone::clone)
}

fn make() -> Result<Env, DeclarationError> {
    let mut env = Env::stdlib();
    env.add_extension(extensions::strings)?;
    env.add_extension(extensions::lists)?;
    env.add_extension(lists::extension)?;
    env.add_extension(text::extension)?;
    env.add_extension(numbers::extension)?;
    env.add_extension(net::extension)?;
    env.add_extension(super::program::extension)?;
    env.add_extension(super::relations::extension)?;
    Ok(env)
}

/// A value of a library: something with a type of its own that is only equal to its like.
#[derive(Debug, Clone)]
struct Named<T>(T);

/// What makes a Rust type one of a library.
trait Library: Debug + Clone + PartialEq + Send + Sync + 'static {
    /// Its type in the language.
    const TYPE: &'static Type;
}

impl<T: Library> Val for Named<T> {
    fn get_type(&self) -> &Type {
        T::TYPE
    }

    fn cel_type() -> &'static Type {
        T::TYPE
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other
            .downcast_ref::<Self>()
            .is_some_and(|other| self.0 == other.0)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }
}

impl<T: Library> StaticVal for Named<T> {}

/// An error in the words of the server.
fn failed(message: impl ToString) -> ExecutionError {
    ExecutionError::InternalError(message.to_string())
}
