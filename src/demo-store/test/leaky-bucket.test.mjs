import assert from 'node:assert/strict';
import test from 'node:test';
import { LeakyBucket } from '../leaky-bucket.mjs';

function aBucket(plan = 'standard') {
  let now = 0;
  const bucket = new LeakyBucket(plan, { clock: () => now });
  return { bucket, pass: seconds => { now += seconds * 1000; } };
}

test('each plan has its rate and twenty seconds of capacity', () => {
  const known = { standard: [2000, 100], advanced: [4000, 200], plus: [20_000, 1000], enterprise: [40_000, 2000] };
  for (const [plan, [maximumAvailable, restoreRate]] of Object.entries(known)) {
    assert.deepEqual(aBucket(plan).bucket.status(), { maximumAvailable, currentlyAvailable: maximumAvailable, restoreRate });
  }
});

test('what is not there cannot be taken, and time brings it back', () => {
  const { bucket, pass } = aBucket();
  assert.ok(bucket.take(1990));
  assert.ok(!bucket.take(11));
  assert.equal(bucket.status().currentlyAvailable, 10);
  pass(0.01);
  assert.ok(bucket.take(11));
  pass(1000);
  assert.equal(bucket.status().currentlyAvailable, 2000);
});

test('points given back never overflow the bucket', () => {
  const { bucket } = aBucket();
  bucket.take(100);
  bucket.giveBack(40);
  assert.equal(bucket.status().currentlyAvailable, 1940);
  bucket.giveBack(400);
  assert.equal(bucket.status().currentlyAvailable, 2000);
});

test('waiting (cost − available) / rate seconds is exactly enough', () => {
  const { bucket, pass } = aBucket();
  bucket.take(1500);
  const { currentlyAvailable, restoreRate } = bucket.status();
  assert.ok(!bucket.take(900));
  pass((900 - currentlyAvailable) / restoreRate);
  assert.ok(bucket.take(900));
});
