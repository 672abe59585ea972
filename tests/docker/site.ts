import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

/** What the files in docker/ say. No container engine is asked: they are read as text and as YAML. */
export interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly ports?: readonly string[];
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly stop_grace_period?: string;
}

export interface ComposeFile {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes?: Readonly<Record<string, null>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

export const textOf = (path: string): string => readFileSync(path, 'utf8');
/** Settings that the engine reads, by name. */
export const SETTINGS: ReadonlySet<string> = new Set(textOf('src/settings.ts').match(/AKASHI_[A-Z_]+/g));
export const inDocker = (file: string): string => join('docker', file);
export const COMPOSE_FILES = readdirSync('docker').filter((file) => /\.ya?ml$/.test(file));
export const DOCKERFILE = textOf('docker/Dockerfile');
export const GUIDE = textOf('docker/OPERATING.md');

/** Settings of the example that are in force, and those it offers instead in comments. */
export const EXAMPLE: ReadonlyMap<string, string> = new Map(linesOf(/^([A-Z_]+)=(.*)$/gm));
export const OFFERED: readonly (readonly [string, string])[] = linesOf(/^#([A-Z_]+)=(.*)$/gm);

function linesOf(pattern: RegExp): (readonly [string, string])[] {
  return [...textOf('docker/.env.example').matchAll(pattern)].map(([, name, value]) => [name!, value!] as const);
}

/** A file as Compose reads it: anchors merged, nothing filled in yet. @throws Error naming what YAML finds wrong or doubtful */
export function composeFile(file: string): ComposeFile {
  const document = parseDocument(textOf(inDocker(file)), { merge: true });
  for (const fault of [...document.errors, ...document.warnings]) throw fault;
  return document.toJS() as ComposeFile;
}

const VARIABLE = /\$\$|\$\{([A-Z_]+)(?::([-?])([^}]*))?\}|\$/g;

/** Variables of a text, with what stands in when they are not set; undefined: the start is refused. */
export function variablesIn(text: string): { readonly name: string; readonly fallback: string | undefined }[] {
  return [...text.matchAll(VARIABLE)].filter(([, name]) => name !== undefined).map(([, name, kind, rest]) => ({ name: name!, fallback: kind === '-' ? rest : undefined }));
}

/** Fills in the defaults as Compose does. @throws Error for a `$` that is neither doubled nor a variable */
export function filled(text: string): string {
  return text.replace(VARIABLE, (whole: string, name?: string, kind?: string, rest?: string) => {
    if (whole === '$$') return '$';
    if (name === undefined || kind === undefined) throw new Error(`Compose would read a variable here: ${text}`);
    return kind === '-' ? rest! : `<${name}>`;
  });
}

/** Every text in a file, wherever it stands. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Instructions of the Dockerfile with continued lines joined, in order. */
export const INSTRUCTIONS: readonly { readonly word: string; readonly rest: string }[] = DOCKERFILE.replace(/^#.*$/gm, '').replace(/\\\n\s*/g, '').split('\n').filter((line) => line.trim() !== '')
  .map((line) => ({ word: line.split(' ')[0]!, rest: line.slice(line.indexOf(' ') + 1) }));

export const instructions = (word: string): readonly string[] => INSTRUCTIONS.filter((one) => one.word === word).map(({ rest }) => rest);

/** The last stage: what the image holds and runs. */
export const LAST_STAGE = INSTRUCTIONS.slice(INSTRUCTIONS.findLastIndex(({ word }) => word === 'FROM'));

/** What ENV sets in the image. */
export const IMAGE_ENV: ReadonlyMap<string, string> = new Map(LAST_STAGE.filter(({ word }) => word === 'ENV').flatMap(({ rest }) => rest.trim().split(/\s+/).map((pair) => pair.split('=') as [string, string])));
