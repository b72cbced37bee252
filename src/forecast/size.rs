//! How many pods there are when the rollout begins.

use super::timing::Timing;
use super::{Amount, Figure, Forecast, Name, Scene, Strategy};
use crate::manifest::fleet::Fleet;
use crate::manifest::rollout::Controller;
use crate::manifest::view::Workload;

/// A number of pods, and who says so.
pub(super) struct Size {
    pub(super) pods: i64,
    because: String,
}

impl Size {
    pub(super) fn figure(&self) -> Figure {
        Figure {
            name: Name::Replicas,
            amount: Amount::Count(self.pods),
            because: self.because.clone(),
        }
    }
}

/// The most pods that a field can ask for; what is beyond is refused.
const MOST: i64 = i32::MAX as i64;

/// The fewest pods that a workload has when nothing fails.
pub(super) fn pods(fleet: &Fleet<'_>, workload: &Workload<'_>) -> Option<i64> {
    Some(fleet.replicas(workload)?.clamp(0, MOST))
}

/// What the forecast of a controller that keeps a number of pods begins with; `None` for another's workload.
pub(super) fn begin<'m>(
    scene: &Scene<'_, 'm>,
    controller: Controller,
) -> Option<(Forecast, Timing<'m>, Size, Option<Size>)> {
    if Controller::of(scene.workload) != Some(controller) {
        return None;
    }
    let (fewest, most) = of(scene)?;
    let mut forecast = Forecast::of(&scene.workload.manifest.id, Strategy::RollingUpdate);
    forecast.figures.push(fewest.figure());
    Some((forecast, Timing::of(scene.workload), fewest, most))
}

/// The fewest pods that a workload has, and the most if an autoscaler may choose.
pub(super) fn of(scene: &Scene<'_, '_>) -> Option<(Size, Option<Size>)> {
    let written = scene.workload.replicas()?.clamp(0, MOST);
    let Some(scaler) = scene
        .fleet
        .scalers_of(scene.workload)
        .first()
        .filter(|_| written > 0)
    else {
        let is_written = scene.workload.manifest.get("spec.replicas").is_some();
        let because = if is_written {
            "`spec.replicas`"
        } else {
            "`spec.replicas` is not written: 1"
        };
        let because = because.to_owned();
        return Some((
            Size {
                pods: written,
                because,
            },
            None,
        ));
    };
    let title = format!("{} `{}`", scaler.manifest.id.kind, scaler.manifest.id.name);
    let fewest = scaler.fewest.clamp(1, MOST);
    let most = scaler
        .most
        .map(|most| most.min(MOST))
        .filter(|most| *most > fewest);
    let most = most.map(|most| Size {
        pods: most,
        because: format!("the most that {title} allows"),
    });
    let fewest = Size {
        pods: fewest,
        because: format!("the fewest that {title} allows"),
    };
    Some((fewest, most))
}
