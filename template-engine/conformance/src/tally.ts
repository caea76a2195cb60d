import type { Answer, AnswerKind } from './case.js';
import type { Verdict } from './comparison.js';

/** What the cases of a run were, by Go's answers. */
export class Tally {
  private total = 0;
  private readonly kinds: Record<AnswerKind, number> = {
    output: 0,
    'parse error': 0,
    'execution error': 0,
    limited: 0,
    panic: 0,
  };
  private readonly limitedBy = new Map<string, number>();

  add(go: Answer, verdict: Verdict): void {
    this.total++;
    this.kinds[go.kind]++;
    if (verdict.kind === 'limited') {
      this.limitedBy.set(verdict.by, (this.limitedBy.get(verdict.by) ?? 0) + 1);
    }
  }

  lines(): string[] {
    const { kinds, total } = this;
    const wellFormed = total - kinds['parse error'];
    const limited = [...this.limitedBy].map(([by, count]) => `${count} by ${by}`);
    return [
      `${wellFormed} well-formed: ${kinds.output} output, ${kinds['execution error']} execution errors`,
      `${kinds['parse error']} parse errors`,
      `not compared: ${limited.length === 0 ? 'none' : limited.join(', ')}`,
    ];
  }
}
