import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BENCHES } from '@px0/bench';
import { CONFIG_VARIABLES as CONTROL_PLANE } from '@px0/control-plane';
import { CONFIG_VARIABLES as LAUNCHER } from '@px0/local';
import { CONFIG_VARIABLES as GATEWAY } from '@px0/render-gateway';
import { codeFor, findFreePort, startProgram, until, untilReady } from '@px0/test-bed';
import { expect, test } from 'vitest';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

/** A section's text, without its heading. */
function section(heading: string): string {
  const [, after] = readme.split(`\n## ${heading}\n`);
  return after?.split('\n## ')[0] ?? '';
}

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(
    ([, code]) => code ?? '',
  );
}

test('the table of variables names each variable, its reader and its default', () => {
  const rows = [...section('Configuration').matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) \| (.+) \|$/gm)];
  const documented = rows.flatMap(([, name, readers, standard]) =>
    (readers ?? '').split(', ').map((reader) => ({ name, reader, default: standard?.replaceAll('`', '') })),
  );
  const read = Object.entries({
    launcher: LAUNCHER,
    'control plane': CONTROL_PLANE,
    gateway: GATEWAY,
  }).flatMap(([reader, variables]) =>
    variables.map((variable) => ({
      name: variable.name,
      reader,
      default: ('default' in variable ? variable.default : undefined) ?? 'none',
    })),
  );
  const order = (a: { name?: string | undefined; reader: string }, b: typeof a) =>
    `${a.name} ${a.reader}`.localeCompare(`${b.name} ${b.reader}`);
  expect(documented.toSorted(order)).toEqual(read.toSorted(order));
});

test('the table of commands names each bench, as its own page does', async () => {
  const benchPage = await readFile(new URL('../../bench/README.md', import.meta.url), 'utf8');
  for (const page of [section('Work on it'), benchPage]) {
    const rows = [...page.matchAll(/^\| `npm run bench -- ([a-z-]+)` \| /gm)].map(([, name]) => name);
    expect(rows.toSorted()).toEqual(Object.keys(BENCHES).toSorted());
  }
});

test('the first prompt renders, by the commands as they are written', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'px0-readme-'));
  const ports = { 8000: await findFreePort(), 8080: await findFreePort() };
  const px0 = startProgram('launcher', {
    PX0_DATA_DIR: directory,
    PX0_CONTROL_PORT: String(ports[8000]),
    PX0_GATEWAY_PORT: String(ports[8080]),
    PX0_GATEWAY_THREADS: '1',
  });
  await untilReady(px0, `http://127.0.0.1:${ports[8080]}`);

  const commands = blocks(section('Your first prompt'), 'sh').map((block) =>
    block
      .replaceAll('localhost:8000', `127.0.0.1:${ports[8000]}`)
      .replaceAll('localhost:8080', `127.0.0.1:${ports[8080]}`),
  );
  const shell = spawn('sh', ['-eu'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  shell.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  for (const command of commands) {
    if (command.startsWith('code=')) {
      const code = await until('the code is mailed', async () => codeFor('you@example.com', px0.output()));
      shell.stdin.write(`code=${code}\n`);
    } else shell.stdin.write(command);
  }
  shell.stdin.end();
  const [status] = await once(shell, 'close');
  expect(status, output).toBe(0);
  const [answer] = blocks(section('Your first prompt'), 'json');
  expect(output.trim().endsWith(answer?.trim() ?? 'an answer in README.md'), output).toBe(true);
  expect(await px0.stop()).toBe(0);
  await rm(directory, { recursive: true });
}, 60_000);
