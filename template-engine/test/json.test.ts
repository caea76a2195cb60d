import { describe, expect, it } from 'vitest';
import { parseJson } from '#json.js';

describe('JSON is read as Go reads it', () => {
  it.each([
    ['"\\ud83d"', '\ufffd'],
    ['"\\ude00"', '\ufffd'],
    ['"\\uD83D\\uDE00"', '😀'],
    ['"\\ud83d\\ud83d\\ude00"', '\ufffd😀'],
    ['"\\ude00\\ud83d"', '\ufffd\ufffd'],
    ['"\\ud83d\\u0041"', '\ufffdA'],
    ['"\\\\ud83d"', '\\ud83d'],
    ['"\\\\\\ud83d"', '\\\ufffd'],
    ['"\\u00e9\\n\\ud7ff\\ue000"', 'é\n\ud7ff\ue000'],
    ['{"\\udc00": ["\\udc00"]}', { '\ufffd': ['\ufffd'] }],
  ])('%s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it('in time that grows with the text alone', () => {
    const text = JSON.stringify('\\'.repeat(200_000)) + '\\ud83d'.repeat(100_000);
    const start = performance.now();
    expect(() => parseJson(text)).toThrow(SyntaxError);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
