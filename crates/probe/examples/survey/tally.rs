//! Counts right and wrong answers, GETs and bytes per format.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;

use crate::answer::{self, Answer};
use crate::children;
use crate::peers::{PEERS, PeerAnswer};
use crate::storage::Cost;
use crate::truth::Truth;

/// The results for all files.
#[derive(Default)]
pub(crate) struct Survey {
    /// Counts by true format. For files whose true format is not known, the key is the format or
    /// the error that the probe reports, in brackets.
    pub(crate) formats: BTreeMap<String, Tally>,
    /// One line for each file for which the probe is wrong or returns an error.
    pub(crate) remarks: Vec<String>,
}

/// Counts for one format.
#[derive(Clone, Default)]
pub(crate) struct Tally {
    pub(crate) files: u32,
    pub(crate) right: u32,
    pub(crate) wrong: u32,
    pub(crate) errors: u32,
    /// Number of GETs for all files.
    pub(crate) gets: u32,
    /// Largest number of GETs for one file.
    pub(crate) max_gets: u32,
    /// Number of bytes that the GETs for all files returned.
    pub(crate) bytes: u64,
    /// Total size of all files, in bytes.
    pub(crate) object_bytes: u64,
    /// Sum of [`Answer::time`] over all files.
    pub(crate) time: Duration,
    pub(crate) peers: [PeerTally; PEERS.len()],
}

/// Counts for one peer and one format.
#[derive(Clone, Copy, Default)]
pub(crate) struct PeerTally {
    pub(crate) right: u32,
    pub(crate) wrong: u32,
    pub(crate) panics: u32,
    pub(crate) gets: u32,
}

/// Probes every file. If `truths` is given, also runs every peer, and compares the answers of the
/// probe and of the peers with the truths.
pub(crate) fn survey(
    root: &Path,
    files: &[PathBuf],
    truths: Option<&HashMap<String, Option<Truth>>>,
) -> Result<Survey, Box<dyn Error>> {
    let mut survey = Survey::default();
    let mut peers = Vec::new();
    if truths.is_some() {
        for peer in &PEERS {
            peers.push(children::answers(peer, root, files.len())?);
        }
    }
    for (index, file) in files.iter().enumerate() {
        let object = Bytes::from(fs::read(root.join(file))?);
        let key = file.to_string_lossy();
        let truth = truths.and_then(|truths| truths.get(key.as_ref())?.as_ref());
        let peers: Vec<_> = peers.iter().map(|answers| answers[index]).collect();
        survey.add(&object, &key, truth, &peers);
    }
    Ok(survey)
}

impl Survey {
    fn add(
        &mut self,
        object: &Bytes,
        key: &str,
        truth: Option<&Truth>,
        peers: &[(PeerAnswer, Cost)],
    ) {
        let answer = answer::timed(object, key);
        let tally = self.formats.entry(row(truth, &answer)).or_default();
        tally.count_cost(object.len() as u64, &answer);
        if let Some(remark) = tally.judge(object, &answer, truth) {
            self.remarks.push(format!("{key}: {remark}"));
        }
        if let Some(truth) = truth {
            tally.judge_peers(object, truth, peers);
        }
    }
}

/// Name of the table row that counts a file. If the file's truth is not known, the name is in
/// brackets. Rows with such names show the cost and the errors, but no right or wrong answers.
fn row(truth: Option<&Truth>, answer: &Answer) -> String {
    match (truth, &answer.result) {
        (Some(truth), _) => truth.format.clone(),
        (None, Ok(image)) => format!("({})", image.format),
        (None, Err(error)) => format!("({})", error.name()),
    }
}

impl Tally {
    fn count_cost(&mut self, size: u64, answer: &Answer) {
        let Cost { gets, bytes } = answer.cost;
        self.files += 1;
        self.gets += gets;
        self.max_gets = self.max_gets.max(gets);
        self.bytes += bytes;
        self.object_bytes += size;
        self.time += answer.time;
    }

    /// Counts the answer as right, wrong or an error; an image without a truth is not counted.
    /// Returns a remark on a wrong answer or an error.
    fn judge(&mut self, object: &[u8], answer: &Answer, truth: Option<&Truth>) -> Option<String> {
        match (&answer.result, truth) {
            (Ok(image), Some(truth)) => {
                let (width, height) = (image.width.into(), image.height.into());
                if truth.matches(object, width, height) {
                    self.right += 1;
                    return None;
                }
                self.wrong += 1;
                let Truth { width: w, height: h, format } = truth;
                Some(format!("wrong: {} {width}x{height}, truth {format} {w}x{h}", image.format))
            }
            (Ok(_), None) => None,
            (Err(error), truth) => {
                self.errors += 1;
                let truth = truth.map(|truth| {
                    format!(", truth {} {}x{}", truth.format, truth.width, truth.height)
                });
                Some(format!("{}: {error}{}", error.name(), truth.unwrap_or_default()))
            }
        }
    }

    fn judge_peers(&mut self, object: &[u8], truth: &Truth, answers: &[(PeerAnswer, Cost)]) {
        for ((answer, cost), tally) in answers.iter().zip(&mut self.peers) {
            tally.gets += cost.gets;
            match *answer {
                PeerAnswer::Dimensions(width, height) if truth.matches(object, width, height) => {
                    tally.right += 1;
                }
                PeerAnswer::Dimensions(..) => tally.wrong += 1,
                PeerAnswer::Refused => {}
                PeerAnswer::Panicked => tally.panics += 1,
            }
        }
    }

    /// Adds another format's counts.
    pub(crate) fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.right += other.right;
        self.wrong += other.wrong;
        self.errors += other.errors;
        self.gets += other.gets;
        self.max_gets = self.max_gets.max(other.max_gets);
        self.bytes += other.bytes;
        self.object_bytes += other.object_bytes;
        self.time += other.time;
        for (mine, theirs) in self.peers.iter_mut().zip(&other.peers) {
            mine.right += theirs.right;
            mine.wrong += theirs.wrong;
            mine.panics += theirs.panics;
            mine.gets += theirs.gets;
        }
    }
}
