import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { removeLeftOvers } from '#snapshot/left-overs.js';
import { openSnapshot } from '#snapshot/read-snapshot.js';

const LANES = 4;
const KILLS_PER_LANE = 50;
const DOCUMENTS = 400;
/** After a write was told, in milliseconds: longer than the next takes. */
const LATEST_KILL = 15;

const moduleUrl = (name: string) => new URL(`../../dist/snapshot/${name}.js`, import.meta.url).href;

/** Removes what was left over, then writes one snapshot after the other, and tells the number of each that it has written. */
const WRITER = `
import { removeLeftOvers } from ${JSON.stringify(moduleUrl('left-overs'))};
import { writeSnapshot } from ${JSON.stringify(moduleUrl('write-snapshot'))};
const [file, from] = process.argv.slice(1);
removeLeftOvers(file);
for (let revision = Number(from); ; revision++) {
  const documents = Array.from({ length: ${DOCUMENTS} }, (_, index) => ({
    key: 'prompt:' + index, revision, body: String(revision).repeat(200),
  }));
  await writeSnapshot(file, { house: 'h', position: { epoch: 'e', revision }, currentAt: revision }, documents);
  process.stdout.write(revision + '\\n');
}`;

/** @returns the revision that all of the snapshot is of */
function revisionOf(file: string): number {
  const snapshot = openSnapshot(file);
  try {
    const { revision } = snapshot.position;
    const documents = [...snapshot.documents];
    expect(documents).toHaveLength(DOCUMENTS);
    expect(documents.every((one) => one.revision === revision && one.body?.startsWith(`${revision}`))).toBe(
      true,
    );
    return revision;
  } finally {
    snapshot.close();
  }
}

/**
 * @param lane which of those that do this beside each other, so that none kills at the moment of another
 */
async function killOften(
  directory: string,
  lane: number,
  killsWithLeftOver: { count: number },
): Promise<void> {
  const file = path.join(directory, 'gateway.snapshot');
  let newest = 0;
  for (let kill = 0; kill < KILLS_PER_LANE; kill++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, file, String(newest + 1)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
    await once(child.stdout, 'data');
    // Each kill comes a little later in a write than the one before.
    await sleep(((kill * LANES + lane) / (KILLS_PER_LANE * LANES)) * LATEST_KILL);
    child.kill('SIGKILL');
    await once(child, 'close');
    const written = Math.max(...told.trim().split('\n').map(Number));
    const found = revisionOf(file);
    // The one after may be in its place already, without its writer having lived to tell.
    expect([written, written + 1]).toContain(found);
    newest = found;
    const others = readdirSync(directory).filter((name) => name !== 'gateway.snapshot');
    expect(others.length).toBeLessThanOrEqual(1);
    killsWithLeftOver.count += others.length;
  }
  removeLeftOvers(file);
  expect(readdirSync(directory)).toEqual(['gateway.snapshot']);
}

test('kill -9 during 200 writes: always the old snapshot or the new one stands, and no more than one left-over', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'px0-killed-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const killsWithLeftOver = { count: 0 };
  const lanes = Array.from({ length: LANES }, (_, lane) => {
    const own = path.join(directory, String(lane));
    mkdirSync(own);
    return killOften(own, lane, killsWithLeftOver);
  });
  await Promise.all(lanes);
  // So they were killed while they wrote.
  expect(killsWithLeftOver.count).toBeGreaterThan(LANES);
}, 240_000);
