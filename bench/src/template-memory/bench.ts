import { cpus } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Document, encodeDocument } from '@px0/contract';
import { compile, load } from '@px0/template-engine';

/** Copies of each template that are loaded at once. */
const COPIES = 200;

const TEMPLATES: Readonly<Record<string, string>> = {
  'plain text, 8 KiB': 'All work and no play. '.repeat(372),
  'chat prompt, 8 KiB, 30 fields': Array.from(
    { length: 30 },
    (_, index) => `${'Some words of a prompt. '.repeat(11)}{{.field_${index}}}\n`,
  ).join(''),
  'greeting with a loop': 'Hello {{.name}}:{{range $i, $t := .topics}}{{if $i}}, {{end}}{{$t}}{{end}}',
  'action after action, 8 KiB': '{{$}}'.repeat(1_638),
  'parentheses in each other, 8 KiB': `{{${'('.repeat(50)}1${')'.repeat(50)}}}`.repeat(78),
};

/**
 * Measures the heap that a loaded template takes for each character of its version document: the
 * number by which the gateway's worker threads bound their caches.
 */
export async function benchTemplateMemory(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const say = (text: string) => process.stdout.write(`${text}\n`);
  say(
    `${cpus()[0]?.model}; node ${process.versions.node}, V8 ${process.versions.v8}; ${COPIES} copies each\n`,
  );
  say('                                   document   heap a template   heap a character');
  for (const [name, source] of Object.entries(TEMPLATES)) {
    const program = compile(source, { name: 'bench' });
    const body = encodeDocument(versionOf(program));
    const loaded: unknown[] = [load(program)]; // what is made once for all
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let copy = 0; copy < COPIES; copy += 1)
      loaded.push(load((JSON.parse(body) as { program: unknown }).program));
    collectGarbage();
    const heap = (process.memoryUsage().heapUsed - before) / (loaded.length - 1);
    const columns = [
      String(body.length).padStart(10),
      heap.toFixed(0).padStart(18),
      (heap / body.length).toFixed(1).padStart(19),
    ];
    say(name.padEnd(33) + columns.join(''));
  }
}

function versionOf(program: unknown): Document {
  const prompt_id = '00000000-0000-4000-8000-000000000000';
  return {
    kind: 'version',
    prompt_id,
    version: 1,
    program,
    missing: 'error',
    model: null,
    model_params: null,
  };
}
