//! Converts the tags that `ExifTool` prints to facts, under the names and in the formats of the
//! API's JSON.

use std::collections::HashMap;
use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

use probe::Image;
use serde_json::{Map, Value, json};

use super::{Facts, lines};

/// Runs one process of `ExifTool` for all files.
pub(super) fn facts(mut command: Command, paths: &[PathBuf]) -> Result<Vec<Facts>, Box<dyn Error>> {
    // -n: numbers instead of descriptions. -G1: groups as prefixes. -a: duplicate tags. -@ -: reads
    // the list of files from standard input.
    command.args(["-json", "-n", "-G1", "-a", "-q", "-charset", "filename=utf8", "-@", "-"]);
    let output = lines::run(command, paths)?;
    let answers: Vec<Map<String, Value>> = serde_json::from_str(&output)?;
    let by_path: HashMap<&str, &Map<String, Value>> =
        answers.iter().filter_map(|tags| Some((tags.get("SourceFile")?.as_str()?, tags))).collect();
    let of_path = |path: &PathBuf| match by_path.get(path.to_string_lossy().as_ref()) {
        None => Err("ExifTool does not know it".to_owned()),
        Some(tags) => Tags(tags).facts(),
    };
    Ok(paths.iter().map(of_path).collect())
}

/// The tags of a file, by group and name.
struct Tags<'a>(&'a Map<String, Value>);

impl Tags<'_> {
    fn facts(&self) -> Facts {
        if let Some(error) = self.get(&["ExifTool:Error"]) {
            return Err(error.to_string());
        }
        let facts = [
            ("width", self.get(&["File:ImageWidth"]).cloned()),
            ("height", self.get(&["File:ImageHeight"]).cloned()),
            ("orientation", self.orientation()),
            ("takenAt", self.taken_at()),
            ("cameraMake", self.text(&["IFD0:Make"])),
            ("cameraModel", self.text(&["IFD0:Model"])),
            ("lensModel", self.text(&["ExifIFD:LensModel", "IFD0:LensModel"])),
            ("location", self.location()),
            ("colorSpace", self.text(&["ICC-header:ColorSpaceData"])),
            ("iccProfile", self.text(&["ICC_Profile:ProfileDescription"])),
            ("densityX", self.density("XResolution")),
            ("densityY", self.density("YResolution")),
            ("frames", self.get(&["GIF:FrameCount", "PNG:AnimationFrames"]).cloned()),
        ];
        let known = facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Ok(known.collect())
    }

    /// The value of the first of these tags that the file has.
    fn get(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|name| self.0.get(*name))
    }

    fn orientation(&self) -> Option<Value> {
        let value = self.get(&["IFD0:Orientation"])?;
        value.as_u64().filter(|number| (1..=8).contains(number)).map(Value::from)
    }

    /// The text of the first of these tags that the file has, cleaned and shortened like the texts
    /// of the probe. `ExifTool` prints `12` instead of `"12"`: this function converts numbers back
    /// to text.
    fn text(&self, names: &[&str]) -> Option<Value> {
        let text = match self.get(names)? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        let mut end = text.trim().len().min(Image::MAX_TEXT);
        while !text.trim().is_char_boundary(end) {
            end -= 1;
        }
        let text = text.trim()[..end].trim_end();
        (!text.is_empty()).then(|| json!(text))
    }

    /// The time of the first tag that states a valid time, as ISO 8601 without an offset from UTC.
    fn taken_at(&self) -> Option<Value> {
        let tags = [
            "ExifIFD:DateTimeOriginal",
            "IFD0:DateTimeOriginal",
            "ExifIFD:CreateDate",
            "IFD0:CreateDate",
        ];
        tags.into_iter().find_map(|tag| {
            let time = self.get(&[tag])?.as_str()?.get(..19)?;
            let is_zero = time.starts_with("0000") || time.starts_with(' ');
            let (date, time) = time.split_once([' ', 'T']).filter(|_| !is_zero)?;
            Some(json!(format!("{}T{time}", date.replace([':', '/'], "-"))))
        })
    }

    fn location(&self) -> Option<Value> {
        self.get(&["GPS:GPSLatitude"])?;
        let degrees = |name| Some(self.get(&[name])?.as_f64()?.to_string());
        let latitude = degrees("Composite:GPSLatitude")?;
        let longitude = degrees("Composite:GPSLongitude")?;
        Some(json!({ "latitude": latitude, "longitude": longitude }))
    }

    /// A density in dots per inch: from EXIF if EXIF states one, or else from JFIF, from pHYs or
    /// from the header of a BMP file.
    fn density(&self, name: &str) -> Option<Value> {
        for (group, inch, centimeter) in [("IFD0", 2, 3), ("JFIF", 1, 2)] {
            let Some(dots) = self.number(&format!("{group}:{name}")) else { continue };
            let unit =
                self.get(&[&format!("{group}:ResolutionUnit")]).map_or(Some(2), Value::as_u64);
            let factor = match unit {
                Some(unit) if unit == inch => 1.0,
                Some(unit) if unit == centimeter => 2.54,
                _ => continue,
            };
            return whole(dots * factor);
        }
        let axis = &name[..1];
        let per_meter = match self.number("PNG-pHYs:PixelUnits") {
            Some(_) => self.number(&format!("PNG-pHYs:PixelsPerUnit{axis}"))?,
            None => self.number(&format!("File:PixelsPerMeter{axis}"))?,
        };
        let is_ratio = self.number("PNG-pHYs:PixelUnits") == Some(0.0);
        whole(per_meter * 0.0254).filter(|_| !is_ratio)
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(&[name])?.as_f64()
    }
}

/// `dots` rounded to an integer; `None` if the integer is not positive or exceeds 32 bits.
fn whole(dots: f64) -> Option<Value> {
    let rounded = dots.round();
    (0.5..=f64::from(u32::MAX)).contains(&rounded).then(|| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        let whole = rounded as u32;
        json!(whole)
    })
}
