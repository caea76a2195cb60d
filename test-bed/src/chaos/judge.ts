import type { Journal } from './journal.js';

/** Something that a gateway is asked for again and again: one key, one prompt. */
export interface Subject {
  readonly name: string;
  /** Names the sequence that its answers belong to: live versions of one prompt, say. Undefined: no sequence. */
  readonly sequence?: string;
  /** It may be out of reach for a while, as a prompt that moves is for the key of one team. */
  readonly comesAndGoes?: true;
  /** It was asked to end: its key revoked, its organization deleted. From then on it may be refused. */
  endAsked?: true;
  /** The database was restored since, perhaps to a moment before it was made, or before its end. */
  mayBeUndone?: true;
}

/** One answer of one gateway to one question. Those of one gateway come to the judge in their order. */
export interface Answer {
  readonly gateway: string;
  /** Which start of the gateway's process it was. */
  readonly life: number;
  readonly status: number;
  /** The number that the template of the rendered version is; undefined without a rendering. */
  readonly serial: number | undefined;
}

interface Sequence {
  newest: number;
  /** It has fallen back since the database was restored: what the database lost is not served again. */
  hasFallen: boolean;
  /** Serials that it fell back to because their promotion was late. */
  readonly excused: Set<number>;
}

interface Standing {
  served: boolean;
  refused: boolean;
}

const ABSENCES: readonly number[] = [401, 404];
const UNKNOWN = 503;

/**
 * Judges what gateways answer, as it comes: never an older version after a newer one, and never a
 * refusal of what was served before.
 */
export class Judge {
  readonly #journal: Journal;
  readonly #sequences = new Map<string, Sequence>();
  readonly #standings = new Map<string, Standing>();
  /** Promotions of which nobody knows whether and when they take effect. */
  readonly #unsettled = new Set<number>();
  /** Promotions that were asked for and answered since the copy of the database was taken. */
  readonly #settled = new Set<number>();
  /** Those of them that are lost, as the database was restored. */
  readonly #undone = new Set<number>();
  /** No serial above this one was given out when the database was restored. */
  #restoredAt = Number.NEGATIVE_INFINITY;
  #era = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Another one whenever the database was copied or restored. */
  get era(): number {
    return this.#era;
  }

  /**
   * The version of this number went live (or got its tag), and the control plane said so.
   * @param askedIn the era in which it was asked to
   */
  settled(serial: number, askedIn: number): void {
    if (askedIn === this.#era) this.#settled.add(serial);
  }

  /** Whether it did nobody has heard: it may still do so, late. */
  unsettled(serial: number): void {
    this.#unsettled.add(serial);
  }

  /** A copy of the database was taken. */
  copied(): void {
    this.#era += 1;
    this.#settled.clear();
  }

  /**
   * The database is about to be restored from its copy.
   * @param newest the highest serial given out so far
   */
  restored(newest: number): void {
    this.#era += 1;
    this.#restoredAt = newest;
    for (const serial of this.#settled) this.#undone.add(serial);
    this.#settled.clear();
    for (const sequence of this.#sequences.values()) sequence.hasFallen = false;
  }

  judge(subject: Subject, answer: Answer): void {
    if (answer.status === 200) this.#served(subject, answer);
    else this.#refused(subject, answer);
  }

  #served(subject: Subject, { gateway, life, serial }: Answer): void {
    const standing = this.#standing(subject, gateway, life);
    if (standing.refused && !subject.comesAndGoes && !subject.mayBeUndone) {
      this.#journal.violation(`${gateway} serves ${subject.name} again, which had ended`);
    }
    standing.served = true;
    if (serial !== undefined && subject.sequence !== undefined) {
      this.#inSequence(`${gateway} ${life} ${subject.sequence}`, subject, gateway, serial);
    }
  }

  #inSequence(key: string, subject: Subject, gateway: string, serial: number): void {
    const found = this.#sequences.get(key);
    if (found === undefined) {
      this.#sequences.set(key, { newest: serial, hasFallen: false, excused: new Set() });
      return;
    }
    const { newest } = found;
    found.newest = serial;
    if (found.hasFallen && this.#undone.has(serial)) {
      this.#journal.violation(`${gateway} serves ${subject.name} as ${serial}, which the database lost`);
      return;
    }
    if (serial >= newest) return;
    if (!found.hasFallen && newest <= this.#restoredAt && !this.#undone.has(serial)) {
      found.hasFallen = true;
    } else if (this.#unsettled.has(serial) && !found.excused.has(serial)) {
      found.excused.add(serial);
    } else {
      this.#journal.violation(`${gateway} serves ${subject.name} as ${serial} after ${newest}`);
    }
  }

  #refused(subject: Subject, { gateway, life, status }: Answer): void {
    const standing = this.#standing(subject, gateway, life);
    if (!standing.served) return;
    const { comesAndGoes, endAsked, mayBeUndone } = subject;
    const mayBeGone = endAsked || mayBeUndone || comesAndGoes;
    const isAbsent = ABSENCES.includes(status);
    if (isAbsent && mayBeGone) standing.refused = true;
    // Without the feed nobody knows whether what is gone is back.
    else if (!mayBeGone || status !== UNKNOWN) {
      this.#journal.violation(`${gateway} answers ${status} to ${subject.name}, which it has served`);
      standing.served = false; // said once
    }
  }

  #standing({ name }: Subject, gateway: string, life: number): Standing {
    const key = `${gateway} ${life} ${name}`;
    let standing = this.#standings.get(key);
    if (standing === undefined) {
      standing = { served: false, refused: false };
      this.#standings.set(key, standing);
    }
    return standing;
  }
}
