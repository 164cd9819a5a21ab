import { isSource } from '../project/sources.js';
import { type TextFile } from '../edit/text-file.js';
import { refusal } from '../faults.js';

/** Reads a file of the project by its path relative to the root, with `/`; undefined when there is none. */
export type ReadFile = (path: string) => string | undefined;

/** What is to happen to one file. */
export interface FileChange {
  readonly path: string;
  /** What it holds now; undefined for a file that is to be made. */
  readonly before: string | undefined;
  readonly after: string;
}

/**
 * What a generator wants to change, gathered before anything is written, so that it can be shown instead, and so that a
 * file that cannot be edited stops everything. Later steps see what earlier ones did.
 */
export class Plan {
  readonly #texts = new Map<string, string>();
  readonly #kept: string[] = [];
  readonly #notes: string[] = [];

  readonly #onDisk = new Map<string, string | undefined>();

  constructor(private readonly readDisk: ReadFile) {}

  /** What a file held when it was first asked for: what is written later is no part of the question. */
  private onDisk(path: string): string | undefined {
    if (!this.#onDisk.has(path)) this.#onDisk.set(path, this.readDisk(path));
    return this.#onDisk.get(path);
  }

  /** The text as it will be. */
  readonly read: ReadFile = (path) => this.#texts.get(path) ?? this.onDisk(path);

  /** Makes a file, unless there is one: then that is left as it is, whatever it holds. */
  create(path: string, text: string): void {
    const present = this.read(path);
    if (present === undefined) this.#texts.set(path, text);
    // What an earlier step planned is no file of the user's.
    else if (present !== text && this.onDisk(path) !== undefined) this.#kept.push(path);
  }

  /** Takes back a file that was to be made. */
  remove(path: string): void {
    this.#texts.delete(path);
  }

  /** The files that are planned beneath a folder and are TypeScript. */
  list(folder: string): readonly string[] {
    return [...this.#texts.keys()].filter((path) => path.startsWith(`${folder}/`) && isSource(path)).sort();
  }

  /** Edits a file that is there. */
  edit(path: string, edit: (file: TextFile) => string): void {
    const text = this.read(path);
    if (text === undefined) throw refusal('TRAMLINE_NO_FILE', `There is no ${path}, which this has to edit.`);
    this.#texts.set(path, edit({ path, text }));
  }

  editIfPresent(path: string, edit: (file: TextFile) => string): void {
    if (this.read(path) !== undefined) this.edit(path, edit);
  }

  /** Something that the user has to know or do. */
  note(text: string): void {
    this.#notes.push(text);
  }

  /** In the order in which they were planned. */
  get changes(): readonly FileChange[] {
    return [...this.#texts]
      .map(([path, after]) => ({ path, before: this.onDisk(path), after }))
      .filter(({ before, after }) => before !== after);
  }

  /** Files that were to be made and are there already, with other contents. */
  get kept(): readonly string[] {
    return this.#kept;
  }

  get notes(): readonly string[] {
    return this.#notes;
  }
}
