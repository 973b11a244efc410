// Uses the typed client on the images that standard input lists.

import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";

import createClient from "openapi-fetch";

import type { paths } from "./pixgauge";

interface Given {
  api: string;
  /** Bytes in base64, by key. */
  images: Record<string, string>;
  rejected: string;
}

const given: Given = JSON.parse(readFileSync(0, "utf8"));
const api = createClient<paths>({ baseUrl: given.api });
const keys = Object.keys(given.images);

for (const key of keys) {
  const query = { s3objectkey: key };
  const metadata = await api.GET("/images/metadata", { params: { query } });
  assert.equal(metadata.data?.s3objectkey, key);
  const file = await api.GET("/images/file", { params: { query }, parseAs: "arrayBuffer" });
  const bytes: ArrayBuffer | undefined = file.data;
  assert.equal(Buffer.from(bytes ?? new ArrayBuffer()).toString("base64"), given.images[key]);
  if (!key.includes("?")) {
    const path = { s3objectkey: key.slice("uploads/".length) };
    const again = await api.GET("/images/metadata/{s3objectkey}", { params: { path } });
    assert.deepEqual(again.data, metadata.data);
  }
}

const rejected = await api.GET("/images/metadata", {
  params: { query: { s3objectkey: given.rejected } },
});
if (rejected.error === undefined || !("reason" in rejected.error)) {
  throw new Error(JSON.stringify(rejected.data));
}
const reason: "CorruptImage" | "UnreadableObject" | "UnsupportedImage" | undefined = rejected.error.reason;
assert.equal(reason, "UnsupportedImage");

const lookUp = await api.POST("/images/metadata", { body: { keys: [...keys, given.rejected] } });
assert.deepEqual(
  lookUp.data?.results.map((result) => result.status),
  [...keys.map(() => "found"), "rejected"],
);

async function page(position: { cursor?: string }) {
  const query = { limit: 3, ...position };
  const { data } = await api.GET("/images", { params: { query } });
  // A page in the other form, NDJSON, would be a string.
  assert(typeof data === "object");
  return data;
}

const listed: string[] = [];
for (let next = await page({}); ; next = await page({ cursor: next.cursor })) {
  listed.push(...next.images.map((image) => image.s3objectkey));
  if (next.cursor === null) break;
}
assert.deepEqual(listed.sort(), keys.sort());

const info = await api.GET("/images/info");
assert.equal(info.data?.totalImages, keys.length);
console.log(`TypeScript: ${keys.length} images, listed, looked up and downloaded`);
