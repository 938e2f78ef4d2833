/** The filters of the charts: node, client, kind and fate of operations, and a text in their paths. */
import { FATES } from '../report-model.js';
import type { OperationRow, ReportModel } from '../report-model.js';
import { html } from './dom.js';

const ALL = '';
const VIOLATING = 'violation';

export class Filters {
  readonly element: HTMLElement;
  readonly #model: ReportModel;
  readonly #node: HTMLSelectElement;
  readonly #client: HTMLSelectElement;
  readonly #kind: HTMLSelectElement;
  readonly #fate: HTMLSelectElement;
  readonly #path: HTMLInputElement;
  readonly #listeners: (() => void)[] = [];

  constructor(model: ReportModel) {
    this.#model = model;
    const { clients, kinds, rows } = model.operations;
    const used = new Set(rows.map((row) => row[2]));
    this.#node = this.#select(
      'filter-node',
      'all nodes',
      model.nodes.map(({ id }) => id),
    );
    this.#client = this.#select('filter-client', 'all clients', clients);
    this.#kind = this.#select(
      'filter-kind',
      'all kinds',
      kinds.filter((_, index) => used.has(index)),
    );
    this.#fate = this.#select('filter-fate', 'all fates', [...FATES, VIOLATING]);
    this.#path = html('input', { id: 'filter-path', type: 'search', placeholder: 'part of a path', size: 14 });
    this.#path.addEventListener('input', () => this.#changed());
    const clear = html('button', { type: 'button' }, 'Clear');
    clear.addEventListener('click', () => this.#clear());
    const field = (label: string, control: HTMLElement): HTMLElement => html('label', {}, html('span', {}, label), control);
    this.element = html(
      'div',
      { class: 'filters', role: 'group', 'aria-label': 'Filters' },
      field('Node', this.#node),
      field('Client', this.#client),
      field('Kind', this.#kind),
      field('Fate', this.#fate),
      field('Path', this.#path),
      clear,
    );
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  hasNode(id: string): boolean {
    return this.#node.value === ALL || this.#node.value === id;
  }

  hasClient(name: string): boolean {
    return this.#client.value === ALL || this.#client.value === name;
  }

  has([, client, kind, fate, , , path, , , isViolating]: OperationRow): boolean {
    const { clients, kinds } = this.#model.operations;
    const wanted = this.#fate.value;
    return (
      this.hasClient(clients[client] ?? '') &&
      (this.#kind.value === ALL || kinds[kind] === this.#kind.value) &&
      (wanted === ALL || (wanted === VIOLATING ? isViolating === 1 : FATES[fate] === wanted)) &&
      path.includes(this.#path.value)
    );
  }

  #select(id: string, all: string, values: readonly string[]): HTMLSelectElement {
    const options = values.map((value) => html('option', { value }, value));
    const select = html('select', { id }, html('option', { value: ALL }, all), ...options);
    select.addEventListener('change', () => this.#changed());
    return select;
  }

  #clear(): void {
    for (const control of [this.#node, this.#client, this.#kind, this.#fate, this.#path]) control.value = ALL;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
