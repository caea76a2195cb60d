import type { Branch, Command, Identifier, List, Operand, Pipeline, Statement } from '../syntax/ast.js';
import { AssignedNames } from './assigned-names.js';
import { Bindings, type Outcome } from './bindings.js';
import { constant, Flow, NOTHING, use, type Value } from './flow.js';
import { Place, type Places, Use } from './place.js';
import { roleOf } from './roles.js';
import { Way } from './way.js';
import type { Work } from './work.js';

/** Control structures, parentheses and definitions within each other that are looked into. */
const MAX_DEPTH = 220;
/** How often a definition is looked into within itself, the first time included. */
const MAX_RECURSION = 2;

/** Walks a template, and tells places how their values are used. */
export class Analyst {
  private readonly body: List;
  private readonly templates: ReadonlyMap<string, List>;
  private readonly places: Places;
  private readonly work: Work;
  private readonly flow: Flow;
  private readonly assigned: AssignedNames;
  private bindings: Bindings;
  private way = new Way();
  private depth = 0;
  /** What a definition needs, by what it was given as dot. */
  private readonly known = new Map<List, Map<Value, ReadonlySet<Place>>>();
  private readonly active = new Map<List, number>();

  /** @param templates all that can be called, by quoted name */
  constructor(body: List, templates: ReadonlyMap<string, List>, places: Places, work: Work) {
    this.body = body;
    this.templates = templates;
    this.places = places;
    this.work = work;
    this.flow = new Flow(places, work);
    this.assigned = new AssignedNames(work);
    this.bindings = new Bindings(this.flow, work, places.data);
  }

  /** @returns the places without which no rendering succeeds, if what contains them is there */
  analyse(): ReadonlySet<Place> {
    const needs = this.template(this.body, this.places.data);
    this.flow.solve();
    return needs;
  }

  /** A template with the given dot: it sees no variables of others, and is walked once per dot. */
  private template(list: List, dot: Value): ReadonlySet<Place> {
    const known = this.known.get(list) ?? new Map<Value, ReadonlySet<Place>>();
    this.known.set(list, known);
    const active = this.active.get(list) ?? 0;
    const earlier = known.get(dot);
    if (earlier !== undefined || active >= MAX_RECURSION) return earlier ?? new Set();
    known.set(dot, new Set());
    this.active.set(list, active + 1);
    const { bindings, way } = this;
    this.bindings = new Bindings(this.flow, this.work, dot);
    this.way = new Way();
    this.list(list, dot);
    const needs = this.way.certain;
    this.bindings = bindings;
    this.way = way;
    this.active.set(list, active);
    known.set(dot, needs);
    return needs;
  }

  private list({ statements }: List, dot: Value): void {
    if (this.depth >= MAX_DEPTH) return;
    this.depth++;
    const outside = this.bindings.count;
    for (const statement of statements) {
      if (!this.work.charge(1)) break;
      this.statement(statement, dot);
    }
    this.bindings.release(outside);
    this.depth--;
  }

  private statement(node: Statement, dot: Value): void {
    switch (node.kind) {
      case 'text':
        return;
      case 'action': {
        const value = this.pipeline(node.pipeline, dot);
        if (node.pipeline.variables.length === 0) use(value, Use.printed);
        return;
      }
      case 'if':
      case 'with':
      case 'range': {
        const outside = this.bindings.count;
        if (node.kind === 'range') this.range(node, dot);
        else this.ifOrWith(node, dot);
        this.bindings.release(outside);
        return;
      }
      case 'break':
      case 'continue':
        this.way.leave(node.kind);
        return;
      case 'template': {
        const called = this.templates.get(node.name);
        // Rendering fails before it looks at the pipeline.
        if (called === undefined) return;
        const given = node.pipeline === undefined ? NOTHING : this.pipeline(node.pipeline, dot);
        const needs = this.template(called, given);
        this.work.charge(needs.size);
        for (const place of needs) this.way.need(place);
      }
    }
  }

  private ifOrWith(node: Branch, dot: Value): void {
    const value = this.pipeline(node.pipeline, dot);
    use(value, Use.tested);
    const { body, otherwise } = node;
    this.either(
      () => this.list(body, node.kind === 'with' ? value : dot),
      () => otherwise && this.list(otherwise, dot),
    );
  }

  private range(node: Branch, dot: Value): void {
    const { variables, isAssignment } = node.pipeline;
    const value = this.commands(node.pipeline, dot);
    use(value, Use.ranged);
    const element = value instanceof Place ? this.places.element(value) : this.flow.element(value);
    const set = (name: string, held: Value): void => {
      if (isAssignment) this.bindings.assign(name, held);
      else this.bindings.declare(name, held);
    };
    const turn = (): void => {
      // One variable is the element; of two the first is the key.
      const [first, second] = variables;
      if (first !== undefined) set(first.name, second === undefined ? (element ?? NOTHING) : NOTHING);
      if (second !== undefined) set(second.name, element ?? NOTHING);
      this.list(node.body, element ?? NOTHING);
    };
    const { otherwise } = node;
    const outcomes: Outcome[] = [];
    this.way.loop(
      element instanceof Place ? element : undefined,
      () => outcomes.push(this.bindings.try(() => this.bindings.loop(this.assigned.of(node), turn))),
      () => outcomes.push(this.bindings.try(() => otherwise && this.list(otherwise, dot))),
    );
    this.bindings.join(outcomes);
  }

  private pipeline(node: Pipeline, dot: Value): Value {
    const value = this.commands(node, dot);
    for (const { name } of node.variables) {
      if (node.isAssignment) this.bindings.assign(name, value);
      else this.bindings.declare(name, value);
    }
    return value;
  }

  private commands({ commands }: Pipeline, dot: Value): Value {
    const [first, ...others] = commands;
    let value = this.command(first, dot, undefined);
    for (const command of others) value = this.command(command, dot, value);
    return value;
  }

  private command({ operands }: Command, dot: Value, final: Value | undefined): Value {
    const [first, ...args] = operands;
    return first.kind === 'identifier' ? this.call(first, args, dot, final) : this.operand(first, dot);
  }

  private operand(node: Operand, dot: Value): Value {
    if (!this.work.charge(1)) return NOTHING;
    switch (node.kind) {
      case 'field':
        return this.fields(dot, node.names);
      case 'variable':
        return this.fields(this.bindings.read(node.name), node.fields);
      case 'chain':
        return this.fields(this.operand(node.operand, dot), node.fields);
      case 'identifier':
        return this.call(node, [], dot, undefined);
      case 'dot':
        return dot;
      case 'string':
        return typeof node.value === 'string' ? constant(node.value) : NOTHING;
      case 'nil':
      case 'boolean':
      case 'number':
        return NOTHING;
      case 'pipeline': {
        if (this.depth >= MAX_DEPTH) return NOTHING;
        this.depth++;
        const value = this.pipeline(node, dot);
        this.depth--;
        return value;
      }
    }
  }

  private fields(value: Value, names: readonly string[]): Value {
    let inner = value;
    for (const name of names) {
      this.work.charge(1);
      inner = this.field(inner, name);
      if (inner instanceof Place) this.way.need(inner);
    }
    return inner;
  }

  private field(value: Value, name: string): Value {
    return value instanceof Place
      ? (this.places.field(value, name) ?? NOTHING)
      : this.flow.field(value, name);
  }

  private call(node: Identifier, args: readonly Operand[], dot: Value, final: Value | undefined): Value {
    const role = roleOf(node.name);
    if (role === 'chooses') return this.choose(args, dot, final);
    const values = args.map((arg) => this.operand(arg, dot));
    if (final !== undefined) values.push(final);
    switch (role) {
      case 'tests':
        for (const value of values) use(value, Use.tested);
        return NOTHING;
      case 'compares':
        for (const value of values) use(value, Use.compared);
        return NOTHING;
      case 'writes':
        for (const value of values) use(value, Use.passed);
        return this.flow.text(values);
      case 'indexes':
        return values.slice(1).reduce((value, key) => this.indexed(value, key), values[0] ?? NOTHING);
      case 'cuts':
        for (const value of values) use(value, Use.passed);
        return this.flow.either(values.slice(0, 1));
      case 'measures':
        for (const value of values) use(value, Use.passed);
        return NOTHING;
    }
  }

  private choose([first, ...others]: readonly Operand[], dot: Value, final: Value | undefined): Value {
    const values = first === undefined ? [] : [this.operand(first, dot)];
    const { isConditional } = this.bindings;
    this.bindings.isConditional = true;
    for (const arg of others) {
      this.either(
        () => values.push(this.operand(arg, dot)),
        () => {},
      );
    }
    this.bindings.isConditional = isConditional;
    if (final !== undefined) values.push(final);
    for (const value of values) use(value, Use.tested);
    return values.length === 0 ? NOTHING : this.flow.join(values);
  }

  /** What has no entry for a key yields a null, but nothing stands in a null. */
  private indexed(value: Value, key: Value): Value {
    if (value instanceof Place) this.way.need(value);
    if (!(key instanceof Place) && key.constant !== undefined) return this.field(value, key.constant);
    use(key, Use.passed);
    if (!(value instanceof Place)) return this.flow.element(value);
    const element = this.places.element(value);
    return element === undefined ? NOTHING : this.flow.either([element]);
  }

  /** Goes one of two ways from here. */
  private either(run: () => void, orElse: () => void): void {
    const outcomes: Outcome[] = [];
    this.way.either(
      () => outcomes.push(this.bindings.try(run)),
      () => outcomes.push(this.bindings.try(orElse)),
    );
    this.bindings.join(outcomes);
  }
}
