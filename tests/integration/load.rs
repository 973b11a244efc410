//! `cargo local load`, called as a library with a small load.

use harness::{TestStack, run};
use local::load::{self, EmptyPipeline, Measured, Pace};
use local::progress::Progress;
use local::workspace::Workspace;

const NAME: &str = "load";
const UPLOADS: u32 = 20;

fn assert_adds_up(measured: &Measured) {
    assert_eq!(measured.uploads, UPLOADS as usize);
    assert_eq!(measured.completed + measured.failed, measured.uploads, "{measured:?}");
    assert_eq!(measured.failed, 0, "{:?}", measured.failures);
    let (latency, execution) = (measured.latency.unwrap(), measured.execution.unwrap());
    assert!(0.0 < execution.p50 && execution.p50 <= execution.max, "{execution:?}");
    assert!(0.0 < latency.p50 && latency.p50 <= latency.max, "{latency:?}");
}

fn states(measured: &Measured) -> Vec<&str> {
    measured.states.iter().map(|it| it.state.as_str()).skip(1).collect()
}

#[test]
fn every_upload_of_a_small_load_is_completed_and_measured() {
    run(async {
        let mut stack = TestStack::own(NAME).await.stack;
        let (workspace, silent) = (Workspace::find().unwrap(), Progress::silent());
        let empty = EmptyPipeline::deploy(&workspace, &stack, NAME, &silent).await.unwrap();
        let pace = Pace::new(UPLOADS, 10.0);
        let report = load::run(&mut stack, &empty, pace, &silent).await.unwrap();
        assert_adds_up(&report.pipeline);
        assert_adds_up(&report.empty_pipeline);
        assert_eq!(
            states(&report.pipeline),
            ["HeadObject", "IsPresent?", "ReadDimensions", "PutMetadata"]
        );
        assert_eq!(states(&report.empty_pipeline), ["First", "Second", "Third"]);
        assert!(report.all_completed() && report.latency_ratio.is_some(), "{report:?}");
        // The warm-up adds eight images. Uploads to the empty pipeline are not recorded.
        let info = stack.api().info().await.unwrap().body;
        assert_eq!(info["totalImages"], UPLOADS + 8);
    });
}
