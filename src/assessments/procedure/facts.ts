import type { Assessment } from '../answers/assessment.js';
import { awaitingJudgement, type Ground } from '../changes/significance.js';
import { judgementsOf, toCompare } from '../drafts/comparing.js';
import { formatWareki } from '../../codes/wareki.js';
import { contentDigest, documentOf, formOfVersion } from '../drafts/document.js';
import type { Version } from '../drafts/state.js';
import { isWithholdingOpen } from '../drafts/withholding.js';
import { itemOf } from '../forms/places.js';
import { inThread } from '../work/in-thread.js';
import type { DecisionFacts, PublicationFacts } from './deciding.js';

/** Of which the findings stand in the way of a decision: they say that something is wrong, not that somebody has to look. */
const GRAVE: ReadonlySet<string> = new Set(['contradiction', 'missing', 'alarm']);

/** Grounds on which a change needs a new assessment, before it or without delay after it (規則9条2項, 11条). */
const RENEWED: ReadonlySet<Ground | undefined> = new Set(['significant', 'emergency'] as const);

export async function decisionFacts(version: Version, base: Version | undefined, today: string, isOutdated: boolean): Promise<DecisionFacts> {
  if (!version.drafted) return { content: '', length: 0, isOutdated, findings: [], unjudged: [], significant: [] };
  const document = documentOf(version);
  const compared = toCompare(version, base);
  const { findings, changes, dependencies } = await inThread({ kind: 'examine', document, ...(compared && { compared }) });
  const judged = compared ? judgementsOf(version, changes, compared) : [];
  const ground = new Map(judged.map((judgement) => [judgement.change, judgement.ground]));
  const published = await publicationFacts(version, base, today, today, today); // as it would be submitted and published
  const isWhole = version.drafted.kind !== 'amendment' && version.drafted.kind !== 'ending';
  return {
    content: contentDigest(document),
    length: published.document.length,
    isOutdated,
    ...(published.problem !== undefined && { problem: published.problem }),
    findings: [...(compared && changes.length === 0 && version.bindings?.text === base?.bindings?.text ? ['もとの版から変わったところがありません'] : []), ...findings.filter(({ level }) => GRAVE.has(level)).map(({ where, message }) => `${where}: ${message}`), ...dependencies.filter(({ level }) => GRAVE.has(level)).map(({ itemPath, message }) => `${itemPath}: ${message}`)],
    unjudged: isWhole ? [] : awaitingJudgement(changes, judged).map(({ itemPath }) => itemPath),
    significant: isWhole ? [] : changes.filter(({ key, significant }) => significant && RENEWED.has(ground.get(key))).map(({ itemPath }) => itemPath),
  };
}

/** The document as it is published: dated, and with the rows of this version behind those of the earlier ones. */
export async function publicationFacts(version: Version, base: Version | undefined, on: string, changedOn = on, submittedOn = version.steps.submission?.on ?? null): Promise<PublicationFacts> {
  if (!version.drafted) return { document: '', digest: '', content: '', rows: 0 };
  const { kind } = version.drafted;
  const document = documentOf(version);
  const compared = toCompare(version, base);
  const whole: Ground | undefined = kind === 'emergency' ? 'emergency' : kind === 'renewal' ? 'significant' : undefined;
  const rows = compared
    ? await inThread({ kind: 'rows', compared, judged: Object.fromEntries([...version.judged]), otherwise: whole, dates: { submittedOn, publishedOn: on }, changedOn, causes: causesOf(version) })
    : [];
  const { text, digest, problem } = await inThread({ kind: 'write', document: dated(document, version, on, rows) });
  return { document: text, digest, content: contentDigest(document), rows: rows.length, withholdingOpen: isWithholdingOpen(version, base), ...(problem !== undefined && { problem }) };
}

function causesOf({ cells }: Version): Readonly<Record<string, string>> {
  return Object.fromEntries([...cells].flatMap(([key, { cause }]) => (cause === undefined ? [] : [[key, cause]])));
}

/** 終了 is said with the name of the document, which stays public with it. */
function dated(document: Assessment, version: Version, on: string, rows: Assessment['changeLog']): Assessment {
  const form = formOfVersion(version);
  const ended = (name: string): string => (version.drafted!.kind === 'ending' ? `${name}【${formatWareki(on)} 終了】` : name);
  const named = document.answers['cover.title'];
  const answers = { ...document.answers, ...(itemOf(form, 'cover.publicationDate') && { 'cover.publicationDate': on }), ...(typeof named === 'string' && { 'cover.title': ended(named) }) };
  return { ...document, answers, status: 'published', publishedOn: on, title: document.title === null ? null : ended(document.title), changeLog: [...document.changeLog, ...rows] };
}
