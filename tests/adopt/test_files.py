"""adopt.py changes single entries of Pulumi.STACK.yaml. All other lines must stay the same."""

import re

from adoption.files import StackFile, yaml
from sandbox import BARE, Sandbox

PRODUCTION = """# For images that matter.
encryptionsalt: v1:abc
config:
  aws:region: "eu-central-1" # ours
  # NONE would let anyone call the API.
  pixgauge:authorization: AWS_IAM
  pixgauge:corsOrigins:
  - https://a.example
  - https://b.example
  pixgauge:bucketLifecycleRules:
    - id: old
      status: Enabled

    - id: older
      status: Enabled
  # Keeps the images.
  'pixgauge:versioning': Suspended
  pixgauge:forceDestroy: true

# The end.
environment:
  - it
"""


class Files(Sandbox):
    def test_entries_are_replaced_in_place_and_the_rest_stays(self):
        self.write_file(PRODUCTION)
        self.assertEqual(self.adopt()[0], 0)
        text = self.file()
        kept = PRODUCTION.split("  pixgauge:bucketLifecycleRules")[0]
        self.assertTrue(text.startswith(kept), text)
        self.assertTrue(text.endswith("\n\n# The end.\nenvironment:\n  - it\n"), text)
        self.assertNotIn("older", text)
        self.assertIn('  # Keeps the images.\n  pixgauge:versioning: "Enabled"\n', text)
        self.assertIn("  pixgauge:forceDestroy: false\n", text)
        keys = re.findall(r"(?m)^  '?(pixgauge:\w+)", text)
        self.assertEqual(sorted(keys), sorted(set(keys)))

    def test_a_second_run_changes_nothing(self):
        self.adopt()
        first = self.file()
        self.adopt()
        self.assertEqual(self.file(), first)

    def test_what_the_bucket_has_lost_is_not_kept(self):
        self.adopt()
        self.assertIn("bucketCorsRules", self.file())
        self.answer({}, among=BARE)
        self.adopt()
        self.assertNotIn("bucketCorsRules", self.file())

    def test_an_empty_configuration(self):
        for text in ["", "config: {}\n", "config:\n", "encryptionsalt: a\n", "config: # none\n"]:
            self.write_file(text)
            self.assertEqual(self.adopt()[0], 0, text)
            self.assertEqual(self.settings()["keyPrefix"], "photos/")
            self.assertEqual(self.file().count("config:"), 1)
        self.write_file("config: {}  # none yet\n")
        self.adopt()
        self.assertIn("config:  # none yet\n", self.file())

    def test_a_configuration_on_one_line_is_refused(self):
        self.write_file("config: {aws:region: eu-central-1}\n")
        self.assertIn("write it as a block", self.refused())

    def test_the_configuration_may_stand_last_and_be_indented_further(self):
        self.write_file("encryptionsalt: a\nconfig:\n    aws:region: eu-central-1")
        self.adopt()
        self.assertIn("\n    aws:region: eu-central-1\n    pixgauge:bucketName:", self.file())

    def test_texts_of_a_value_stay_as_they_are(self):
        for value, text in [
            ({"a": "b: c # d", "e": [1, True, None]}, '{"a": "b: c # d", "e": [1, true, null]}'),
            ("0123", '"0123"'),
            ("Grüße 🦀 \\ \" '", '"Grüße 🦀 \\\\ \\" \'"'),
            ("\x00\x7f\x85\xa0\u2028\ufeff\n", '"\\u0000\\u007f\\u0085\\u00a0\\u2028\\ufeff\\n"'),
            ("\U000e0001", '"\\U000e0001"'),
        ]:
            self.assertEqual(yaml(value), text)

    def test_plain_and_quoted_texts_are_read(self):
        self.write_file("config:\n  a:b: c # d\n  e:f: \"g # h\"\n  'i:j': 'k'\n  l:m:\n    n: o\n")
        file = StackFile(self.project / "Pulumi.site.yaml")
        texts = [file.text(key) for key in ["a:b", "e:f", "i:j", "l:m", "n"]]
        self.assertEqual(texts, ["c", "g # h", "k", "", None])
