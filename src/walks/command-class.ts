import { ValidationTypes, getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { Code, Ids, Instant, Text } from './fields.js';
import { Problem, type InputFault } from './problem.js';

/** What every command may say about the handling it is. */
export abstract class Command {
  @Code({ label: '使用目的', required: false, example: 'routine-vaccination' })
  purpose?: string;

  @Text({ label: '受付番号', required: false, max: 100 })
  caseRef?: string;

  @Text({ label: '理由', required: false, max: 1000, multiline: true })
  reason?: string;

  @Code({ label: '入手元', required: false, example: 'self' })
  source?: string;

  @Code({ label: '入手方法・提供方法', required: false, example: 'paper' })
  method?: string;

  @Code({ label: '法令上の根拠', required: false })
  legalGround?: string;

  @Ids({ label: '証拠書類', required: false, max: 20 })
  evidence?: string[];

  @Instant({ label: '実施日時（後日入力のとき）', required: false })
  occurredAt?: string;
}

/** A command class; members that are classes themselves are named in `nested`. */
export type CommandClass<C extends object = object> = (new () => C) & { readonly nested?: { readonly [member: string]: CommandClass } };

const OPTIONAL = ValidationTypes.CONDITIONAL_VALIDATION;

/** The object that is being validated: of no other is it known here which members it has. */
let validated: object | undefined;

/**
 * The rules of a class never change once it is loaded; class-validator gathers them anew for each object, which costs more than applying
 * them. Nor is there anything to look at in a member that may be left out and is: a record has thirty of them.
 */
function rememberRules(): void {
  const storage = getMetadataStorage();
  const gather = storage.getTargetValidationMetadatas.bind(storage);
  const group = storage.groupByPropertyName.bind(storage);
  type Rules = ReturnType<typeof gather>;
  type Members = ReturnType<typeof group>;
  const rules = new WeakMap<object, Rules>();
  const grouped = new WeakMap<Rules, { readonly all: Members; readonly required: readonly string[] }>();
  storage.getTargetValidationMetadatas = (type, ...options) => {
    const known = rules.get(type) ?? gather(type, ...options);
    rules.set(type, known);
    return known;
  };
  storage.groupByPropertyName = (metadata) => {
    let known = grouped.get(metadata);
    if (!known) {
      const all = Object.assign(Object.create(null) as Members, group(metadata)); // nobody's member is called like one of every object
      const required = Object.keys(all).filter((name) => !all[name]!.some(({ type }) => type === OPTIONAL));
      grouped.set(metadata, (known = { all, required }));
    }
    const { all, required } = known;
    if (!validated || rules.get(validated.constructor) !== metadata) return all;
    const members = Object.create(null) as Members;
    for (const name of required) members[name] = all[name]!;
    for (const [name, value] of Object.entries(validated)) if (value !== undefined && Object.hasOwn(all, name)) members[name] = all[name]!;
    return members;
  };
}
rememberRules();

/** What is checked of one body: more members, items of a list of objects, or faults in the answer than these are no honest input. */
const MEMBERS_MAX = 200;
const ITEMS_MAX = 5000;
const FAULTS_MAX = 50;

/**
 * Makes a command of untrusted input.
 *
 * @throws Problem 400 `invalid-input` with a fault for each field; names fields, never values
 */
export function readCommand<C extends object>(type: CommandClass<C>, input: unknown): C {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw invalid([{ path: '', code: 'object', message: '本文は JSON のオブジェクトで送ってください' }]);
  if (Object.keys(input).length > MEMBERS_MAX) throw invalid([unknownField('')]);
  const command = instantiate(type, input);
  validated = command;
  const faults = validateSync(command, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true, validationError: { target: false, value: false } });
  if (faults.length > 0) throw invalid(faults.flatMap((fault) => toFaults(fault, '')).slice(0, FAULTS_MAX));
  return command;
}

function instantiate<C extends object>(type: CommandClass<C>, input: object): C {
  // These would not become members but change what the object is.
  if (Object.hasOwn(input, 'constructor') || Object.hasOwn(input, '__proto__')) throw invalid([unknownField('')]);
  // Not constructed, which would give it every member that it does not have.
  const command = Object.assign(Object.create(type.prototype as object) as object, input) as C & { [member: string]: unknown };
  // Nothing is nothing: a member that is null is not there, for any rule.
  for (const [member, value] of Object.entries(command)) if (value === null) delete command[member];
  for (const [member, of] of Object.entries(type.nested ?? {})) {
    const given = command[member];
    if (Array.isArray(given) && given.length > ITEMS_MAX) throw invalid([{ path: `/${member}`, code: 'too-many', message: `${ITEMS_MAX.toLocaleString()}件までにしてください` }]);
    if (Array.isArray(given)) (command as Record<string, unknown>)[member] = given.map((item: unknown) => (typeof item === 'object' && item !== null ? instantiate(of, item) : item));
  }
  return command;
}

function toFaults(fault: ValidationError, parent: string): readonly InputFault[] {
  const path = `${parent}/${fault.property}`;
  // The name of a member nobody knows is input like any other: it is not repeated.
  const own = Object.entries(fault.constraints ?? {}).map(([code, message]): InputFault =>
    code === 'whitelistValidation' ? unknownField(parent) : { path, code, message },
  );
  return [...own, ...(fault.children ?? []).flatMap((child) => toFaults(child, path))];
}

function unknownField(path: string): InputFault {
  return { path, code: 'unknown-field', message: '受け付けない名前の項目があります' };
}

function invalid(errors: readonly InputFault[]): Problem {
  return new Problem(400, 'invalid-input', '入力に誤りがあります', { errors });
}
