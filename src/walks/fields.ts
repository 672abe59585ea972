import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsOptional, ValidateBy, ValidateNested, type ValidationOptions } from 'class-validator';
import { isPlainDate } from '../codes/plain-date.js';
import { isCode } from '../ledger/fields.js';
import { isId } from '../ledger/ids.js';

/**
 * Decorators for the fields of command classes. Each one is a class-validator rule with a Japanese message and the
 * OpenAPI schema of the field, so that a field is described once.
 */
interface FieldOptions {
  /** the Japanese name of the field, as a person reads it in a message */
  readonly label: string;
  readonly required?: boolean;
  readonly example?: unknown;
}

/** A field of a class as its decorator describes it. */
export interface DescribedField {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  /** JSON schema of its value */
  readonly schema: { readonly type?: string; readonly format?: string; readonly enum?: readonly string[] };
  /** the members of a list's items */
  readonly columns?: readonly DescribedField[];
}

const described = new WeakMap<object, DescribedField[]>();

/** The fields of a class, those of what it extends first. */
export function fieldsOf(type: { readonly prototype: object }): readonly DescribedField[] {
  const parent = Object.getPrototypeOf(type.prototype) as object | null;
  return [...(parent === null || parent === Object.prototype ? [] : fieldsOf({ prototype: parent })), ...(described.get(type.prototype) ?? [])];
}

function describe(field: Omit<DescribedField, 'name'>): PropertyDecorator {
  return (prototype, name) => {
    const known = described.get(prototype) ?? [];
    described.set(prototype, [...known, { ...field, name: name as string }]);
  };
}

function fieldRule(code: string, schema: object, options: FieldOptions, expects: string, test: (value: unknown) => boolean): PropertyDecorator {
  const { label, required = true, example } = options;
  const rule: ValidationOptions = { message: `${label}は${expects}` };
  const decorators = [
    ValidateBy({ name: code, validator: { validate: test, defaultMessage: () => `${label}は${expects}` } }, rule),
    ApiProperty({ description: label, required, ...(example !== undefined && { example }), ...schema }),
    describe({ label, required, schema }),
  ];
  return applyDecorators(...(required ? decorators : [IsOptional(), ...decorators]));
}

// C0 and C1 controls but tab and newline: they hide in names and break reports.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

export function Text(options: FieldOptions & { max: number; multiline?: boolean }): PropertyDecorator {
  const { max, multiline = false } = options;
  const test = (value: unknown): boolean =>
    typeof value === 'string' && value.trim().length > 0 && value.length <= max && value.isWellFormed() && !CONTROLS.test(value) && (multiline || !/[\n\t]/.test(value));
  return fieldRule('text', { type: 'string', maxLength: max }, options, `${max}字以内で入力してください（空白だけ、制御文字は使えません）`, test);
}

export function Id(options: FieldOptions): PropertyDecorator {
  return fieldRule('id', { type: 'string', format: 'uuid' }, options, 'ID（UUID）で指定してください', isId);
}

export function Ids(options: FieldOptions & { max: number }): PropertyDecorator {
  const test = (value: unknown): boolean => Array.isArray(value) && value.length <= options.max && value.every(isId);
  return fieldRule('ids', { type: 'array', items: { type: 'string', format: 'uuid' }, maxItems: options.max }, options, `ID（UUID）の配列（${options.max}件まで）で指定してください`, test);
}

export function Code(options: FieldOptions): PropertyDecorator {
  return fieldRule('code', { type: 'string', maxLength: 64 }, options, '評価書の記載に用いる符号で指定してください', isCode);
}

export function Codes(options: FieldOptions & { max: number }): PropertyDecorator {
  const test = (value: unknown): boolean => Array.isArray(value) && value.length <= options.max && value.every(isCode);
  return fieldRule('codes', { type: 'array', items: { type: 'string' }, maxItems: options.max }, options, `符号の配列（${options.max}件まで）で指定してください`, test);
}

export function Choice(options: FieldOptions & { of: readonly string[] }): PropertyDecorator {
  return fieldRule('choice', { type: 'string', enum: [...options.of] }, options, `${options.of.join('、')} のどれかで指定してください`, (value) => options.of.includes(value as string));
}

export function PlainDate(options: FieldOptions): PropertyDecorator {
  return fieldRule('date', { type: 'string', format: 'date' }, options, '実在する日付（YYYY-MM-DD）で入力してください', (value) => typeof value === 'string' && isPlainDate(value));
}

/** RFC 3339 with an offset. */
export const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

export function Instant(options: FieldOptions): PropertyDecorator {
  const test = (value: unknown): boolean => typeof value === 'string' && INSTANT.test(value) && isPlainDate(value.slice(0, 10)) && !Number.isNaN(Date.parse(value));
  return fieldRule('instant', { type: 'string', format: 'date-time' }, options, '時差付きの日時（例 2026-11-20T09:00:00+09:00）で入力してください', test);
}

export function Whole(options: FieldOptions & { min: number; max: number }): PropertyDecorator {
  const { min, max } = options;
  const test = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
  return fieldRule('whole', { type: 'integer', minimum: min, maximum: max }, options, `${min}から${max}までの整数で入力してください`, test);
}

export function Flag(options: FieldOptions): PropertyDecorator {
  return fieldRule('flag', { type: 'boolean' }, options, 'true か false で指定してください', (value) => typeof value === 'boolean');
}

/** A value whose form depends on what it is for: a whole number, a yes or no, a name, or a list of names. */
export function SettingValue(options: FieldOptions): PropertyDecorator {
  const isName = (value: unknown): boolean => typeof value === 'string' && value.length <= 64;
  const test = (value: unknown): boolean => Number.isSafeInteger(value) || typeof value === 'boolean' || isName(value) || (Array.isArray(value) && value.length <= 100 && value.every(isName));
  const schema = { oneOf: [{ type: 'integer' }, { type: 'boolean' }, { type: 'string', maxLength: 64 }, { type: 'array', items: { type: 'string', maxLength: 64 }, maxItems: 100 }] };
  return fieldRule('setting-value', schema, options, '整数、true・false、符号、又は符号の配列で指定してください', test);
}

/** Any JSON value; what it may be depends on where it goes. `max`: UTF-16 units when written down. */
export function Json(options: FieldOptions & { max: number }): PropertyDecorator {
  const test = (value: unknown): boolean => {
    try {
      const text = value === undefined ? undefined : JSON.stringify(value);
      return text !== undefined && text.length <= options.max;
    } catch {
      return false; // nested deeper than it can be written
    }
  };
  return fieldRule('json', { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'object' }], nullable: true }, options, `JSON の値（${options.max.toLocaleString()}字以内）で送ってください`, test);
}

/** Tokens of sessions: just so many. */
export function Tokens(options: FieldOptions & { count: number }): PropertyDecorator {
  const { count } = options;
  const test = (value: unknown): boolean => Array.isArray(value) && value.length === count && value.every((token) => typeof token === 'string' && token.length <= 200);
  return fieldRule('tokens', { type: 'array', items: { type: 'string' }, minItems: count, maxItems: count }, options, `${count}件で指定してください`, test);
}

/** A list of objects of a class, which its owner names in `nested`, too: each is checked by its own rules. */
export function Rows(options: FieldOptions & { of: new () => object; max: number }): PropertyDecorator {
  const { label, of, max } = options;
  return applyDecorators(
    ApiProperty({ description: label, type: () => [of], maxItems: max }),
    IsArray({ message: `${label}は配列で指定してください` }),
    ArrayMaxSize(max, { message: `${label}は${max}件までにしてください` }),
    ValidateNested({ each: true, message: `${label}の形式が正しくありません` }),
    describe({ label, required: true, schema: { type: 'array' }, columns: fieldsOf(of) }),
  );
}

/** A field whose form is told by a test of its own, such as a check digit. */
export function Checked(options: FieldOptions & { code: string; expects: string; test: (text: string) => boolean }): PropertyDecorator {
  return fieldRule(options.code, { type: 'string' }, options, options.expects, (value) => typeof value === 'string' && options.test(value));
}

/** A list of texts that pass such a test. */
export function CheckedEach(options: FieldOptions & { code: string; expects: string; min: number; max: number; test: (text: string) => boolean }): PropertyDecorator {
  const { code, expects, min, max } = options;
  const test = (value: unknown): boolean => Array.isArray(value) && value.length >= min && value.length <= max && value.every((text) => typeof text === 'string' && options.test(text));
  return fieldRule(code, { type: 'array', items: { type: 'string' }, minItems: min, maxItems: max }, options, expects, test);
}
