//! Measurements that need a collection of images or a quiet machine, so they only run on request.
//!
//! ```console
//! $ CORPUS=DIRECTORY cargo test --test integration api_measures:: -- --ignored --nocapture
//! ```
//!
//! `PIXGAUGE_RELEASE=1` builds the functions as they are released, which takes minutes. In a
//! release build, `get-metadata` takes 1.2 to 1.3 times as long as a function that does nothing.

use std::path::{Path, PathBuf};
use std::time::Instant;

use futures_util::StreamExt as _;
use harness::{TestStack, picture, run};
use local::executions::Outcome;

use crate::client::{follow, get};
use crate::first_invocation::median;

/// Maximum number of files to upload. A larger corpus is sampled.
const FILES: usize = 300;

/// Number of requests for each median.
const REQUESTS: usize = 100;

#[test]
#[ignore = "needs a directory of images, named by the environment variable CORPUS"]
fn every_image_of_a_corpus_is_downloaded_byte_for_byte() {
    run(async {
        let corpus = std::env::var("CORPUS").expect("CORPUS names a directory of images");
        let mut files = Vec::new();
        collect(Path::new(&corpus), &mut files);
        // In order of size, so that the sample includes large images, for which the API redirects.
        files.sort_by_key(|file| std::cmp::Reverse(std::fs::metadata(file).unwrap().len()));
        let step = (files.len() / FILES).max(1);
        let stack = TestStack::own("corpus").await;
        let sample: Vec<_> = files.into_iter().step_by(step).take(FILES).collect();
        let served: Vec<_> = futures_util::stream::iter(sample.iter().enumerate())
            .map(|(number, file)| download(&stack, number, file))
            .buffer_unordered(4)
            .collect()
            .await;
        let images = served.iter().flatten().count();
        let redirects = served.iter().flatten().filter(|redirected| **redirected).count();
        println!(
            "{} files: {images} identical images, {redirects} of them behind a redirect; \
             404 for the others",
            sample.len()
        );
        assert!(images > 0);
    });
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

/// Uploads a file, and checks that the API serves its bytes, whole and in parts. Returns true if
/// the API redirects to the image, and false if the API sends the image itself. If the file is not
/// an image, checks that the API responds 404, and returns `None`.
async fn download(stack: &TestStack, number: usize, file: &Path) -> Option<bool> {
    let bytes = std::fs::read(file).unwrap();
    let key = stack.key(&format!("{number}/{}", file.file_name().unwrap().to_string_lossy()));
    let execution = stack.measure(&key, bytes.clone(), "application/octet-stream").await;
    let url = stack.stack.api().file_url(&key);
    let whole = get(&url, &[]).await;
    if execution.outcome() != Outcome::Image {
        assert_eq!(whole.status, 404, "{key}");
        return None;
    }
    let redirected = whole.status == 307;
    assert!(follow("GET", &url, &[]).await.body == bytes, "{key} differs");
    let size = bytes.len();
    for (start, end) in [(0, size.min(10)), (size / 3, size / 2 + 1), (size - 1, size)] {
        let range = format!("bytes={start}-{}", end - 1);
        let part = follow("GET", &url, &[("Range", &range)]).await;
        assert_eq!(part.status, 206, "{key} {range}");
        assert!(part.body == bytes[start..end], "{key} {range} is not that slice");
    }
    Some(redirected)
}

/// Compares requests for metadata with requests for an unknown path. For an unknown path, the
/// function `openapi` responds 404 without calling another service. No other request takes
/// less work.
#[test]
#[ignore = "measures latency, which other tests disturb"]
fn get_metadata_takes_hardly_longer_than_a_function_that_does_nothing() {
    run(async {
        let stack = TestStack::own("latency").await;
        let key = &stack.key("latency.png");
        stack.measure(key, picture::png(4, 4, 0), "image/png").await;
        let nothing = format!("{}/nothing", stack.stack.outputs.api_url);
        let metadata = stack.stack.api().metadata_url(key);
        let (mut idle, mut working) = (Vec::new(), Vec::new());
        for _ in 0..REQUESTS {
            idle.push(timed(&nothing, 404).await);
            working.push(timed(&metadata, 200).await);
        }
        let (idle, working) = (median(idle), median(working));
        let ratio = working / idle;
        println!(
            "median of {REQUESTS}: no-op {idle:.2} ms, get-metadata {working:.2} ms, {ratio:.2} times"
        );
    });
}

/// The time in milliseconds until the response, which must have this status.
async fn timed(url: &str, status: u16) -> f64 {
    let start = Instant::now();
    assert_eq!(get(url, &[]).await.status, status);
    start.elapsed().as_secs_f64() * 1000.0
}
