//! The local stack's page in Chromium. `tests/conformance/browser/run` runs these tests.
//!
//! With `PIXGAUGE_PICTURES=DIRECTORY`, they write two pictures of each view: one in light colors
//! and one in dark colors.

mod left_open;
mod squatter;

use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use harness::{TestStack, picture, run};
use serde_json::json;

use super::serve;
use crate::browser::{Chromium, Tab};

/// A key with markup, a line break, and a control character that reverses the text after it.
const HOSTILE: &str = "uploads/<img src=x onerror=\"document.title='hacked'\">\n\u{202e}&amp;.png";

/// The text that the page shows for [`HOSTILE`], without `uploads/`.
const HOSTILE_SHOWN: &str = "<img src=x onerror=\"document.title='hacked'\">\\n\\u{202e}&amp;.png";

/// Writes two pictures of the tab, light and dark, if `PIXGAUGE_PICTURES` names a directory.
async fn pictures(chromium: &mut Chromium, tab: &Tab, name: &str) {
    let Some(directory) = std::env::var_os("PIXGAUGE_PICTURES") else { return };
    for scheme in ["light", "dark"] {
        chromium.prefer(tab, scheme).await;
        let path = PathBuf::from(&directory).join(format!("{name}-{scheme}.png"));
        chromium.picture(tab, true, &path).await;
    }
}

/// Writes `page.png`, the picture that README.md shows, if `PIXGAUGE_PICTURES` names a directory.
async fn picture_of_readme(chromium: &mut Chromium, tab: &Tab) {
    let Some(directory) = std::env::var_os("PIXGAUGE_PICTURES") else { return };
    chromium.prefer(tab, "light").await;
    chromium.picture(tab, false, &PathBuf::from(directory).join("page.png")).await;
}

/// Lets the browser draw a picture, drops it onto the page as a user drops a file, and waits until
/// the page lists the upload.
async fn drop_picture(chromium: &mut Chromium, tab: &Tab, name: &str, hue: u32) {
    let script = format!(
        "(async () => {{
            const canvas = new OffscreenCanvas(320, 200);
            const context = canvas.getContext('2d');
            const gradient = context.createLinearGradient(0, 0, 320, 200);
            gradient.addColorStop(0, 'hsl({hue} 80% 60%)');
            gradient.addColorStop(1, 'hsl({} 70% 30%)');
            context.fillStyle = gradient;
            context.fillRect(0, 0, 320, 200);
            const blob = await canvas.convertToBlob();
            const transfer = new DataTransfer();
            transfer.items.add(new File([blob], {name:?}, {{type: 'image/png'}}));
            dispatchEvent(Object.assign(new Event('drop', {{cancelable: true}}), {{dataTransfer: transfer}}));
        }})()",
        hue + 60,
    );
    chromium.value(tab, &script).await;
    let lines = "[...document.querySelectorAll('#uploads li')]";
    let is_uploaded = format!("it.innerText.includes({name:?}) && it.querySelector('a')");
    chromium.until(tab, &format!("{lines}.some((it) => {is_uploaded})")).await;
}

/// Asserts that the page's Content-Security-Policy has blocked nothing, that no script has failed,
/// and that nothing but images has failed to load.
async fn assert_no_problems(chromium: &mut Chromium, tab: &Tab) {
    assert_eq!(chromium.value(tab, "window.problems").await, json!([]));
}

#[test]
#[ignore = "needs chromium or google-chrome: run tests/conformance/browser/run"]
fn every_view_shows_what_happened() {
    run(async {
        let settings = [("resultEvents", json!(true))];
        let stack = TestStack::with_fast_retries_configured("page", &settings).await;
        local::result_events::keep(&stack.stack.aws, &stack.stack.outputs).await.unwrap();
        let page = serve(&stack, None);
        let mut chromium = Chromium::start();
        let tab = chromium.open(&page.address()).await;
        let base = chromium.value(&tab, "document.body.dataset.base").await;
        let origin = chromium.value(&tab, "location.origin").await;
        let base = format!("{}{}", origin.as_str().unwrap(), base.as_str().unwrap());

        // The page gets news over its connection, so the list grows without a reload.
        chromium.until(&tab, "document.querySelector('#connection.live')").await;
        assert!(chromium.text(&tab).await.contains("No executions yet"));
        stack.measure("uploads/text.jpg", "no image", "image/jpeg").await;
        stack.measure(HOSTILE, picture::png(3, 2, 0), "image/png").await;
        stack.delete("uploads/text.jpg").await;
        chromium.until(&tab, "document.querySelectorAll('tbody tr').length === 3").await;
        chromium.until(&tab, "document.body.innerText.includes('rejected')").await;
        let text = chromium.text(&tab).await;
        assert!(text.contains(HOSTILE_SHOWN), "{text}");

        images(&mut chromium, &tab, &base).await;
        list(&stack, &mut chromium, &tab, &base).await;
        one_execution(&mut chromium, &tab, &base).await;
        result_events(&mut chromium, &tab).await;
        failures(&stack, &mut chromium, &tab, &base).await;
        reconciliations(&stack, &mut chromium, &tab, &base).await;
        assert_ne!(chromium.value(&tab, "document.title").await, "hacked");
    });
}

/// Uploads three images through the page, and checks the view that lists the stack's images.
async fn images(chromium: &mut Chromium, tab: &Tab, base: &str) {
    chromium.go(tab, &format!("{base}/images")).await;
    for (index, name) in ["sunrise.png", "forest.png", "lake <b>.png"].into_iter().enumerate() {
        drop_picture(chromium, tab, name, u32::try_from(index).unwrap() * 100).await;
    }
    // Besides the three images, there is the image under the key [`HOSTILE`]. It consists of a
    // header only, so the browser cannot show it.
    chromium.until(tab, "document.querySelectorAll('.tiles li').length === 4").await;
    let loaded =
        "[...document.querySelectorAll('.tiles img')].filter((it) => it.naturalWidth === 320)";
    chromium.until(tab, &format!("{loaded}.length === 3")).await;
    let text = chromium.text(tab).await;
    assert!(text.contains(HOSTILE_SHOWN) && text.contains("lake <b>.png"), "{text}");
    pictures(chromium, tab, "images").await;
    assert_no_problems(chromium, tab).await;
    chromium.go(tab, &format!("{base}/images?prefix=for&contentType=image%2Fpng")).await;
    assert_eq!(chromium.value(tab, "document.querySelectorAll('.tiles li').length").await, 1);
}

/// Filters the list of executions, and opens one execution with the keyboard.
async fn list(stack: &TestStack, chromium: &mut Chromium, tab: &Tab, base: &str) {
    stack.ended_all(6).await;
    chromium.press(tab, "g").await;
    chromium.press(tab, "e").await;
    chromium.until(tab, "document.querySelectorAll('tbody tr').length === 6").await;
    pictures(chromium, tab, "executions").await;
    chromium.go(tab, &format!("{base}/executions?key=FOREST")).await;
    assert_eq!(chromium.value(tab, "document.querySelectorAll('tbody tr').length").await, 1);
    for (outcome, number) in [("rejected", 1), ("absent", 1), ("image", 4), ("failed", 0)] {
        chromium.go(tab, &format!("{base}/executions?outcome={outcome}")).await;
        let rows = chromium.value(tab, "document.querySelectorAll('tbody tr').length").await;
        assert_eq!(rows, number, "{outcome}");
    }
    chromium.go(tab, &format!("{base}/executions?key=sunrise")).await;
    chromium.press(tab, "j").await;
    chromium.press(tab, "Enter").await;
    chromium.until(tab, "location.pathname.endsWith('/execution')").await;
    chromium.until(tab, "document.readyState === 'complete'").await;
}

/// Checks the page of the execution that `list` has opened: states, picture and logs. Then starts
/// the execution again in both ways that the page offers.
async fn one_execution(chromium: &mut Chromium, tab: &Tab, base: &str) {
    let states =
        "[...document.querySelectorAll('.state.succeeded .name')].map((it) => it.textContent)";
    let states = chromium.value(tab, &format!("{states}.sort()")).await;
    assert_eq!(states, json!(["HeadObject", "IsPresent?", "PutMetadata", "ReadDimensions"]));
    let text = chromium.text(tab).await;
    assert!(text.contains("sunrise.png") && text.contains("image/png"), "{text}");
    chromium.until(tab, "document.querySelector('.picture img').naturalWidth === 320").await;

    picture_of_readme(chromium, tab).await;
    chromium.click(tab, "#step-2 > summary").await;
    chromium.click(tab, "#logs-2-0 > summary").await;
    chromium.until(tab, "document.querySelectorAll('#logs-2-0 .log li').length >= 3").await;
    let log = chromium.value(tab, "document.querySelector('#logs-2-0').innerText").await;
    let log = log.as_str().unwrap();
    assert!(log.contains("REPORT RequestId") && log.contains("sunrise.png"), "{log}");
    pictures(chromium, tab, "execution").await;
    assert_no_problems(chromium, tab).await;

    // The button `look` starts an execution with the first execution's event, but without the
    // sequencer: the new execution is not stale. The button `same` starts one with the unchanged
    // event: the new execution is stale.
    let first = chromium.value(tab, "document.querySelector('#arn').textContent").await;
    chromium.click(tab, "form:has([value=look]) button").await;
    let other = "document.querySelector('#arn').textContent !== ";
    chromium
        .until(tab, &format!("{other} {first} && document.querySelector('.status.succeeded')"))
        .await;
    assert!(!chromium.text(tab).await.contains("Stale:"));
    let address = format!("{base}/execution?arn={}", first.as_str().unwrap());
    chromium.go(tab, &address).await;
    chromium.click(tab, "form:has([value=same]) button").await;
    chromium
        .until(tab, &format!("{other} {first} && document.querySelector('.status.succeeded')"))
        .await;
    chromium.until(tab, "document.body.innerText.includes('Stale:')").await;
}

/// Checks the view of the events that subscribers got so far, and follows the link from one event
/// to the executions of its key.
async fn result_events(chromium: &mut Chromium, tab: &Tab) {
    chromium.press(tab, "g").await;
    chromium.press(tab, "v").await;
    chromium.until(tab, "document.querySelector('h1').textContent === 'Events'").await;
    // One event for each of the four images, and two events for `text.jpg`, which was rejected and
    // then deleted.
    chromium.until(tab, "document.querySelectorAll('#events tbody tr').length === 6").await;
    let kinds =
        "[...document.querySelectorAll('#events tr td:first-child')].map((it) => it.innerText)";
    let kinds = chromium.value(tab, &format!("{kinds}.sort()")).await;
    let recorded = ["ImageRecorded"; 4];
    assert_eq!(kinds, json!([&recorded[..], &["ImageRejected", "ImageRemoved"]].concat()));
    let text = chromium.text(tab).await;
    assert!(text.contains(HOSTILE_SHOWN) && text.contains("320×200"), "{text}");
    pictures(chromium, tab, "events").await;
    assert_no_problems(chromium, tab).await;
    chromium.click(tab, "#events a.row[href*=forest]").await;
    chromium.until(tab, "location.pathname.endsWith('/executions')").await;
    chromium.until(tab, "document.querySelectorAll('tbody tr').length === 1").await;
}

/// Lets an execution fail after retries, checks how the page shows its attempts and their logs, and
/// redrives it through the page.
async fn failures(stack: &TestStack, chromium: &mut Chromium, tab: &Tab, base: &str) {
    // Without the table's name, the function fails when it starts, before it receives an event.
    stack.set_variables("put-metadata", &[("TABLE_NAME", "")]).await;
    let failed = stack.measure("uploads/fails.png", picture::png(5, 5, 0), "image/png").await;
    let table = &stack.stack.outputs.table_name;
    stack.set_variables("put-metadata", &[("TABLE_NAME", table)]).await;

    chromium.go(tab, &format!("{base}/executions?status=FAILED")).await;
    chromium.click(tab, "tbody a.row").await;
    chromium.until(tab, "document.querySelector('.state.failed')").await;
    chromium.until(tab, "document.querySelector('.state.caught')").await;
    let text = chromium.text(tab).await;
    assert!(text.contains(failed.error.as_deref().unwrap()), "{text}");
    let steps = stack.stack.executions.steps(&failed.arn).await.unwrap();
    let visits: Vec<_> = steps.iter().filter(|step| step.state == "PutMetadata").collect();
    let attempts: usize = visits.iter().map(|step| step.attempts.len()).sum();
    let retries = attempts - visits.len();
    let caught = chromium.value(tab, "document.querySelector('.state.caught').textContent").await;
    let counts = format!("{} visits, {retries} retries", visits.len());
    assert!(caught.as_str().unwrap().contains("PutMetadata"), "{caught}");
    assert!(retries > 1 && caught.as_str().unwrap().contains(&counts), "{caught} {counts}");
    // Each failed attempt has a separate log.
    let sources = "[...document.querySelectorAll('.step.caught .logs')]";
    let ids = format!("new Set({sources}.map((it) => it.querySelector('code').textContent)).size");
    assert_eq!(chromium.value(tab, &ids).await, attempts, "{text}");
    chromium.click(tab, "#step-3 > summary").await;
    chromium.click(tab, "#logs-3-1 > summary").await;
    chromium.until(tab, "document.querySelectorAll('#logs-3-1 .log li').length >= 2").await;
    pictures(chromium, tab, "failed").await;

    chromium.until(tab, "document.querySelector('#failures-badge').textContent === '1'").await;
    chromium.press(tab, "g").await;
    chromium.press(tab, "f").await;
    chromium.until(tab, "document.querySelector('.failure')").await;
    assert!(chromium.text(tab).await.contains("fails.png"));
    pictures(chromium, tab, "failures").await;
    chromium.click(tab, ".failure button").await;
    chromium.until(tab, "document.body.innerText.includes('1 execution started.')").await;
    assert!(chromium.text(tab).await.contains("The failure queue is empty."));
    assert_no_problems(chromium, tab).await;
    chromium.click(tab, ".results a").await;
    chromium.until(tab, "document.querySelector('#heading .status.succeeded')").await;
}

/// Starts a reconciliation through the page. The reconciliation finds an object without a record.
async fn reconciliations(stack: &TestStack, chromium: &mut Chromium, tab: &Tab, base: &str) {
    stack.silence_events().await;
    stack.upload("uploads/missed.png", picture::png(7, 7, 0), "image/png").await;
    chromium.press(tab, "g").await;
    chromium.press(tab, "r").await;
    chromium.until(tab, "document.querySelector('h1').textContent === 'Reconcile'").await;
    chromium.click(tab, "form.actions button").await;
    chromium
        .until(tab, "document.querySelector('.reconciliation > header .status.succeeded')")
        .await;
    let text = chromium.text(tab).await;
    assert!(text.contains("examined") && text.contains("missed.png"), "{text}");
    pictures(chromium, tab, "reconciliations").await;
    chromium.click(tab, "#reconciliations a.row").await;
    chromium.until(tab, "document.querySelector('.frame')").await;
    pictures(chromium, tab, "reconciliation").await;
    assert_no_problems(chromium, tab).await;
    chromium.go(tab, &format!("{base}/executions?machine=repair-image")).await;
    assert!(chromium.text(tab).await.contains("missed.png"));
}

/// A browser opens at most six connections to a server. Seven tabs work because all tabs share one
/// stream of events.
#[test]
#[ignore = "needs chromium or google-chrome: run tests/conformance/browser/run"]
fn seven_tabs_are_live_and_say_that_the_stack_has_stopped() {
    run(async {
        let stack = TestStack::own("tabs").await;
        let page = serve(&stack, None);
        let mut chromium = Chromium::start();
        let mut tabs = vec![chromium.open(&page.address()).await];
        let url = chromium.value(&tabs[0], "location.href").await;
        for _ in 1..7 {
            tabs.push(chromium.open(url.as_str().unwrap()).await);
        }
        for tab in &tabs {
            chromium.until(tab, "document.querySelector('#connection.live')").await;
        }
        stack.measure("uploads/seen.png", picture::png(3, 2, 0), "image/png").await;
        for tab in &tabs {
            chromium.until(tab, "document.body.innerText.includes('seen.png')").await;
        }
        drop(page);
        for tab in &tabs {
            chromium.until(tab, "document.querySelector('#connection.lost')").await;
            chromium
                .until(tab, "document.querySelector('#banner').innerText.includes('stopped')")
                .await;
        }
    });
}

/// True if a page of another origin can show `url` in a frame. If `url` is `None`, the frame shows
/// a page that allows framing.
async fn can_be_framed(chromium: &mut Chromium, url: Option<&str>) -> bool {
    let (framed, id) = url.map_or(("/inner", "inner"), |url| (url, "connection"));
    let page = Html(format!("<!DOCTYPE html><iframe src='{framed}'></iframe>"));
    let routes = Router::new().route("/", get(page)).route("/inner", get(Html("<p id=inner>")));
    let port = crate::browser::serve(|_| routes).await;
    let tab = chromium.open(&format!("http://127.0.0.1:{port}")).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    chromium.has_element(&tab, id).await
}

#[test]
#[ignore = "needs chromium or google-chrome: run tests/conformance/browser/run"]
fn no_other_page_frames_the_page_or_makes_it_act() {
    run(async {
        let stack = TestStack::own("framing").await;
        let page = serve(&stack, None);
        let mut chromium = Chromium::start();
        let tab = chromium.open(&page.address()).await;
        let url = chromium.value(&tab, "location.href").await;
        let url = url.as_str().unwrap();
        chromium.until(&tab, "document.querySelector('#connection.live')").await;

        // The attack itself works: a page without protection can be framed.
        assert!(can_be_framed(&mut chromium, None).await);
        assert!(!can_be_framed(&mut chromium, Some(url)).await, "the page is framed");

        // A link on another page can open the stack's page, because the browser sends the session
        // cookie.
        let elsewhere = chromium.open(&format!("data:text/html,<a href='{url}'>open</a>")).await;
        chromium.click(&elsewhere, "a").await;
        chromium.until(&elsewhere, "document.querySelector('#connection')").await;

        // A form on a page of another origin cannot start a reconciliation.
        let start = url.replace("/executions", "/reconciliations/start");
        let form =
            format!("data:text/html,<form method=post action='{start}'><button>go</button></form>");
        let foreign = chromium.open(&form).await;
        chromium.click(&foreign, "button").await;
        chromium.until(&foreign, "document.body.innerText.includes('Not admitted')").await;
        let machine = &stack.stack.outputs.reconcile_state_machine_arn;
        let listed = stack.stack.aws.sfn.list_executions().state_machine_arn(machine).send().await;
        assert!(listed.unwrap().executions.is_empty());
    });
}
