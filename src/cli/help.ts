import { stripVTControlCharacters } from 'node:util';
import { Help, type Argument, type Option } from 'commander';
import { widthOf } from './table.js';

/** Titles of the help, and what the parser of the command line says, in Japanese. */
const TITLES: { readonly [title: string]: string } = { 'Usage:': '使い方:', 'Arguments:': '引数:', 'Options:': 'オプション:', 'Commands:': 'コマンド:' };

/** What else is to be known of an option or argument: that it must be given, what it may be, what it is when it is not given. */
function described({ description }: { readonly description: string }, facts: readonly (string | false)[]): string {
  const said = facts.filter(Boolean).join('、');
  return said === '' ? description : `${description}（${said}）`;
}

export const HELP: Partial<Help> = {
  displayWidth: (text) => widthOf(stripVTControlCharacters(text)),
  styleTitle: (title) => TITLES[title] ?? title,
  commandUsage: (command) => Help.prototype.commandUsage.call(new Help(), command).replace('[options]', '[オプション]').replace('[command]', '[コマンド]'),
  subcommandTerm: (command) => Help.prototype.subcommandTerm.call(new Help(), command).replace('[options]', '[オプション]'),
  optionDescription: (option: Option) =>
    described(option, [option.mandatory && '必須', option.argChoices !== undefined && `選択肢: ${option.argChoices.join('、')}`, option.defaultValue !== undefined && option.defaultValue !== false && `既定: ${String(option.defaultValue)}`]),
  argumentDescription: (argument: Argument) => described(argument, [argument.argChoices !== undefined && `選択肢: ${argument.argChoices.join('、')}`]),
};

const SEE = '使い方は --help で見られます。';
const SAID: readonly (readonly [RegExp, string])[] = [
  [/^error: unknown command '(.*?)'.*$/ms, '$1 というコマンドはありません。akashi --help で一覧を見られます。'],
  [/^error: unknown option '(.*?)'.*$/ms, `$1 というオプションはありません。${SEE}`],
  [/^error: required option '(.*?)' not specified.*$/ms, `$1 を指定してください。${SEE}`],
  [/^error: missing required argument '(.*?)'.*$/ms, `引数 <$1> を指定してください。${SEE}`],
  [/^error: option '(.*?)' argument missing.*$/ms, `$1 には値が必要です。${SEE}`],
  [/^error: option '(.*?)' argument '.*?' is invalid. Allowed choices are (.*?)\.?$/ms, '$1 は $2 のどれかで指定してください。'],
  [/^error: command-argument value '.*?' is invalid for argument '(.*?)'. Allowed choices are (.*?)\.?$/ms, '<$1> は $2 のどれかで指定してください。'],
  [/^error: too many arguments.*$/ms, `引数が多すぎます。${SEE}`],
];

/** What the parser found wrong with a call. */
export function parserSays(text: string): string {
  const [pattern, japanese] = SAID.find(([known]) => known.test(text)) ?? [/^error: (.*)$/ms, 'コマンドの書き方に誤りがあります: $1'];
  return `${text.trim().replace(pattern, japanese)}\n`;
}
