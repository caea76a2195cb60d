import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { LIMITS } from '#limits.js';
import { HangWatch } from '#threads/hang-watch.js';

test('a heap that fills is noticed while there is room to act', async () => {
  const watch = new URL('../dist/threads/heap-watch.js', import.meta.url).href;
  const code = `
    import { parentPort } from 'node:worker_threads';
    import { watchHeap } from ${JSON.stringify(watch)};
    import { getHeapStatistics } from 'node:v8';
    const held = [];
    const hold = () => held.push(new Array(20_000).fill(0.5));
    const isNearlyFull = ({ used_heap_size, heap_size_limit }) => used_heap_size > heap_size_limit * 0.83;
    while (!isNearlyFull(getHeapStatistics())) hold();
    setInterval(hold, 50);
    watchHeap((heap) => parentPort.postMessage(heap));`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
    resourceLimits: { maxOldGenerationSizeMb: 400, maxYoungGenerationSizeMb: 8 },
  });
  const heap = await new Promise<{ used: number; limit: number }>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
  await worker.terminate();
  expect(heap.used).toBeGreaterThanOrEqual(heap.limit * LIMITS.fullHeap);
});

/** A watch over threads whose signs of life the test gives, and the looks that it makes. */
function watchOver(beats: Map<string, number>) {
  const looks: (() => void)[] = [];
  let hangs = 0;
  const watch = new HangWatch<string>({
    beats: () => beats,
    onHang: () => {
      hangs += 1;
    },
    clock: { now: () => 0, setTimeout: (run) => looks.push(run), clearTimeout: () => {} },
  });
  watch.start();
  const look = (times: number) => {
    for (let time = 0; time < times; time++) looks.shift()?.();
  };
  return { look, hangs: () => hangs };
}

test('a thread without a sign of life for many looks hangs; one that gives some, or is still loaded, does not', () => {
  const beats = new Map([
    ['one', 5],
    ['another', 1],
    ['loading', 0],
  ]);
  const { look, hangs } = watchOver(beats);
  look(LIMITS.silentLooks);
  for (const name of ['one', 'another']) beats.set(name, 9);
  look(LIMITS.silentLooks);
  expect(hangs()).toBe(0);
  beats.set('one', 10);
  look(1);
  expect(hangs()).toBe(1);
});
