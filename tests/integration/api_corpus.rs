//! The images of a collection, which only a test on request has.
//!
//! ```console
//! $ CORPUS=DIRECTORY cargo test --test integration api_corpus:: -- --ignored --nocapture
//! ```

use std::path::{Path, PathBuf};

use futures_util::StreamExt as _;
use harness::{TestStack, run};
use local::executions::Outcome;

use crate::client::{follow, get};

/// Number of files to upload, spread evenly over the corpus.
const FILES: usize = 300;

#[test]
#[ignore = "needs a directory of images, named by the environment variable CORPUS"]
fn every_image_of_a_corpus_is_downloaded_byte_for_byte() {
    run(async {
        let corpus = std::env::var("CORPUS").expect("CORPUS names a directory of images");
        let mut files = Vec::new();
        collect(Path::new(&corpus), &mut files);
        // Sorted by size, so that a sample spread evenly over the files includes large images. The
        // API redirects for large images.
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

/// Uploads a file and downloads it whole and in parts. True if the image was behind a redirect;
/// `None` if the file is not an image.
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
        let headers = [("Range", range.as_str())];
        let part = follow("GET", &url, &headers).await;
        assert_eq!(part.status, 206, "{key} {range}");
        assert!(part.body == bytes[start..end], "{key} {range} is not that slice");
    }
    Some(redirected)
}
