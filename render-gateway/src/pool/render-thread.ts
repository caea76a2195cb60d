import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { InvalidDocumentError } from '@px0/contract';
import { InvalidProgramError } from '@px0/template-engine';
import { LRUCache } from 'lru-cache';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { reasonOf } from '../documents/reason.js';
import { execute } from '../render/execute.js';
import { heapOfVersion, type LoadedVersion, loadVersion } from '../render/loaded-version.js';
import { giveBack } from '../render/own-bytes.js';
import { readRequestBody } from '../render/request-body.js';
import type { Began, PoolAnswer, PoolTask, PoolThreadSettings, VersionText } from './pool-messages.js';
import { textOf } from './shared-bytes.js';

/**
 * The file of the pool's threads. They are ended in the middle of things, so that nothing may be
 * imported here that minds: above all not uWebSockets.js, which aborts the process then.
 */
const { templateBytes } = workerData as PoolThreadSettings;

interface Held {
  readonly revision: number;
  readonly version: LoadedVersion;
}

const versions = new LRUCache<string, Held>({ maxSize: templateBytes });

// On Linux this concerns the calling thread alone: the pool takes the time that answering requests leaves.
if (process.platform === 'linux') setPriority(0, 19);

/** Does what the primary asks for. */
export default function perform(task: PoolTask): unknown {
  const answer = answerOrFailure(task);
  if (answer.kind !== 'rendered') return answer;
  return move({ [transferableSymbol]: [answer.json.buffer], [valueSymbol]: answer } as never);
}

function answerOrFailure(task: PoolTask): PoolAnswer {
  try {
    return answerTo(task);
  } catch (error) {
    return { kind: 'failed', stack: (error instanceof Error && error.stack) || String(error) };
  }
}

function answerTo(task: PoolTask): PoolAnswer {
  if (task.kind === 'load') tell({ began: task.id });
  let version: LoadedVersion;
  try {
    version = versionOf(task.version);
  } catch (error) {
    if (error instanceof InvalidDocumentError || error instanceof InvalidProgramError) {
      return { kind: 'unreadable', reason: reasonOf(error) };
    }
    throw error;
  }
  if (task.kind === 'load') return { kind: 'loaded' };

  tell({ began: task.id });
  const { input, refused } = readRequestBody(task.body);
  giveBack(task.body);
  if (refused !== undefined) return { kind: 'refused', refusal: refused };
  if (input === undefined) throw new TypeError('a body was not read');
  const outcome = execute(version, task.prompt, input);
  return typeof outcome === 'string'
    ? { kind: 'rendered', json: new TextEncoder().encode(outcome) }
    : { kind: 'refused', refusal: outcome };
}

function versionOf({ key, revision, bytes }: VersionText): LoadedVersion {
  const held = versions.get(key);
  if (held?.revision === revision) return held.version;
  const body = textOf(bytes);
  const size = heapOfVersion(body);
  // Before it is loaded, for which there must be room too.
  while (versions.size > 0 && versions.calculatedSize + size > templateBytes) versions.pop();
  const version = loadVersion(key, body);
  versions.set(key, { revision, version }, { size });
  return version;
}

function tell(message: Began): void {
  parentPort?.postMessage(message);
}
