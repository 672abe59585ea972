import { createHash } from 'node:crypto';
import { reports } from '../../../projections/reports/all.js';
import { FOR_AUDITORS, termsOf } from '../../reports/terms.js';
import { FORMATS } from '../../../projections/reports/report.js';
import { codeAt } from '../../../src/access/accounts/authenticator.js';
import { projections } from '../../../projections/all.js';
import { todayInJapan } from '../../../src/codes/plain-date.js';
import type { Answer } from '../../support/city.js';
import { assessed } from './assessed.js';
import { CANARIES as C } from './canaries.js';
import type { Staff } from './engine.js';
import { DOCUMENT, DOSE, FILE, PERSON, expectStatus, request, type Headers } from './requests.js';
import { freshEmployeeNumber } from '../../support/employee-number.js';

const TAKEN = { source: 'own-department:residents', method: 'internal-link' } as const;
const ABOUT = { caseRef: C.caseRef, reason: C.reason } as const;
const WAIT = { prefer: 'wait=10' };
export const LOOK_HEADERS = { 'akashi-case-ref': encodeURIComponent(C.caseRef) };

/** Where no provider is: what is sent there goes no further. */
export const ISSUER = 'http://127.0.0.1:9';

/** What some reports have to be asked. */
const REPORT_TERMS: { readonly [report: string]: object } = { 'id-reconciliation': { people: [{ login: C.login, subject: C.identity }], issuer: ISSUER }, 'monthly-log-review': { month: todayInJapan(new Date()).slice(0, 7) } };

/** An answer, and whether it was asked to show personal values. */
export interface Heard {
  readonly route: string;
  readonly shows: boolean;
  readonly answer: Answer;
}

export interface Units {
  readonly subject: string;
  readonly units: readonly { readonly category: string; readonly unit: string; readonly subject: string }[];
}

/** Sends canaries on every path that there is, as each is meant to be used. Returns what is to be erased afterwards. */
export async function liveThrough(address: string, staff: Staff, heard: Heard[]): Promise<Units> {
  const ask = async (method: string, route: string, ids: readonly string[], token: string | null, body: unknown, statuses: readonly number[], headers: Headers = {}, shows = false): Promise<Answer> => {
    const left = [...ids];
    const path = route.replaceAll(/\{\w+\}/g, () => left.shift()!);
    const answer = expectStatus(await request(address, method, path, token, body, headers), ...statuses);
    heard.push({ route: `${method} ${route.replace(/\?.*$/, '')}`, shows: shows && answer.status === 200, answer });
    return answer;
  };
  const act = async (route: string, ids: readonly string[], token: string, body: object, ...statuses: readonly number[]): Promise<string> =>
    (await ask('POST', route, ids, token, body, statuses.length > 0 ? statuses : [200, 201], WAIT)).body.id as string;
  const see = (method: string, route: string, ids: readonly string[], token: string, body?: object): Promise<Answer> => ask(method, route, ids, token, body, [200], LOOK_HEADERS, true);

  const signInAndOut = async (member: string): Promise<void> => {
    await ask('GET', '/sign-in', [], null, undefined, [200]);
    const account = await act('/accounts', [], staff.operator, { staff: member, login: C.login, ...ABOUT });
    const link = (await ask('POST', '/accounts/{id}/identities', [account], staff.operator, { issuer: ISSUER, subject: C.identity, ...ABOUT }, [200])).body as { events: readonly [string] };
    await act('/accounts/{id}/releases', [account], staff.manager, { issue: link.events[0], identified: 'photo-id', subject: C.identity, ...ABOUT });
    await ask('POST', '/sign-in/oidc/requests', [], null, {}, [503]); // that provider answers nobody
    await ask('POST', '/sign-in/oidc', [], null, { request: C.code, code: C.code, state: C.code }, [401]);
    const issued = (await ask('POST', '/accounts/{id}/factors', [account], staff.operator, ABOUT, [200], {}, true)).body as { events: readonly [string]; handover: { authenticator: string } };
    const { handover } = (await ask('POST', '/accounts/{id}/releases', [account], staff.manager, { issue: issued.events[0], identified: 'staff-card', ...ABOUT }, [200], {}, true)).body as { handover: { password: string } };
    const code = codeAt(new URL(issued.handover.authenticator).searchParams.get('secret')!, Date.now() + 30_000); // of a step after the start
    await ask('POST', '/sign-in', [], null, { login: C.login, password: C.wrongPassword, code }, [401]);
    const { token, renewal } = (await ask('POST', '/sign-in', [], null, { login: C.login, password: handover.password, code }, [200])).body as { token: string; renewal: string };
    await ask('POST', '/session/password', [], token, { current: handover.password, next: C.password }, [204]);
    await ask('POST', '/session/unlocks/requests', [], token, {}, [409]);
    await ask('POST', '/session/unlocks', [], token, { request: C.code, code: C.code, state: C.code }, [422]);
    await ask('POST', '/session/unlocks', [], token, { password: C.wrongPassword }, [401]);
    await ask('POST', '/session/unlocks', [], token, { password: C.password }, [204]);
    await ask('POST', '/session/purpose', [], token, { purpose: 'record-keeping' }, [204]);
    await ask('POST', '/session/case', [], token, { caseRef: C.caseRef, reasonCode: 'counter' }, [204]);
    await ask('DELETE', '/session/case', [], token, undefined, [204]);
    await ask('POST', '/session/emergency', [], token, { ...FILE, reasonCode: 'disaster', text: C.reason }, [403]); // no policy allows it here
    await ask('POST', '/emergencies/{id}/endings', [member], token, {}, [404]);
    await ask('POST', '/emergencies/{id}/justifications', [member], token, { text: C.reason }, [404]);
    await ask('POST', '/emergencies/{id}/examinations', [member], staff.chief, { result: 'justified', text: C.reason }, [404]);
    const renewed = (await ask('POST', '/session/renewals', [], null, { renewal }, [200])).body as { token: string };
    await ask('DELETE', '/session', [], renewed.token, undefined, [204]);
    await act('/accounts/{id}/unlocks', [account], staff.operator, ABOUT);
    await act('/accounts/{id}/disablements', [account], staff.operator, { cause: 'request', ...ABOUT });
    await act('/staff/{id}/personnel-changes', [member], staff.operator, { change: 'retirement', on: '2025-10-20', post: C.staffPost, ...ABOUT });
    await act('/staff/{id}/revocation-confirmations', [member], staff.operator, ABOUT); // what somebody else has revoked
  };

  /** Nothing suspicious has happened here: whoever examines or closes what nobody has opened is told so. */
  const findings = async (member: string): Promise<void> => {
    await ask('GET', '/findings/{id}', [member], staff.chief, undefined, [404]);
    await ask('POST', '/findings/{id}/examinations', [member], staff.chief, { result: 'explained', remarks: C.remarks, ...ABOUT }, [404]);
    await ask('POST', '/findings/{id}/closings', [member], staff.manager, { outcome: 'innocent', remarks: C.remarks, ...ABOUT }, [404]);
  };

  /** 申請 … 失効, of a person's rights or of a section's. Answers with the event of the application. */
  const chain = async (holders: 'staff' | 'units', id: string, from: string): Promise<void> => {
    const step = async (end: string, token: string, body: object, ...statuses: number[]): Promise<Answer> => ask('POST', `/${holders}/{id}/${end}`, [id], token, { ...body, ...ABOUT }, statuses.length > 0 ? statuses : [200], WAIT);
    const apply = async (role: string): Promise<string> => (await step('rights', staff.chief, { role, files: ['vaccination'], access: 'update', number: true, from })).body.events[0] as string;
    const right = await apply('clerk');
    await step('right-approvals', staff.manager, { right });
    await step('right-settings', staff.head, { right });
    await step('right-rejections', staff.manager, { right: await apply('auditor') });
    const review = await act('/reviews', [], staff.manager, { cause: 'occasional', due: from, ...ABOUT });
    await step('right-reviews', staff.chief, { right, review, answer: 'keep' }, 200);
    await ask('POST', '/reviews/{id}/closings', [review], staff.manager, ABOUT, [200, 409]);
    await step('right-revocations', staff.manager, { right, cause: 'not-needed' });
  };

  // the rules and the staff
  await act('/declarations/proposals', [], staff.compliance, { document: DOCUMENT });
  await act('/declarations/in-force', [], staff.chief, { version: 3 });
  await act('/declarations/mode-changes', [], staff.compliance, { version: 3, file: 'vaccination', rule: 'matching', mode: 'unchecked', reason: C.reason });
  await act('/declarations/mode-changes/confirmations', [], staff.chief, { proposal: 1 });
  await ask('GET', '/declarations/in-force', [], staff.clerk, undefined, [200]);
  await assessed({ staff, act, see });
  const wanted = { setting: 'session.idleMinutes', value: 9, reason: C.reason };
  await act('/access-policy/proposals', [], staff.head, wanted);
  await act('/access-policy/confirmations', [], staff.chief, { proposal: 1, ...ABOUT });
  await act('/access-policy/proposals', [], staff.head, wanted);
  await act('/access-policy/rejections', [], staff.chief, { proposal: 2, ...ABOUT });
  await act('/access-policy/proposals', [], staff.head, wanted);
  await act('/access-policy/withdrawals', [], staff.head, { proposal: 3, ...ABOUT });
  await act('/access-policy/proposals', [], staff.head, { setting: 'people.atTheMachine', value: 'anybody', reason: C.reason }); // from the first right on nobody would be what a token says
  await act('/access-policy/confirmations', [], staff.chief, { proposal: 4, ...ABOUT });
  await ask('GET', '/access-policy', [], staff.head, undefined, [200]);
  const member = await act('/staff', [], staff.operator, { name: C.staffName, post: C.staffPost, kind: 'staff', department: 'health-promotion', role: 'clerk', employeeNumber: C.employeeNumber, address: C.staffAddress });
  await act('/staff/{id}/addresses', [member], staff.operator, { address: C.newStaffAddress, on: '2025-10-20', ...ABOUT });
  await act('/staff/{id}/employee-numbers', [member], staff.operator, { employeeNumber: C.newEmployeeNumber, ...ABOUT });
  await ask('GET', '/staff/{id}', [member], staff.operator, undefined, [200]);
  await ask('POST', '/staff/{id}/foundings', [member], staff.operator, { role: 'clerk', files: ['vaccination'], present: [C.wrongPassword, C.password] }, [401]);
  const today = todayInJapan(new Date());
  const designation = (await ask('POST', '/staff/{id}/designations', [member], staff.head, { kind: 'custodian', files: ['vaccination'], from: today, ...ABOUT }, [200], WAIT)).body.events[0] as string;
  await act('/staff/{id}/delegated-designations', [member], staff.chief, { kind: 'handler', files: ['vaccination'], from: today, ...ABOUT }, 409);
  await act('/staff/{id}/designation-endings', [member], staff.manager, { designation, cause: 'not-needed', ...ABOUT });
  const application = (await ask('POST', '/staff/{id}/authenticators', [member], staff.chief, { kind: 'ic-card', ...ABOUT }, [200], WAIT)).body.events[0] as string;
  await act('/staff/{id}/authenticator-issues', [member], staff.operator, { application, reference: C.cardNumber, ...ABOUT });
  await act('/staff/{id}/authenticator-losses', [member], staff.manager, { authenticator: application, ...ABOUT });
  await see('GET', '/registers/authenticators?step=lost', [], staff.head);
  await act('/staff/{id}/authenticator-closings', [member], staff.operator, { authenticator: application, by: 'invalidated', ...ABOUT });
  await chain('staff', member, today);
  const units = [];
  for (const unit of ['health-promotion', 'information-systems', 'general-affairs', 'pension']) units.push(await act('/units', [], staff.head, { unit, name: C.unitName, from: '2020-04-01', ...ABOUT }));
  await chain('units', units[3]!, today);
  await act('/staff/{id}/placement-confirmations', [member], staff.manager, ABOUT);
  await act('/units/{id}/renamings', [units[3]!], staff.head, { name: C.unitName, on: today, ...ABOUT });
  await act('/units/{id}/endings', [units[3]!], staff.head, { on: today, successor: 'health-promotion', ...ABOUT });
  await act('/units/{id}/succession-confirmations', [units[3]!], staff.manager, ABOUT);
  await act('/units/{id}/revocation-confirmations', [units[3]!], staff.operator, ABOUT, 200, 409);
  await see('GET', '/registers/staff', [], staff.head);
  await see('GET', '/registers/rights?department=health-promotion', [], staff.head);
  await signInAndOut(member);
  await findings(member);

  // a person with everything that can be said of one
  const guardians = [{ name: C.guardian, relation: '父', contact: C.guardianContact }];
  const identity = { ...PERSON, name: C.name, kana: C.kana, address: C.address, contact: C.contact, addresseeNumber: C.addresseeNumber, integratedNumber: C.integratedNumber, household: C.household, guardians };
  const subject = await act('/subjects', [], staff.clerk, { ...identity, ...ABOUT });
  const other = await act('/subjects', [], staff.clerk, { ...identity, name: C.otherName, addresseeNumber: C.otherAddressee, integratedNumber: undefined, ...ABOUT });
  await act('/subjects', [], staff.clerk, { ...identity, ...ABOUT }, 409);
  await act('/subjects/{id}/resident-changes', [subject], staff.clerk, { ...identity, change: 'move-within', changedOn: '2025-10-20', ...ABOUT });
  const first = await act('/numbers', [], staff.chief, { ...FILE, ...TAKEN, subject, number: C.number, ...ABOUT });
  const second = await act('/number-changes', [], staff.chief, { ...FILE, ...TAKEN, subject, number: C.nextNumber, oldNumber: C.number, supersedes: first, ...ABOUT });
  const evidence = await act('/evidence', [], staff.clerk, { ...FILE, kind: 'consent', subjects: [subject], how: C.how, ...ABOUT });

  // records: entered, confirmed, corrected, sent back, cancelled
  const dose = { ...DOSE, lot: C.lot, ticketNumber: C.ticket, institution: C.institution, doctor: C.doctor, remarks: C.remarks, ...ABOUT };
  const record = await act('/vaccinations', [], staff.clerk, { ...dose, subject });
  await act('/vaccinations/{id}/confirmations', [record], staff.clerk, { ...FILE, ...ABOUT }, 403);
  await act('/vaccinations/{id}/confirmations', [record], staff.other, { ...FILE, ...ABOUT });
  await act('/vaccinations/{id}/corrections', [record], staff.clerk, { ...dose, lot: C.otherLot });
  await act('/vaccinations/{id}/returns', [record], staff.other, { ...FILE, ...ABOUT });
  await act('/vaccinations/{id}/corrections', [record], staff.clerk, { ...dose, lot: C.otherLot });
  await act('/vaccinations/{id}/confirmations', [record], staff.other, { ...FILE, ...ABOUT });
  const second2 = await act('/vaccinations', [], staff.clerk, { ...dose, subject });
  await act('/vaccinations/{id}/cancellations', [second2], staff.clerk, { ...FILE, ...ABOUT });

  // looks of every kind, by those who may and those who may not
  for (const terms of [{ addresseeNumber: C.addresseeNumber }, { kana: C.kana.slice(0, 6), birthDate: PERSON.birthDate }, { ticketNumber: C.ticket }, { number: C.nextNumber }]) await see('POST', '/subjects/search?file=vaccination', [], staff.chief, terms);
  await ask('POST', '/subjects/search?file=vaccination', [], staff.operator, { number: C.number }, [403], LOOK_HEADERS);
  await see('POST', '/subjects/search?file=vaccination', [], staff.outward, { addresseeNumber: C.addresseeNumber });
  for (const query of ['file=vaccination', 'file=vaccination&asOfPosition=12']) {
    await see('GET', `/registers/subjects?${query}`, [], staff.chief);
    await see('GET', `/registers/vaccinations?${query}`, [], staff.chief);
  }
  await see('GET', '/subjects/{id}?file=vaccination', [subject], staff.clerk);
  await see('GET', '/subjects/{id}/numbers?file=vaccination', [subject], staff.chief);
  await see('GET', '/subjects/{id}/vaccinations?file=vaccination', [subject], staff.clerk);
  await see('GET', '/vaccinations/{id}?file=vaccination', [record], staff.clerk);
  await ask('GET', '/vaccinations/{id}?file=vaccination', [record], staff.operator, undefined, [403], LOOK_HEADERS);
  await ask('POST', '/handling-log/search', [], staff.chief, { subject }, [200]);

  // outward
  await act('/subjects/{id}/protection', [other], staff.chief, { ...FILE, ...TAKEN, protected: true, on: '2025-10-20', restricted: C.restricted, ...ABOUT });
  const outward = { ...FILE, recipient: 'prefecture', items: ['vaccine', 'dose'], method: 'paper', legalGround: 'provide-19-8', selection: C.selection, ...ABOUT };
  await act('/provisions', [], staff.clerk, { ...outward, subjects: [other] }, 403);
  const confirmed = await act('/outward-confirmations', [], staff.chief, { ...FILE, subjects: [other], recipient: 'prefecture', how: C.how, ...ABOUT });
  await act('/provisions', [], staff.clerk, { ...outward, subjects: [other], evidence: [confirmed] });
  await act('/transfers', [], staff.clerk, { ...outward, recipient: 'tax', subjects: [subject] }, 403);

  // what leaves on paper, as a file, or carried; files are out of the question here
  const print = await act('/prints', [], staff.clerk, { ...FILE, form: 'notice', sheets: 1, subjects: [subject], plan: 'shredded', ...ABOUT });
  await act('/prints/{id}/disposals', [print], staff.other, { ...FILE, how: 'shredded', sheets: 1, note: C.remarks, ...ABOUT });
  await act('/exports', [], staff.clerk, { ...FILE, what: 'subjects', format: 'csv', items: ['name'], subjects: [subject], scope: C.selection, rows: 10, days: 5, recipient: C.otherName, medium: 'terminal', ...ABOUT }, 403);
  for (const step of ['approvals', 'rejections']) await act(`/exports/{id}/${step}`, [subject], staff.chief, { ...FILE, ...ABOUT }, 404);
  for (const step of ['passphrases', 'files']) await act(`/exports/{id}/${step}`, [subject], staff.clerk, { ...FILE, ...ABOUT }, 404);
  await act('/exports/{id}/erasures', [subject], staff.clerk, { ...FILE, how: 'erased', note: C.remarks, ...ABOUT }, 404);
  const carrier = await act('/staff', [], staff.operator, { name: C.staffName, post: C.staffPost, kind: 'staff', department: 'health-promotion', role: 'clerk', employeeNumber: freshEmployeeNumber() });
  const takeOut = { ...FILE, object: 'medium', ref: C.terminalLabel, items: ['name'], persons: 1, encrypted: true, carrier, destination: C.address, from: today, until: today, ...ABOUT };
  const rejected = await act('/take-outs', [], staff.clerk, takeOut);
  await act('/take-outs/{id}/rejections', [rejected], staff.chief, { ...FILE, ...ABOUT });
  const taken = await act('/take-outs', [], staff.clerk, takeOut);
  await act('/take-outs/{id}/approvals', [taken], staff.chief, { ...FILE, ...ABOUT });
  await act('/take-outs/{id}/departures', [taken], staff.clerk, { ...FILE, ...ABOUT });
  await act('/take-outs/{id}/losses', [taken], staff.clerk, { ...FILE, on: today, circumstances: C.remarks, ...ABOUT });
  await act('/take-outs/{id}/returns', [taken], staff.other, { ...FILE, persons: 1, ...ABOUT });
  await see('GET', '/registers/outputs?open=false', [], staff.chief);

  // files: good rows, and bad ones that hold canaries where they do not belong
  const header = '宛名番号,個人番号,氏名,氏名の振り仮名,生年月日,性別,住所,異動事由,異動日';
  const good = `918273645546401,${C.importedNumber},${C.name},${C.kana},2024-04-02,男,${C.address},転入,2025-10-15`;
  const bad = [
    `${C.rejectedName},,${C.rejectedName},${C.kana},2024-04-02,男,${C.rejectedAddress},転入,2025-10-15`,
    `918273645546402,${C.number.slice(0, 11)}x,${C.rejectedName},${C.kana},${C.rejectedName},${C.rejectedName},${C.rejectedAddress},${C.reason},${C.ticket}`,
    `918273645546403,${C.nextNumber},${C.rejectedName},${C.kana},2024-04-02,男,${C.rejectedAddress},転入,2025-10-15`,
    `918273645546404,${C.rejectedName}`,
  ];
  const residents = [header, good, ...bad, ''].join('\r\n');
  const slips = ['宛名番号,生年月日,接種コード,接種回数,接種日,実施区分,ロット番号,予診票番号', `918273645546401,2024-04-02,MR1,1,2025-10-20,定期,${C.lot},${C.ticket}`, `${C.addresseeNumber},1999-01-01,${C.remarks},${C.name},2025-10-20,定期,${C.lot},${C.rejectedTicket}`, ''].join('\r\n');
  const faulty = [`宛名番号,${C.rejectedName},${C.rejectedAddress}`, C.addresseeNumber, ''].join('\r\n');
  const quoted = `${header}\r\n"${C.rejectedName}"x"${C.rejectedAddress},\r\n`;
  for (const [kind, csv, statuses] of [['residents', residents, [200]], ['vaccinations', slips, [200]], ['residents', faulty, [422]], ['residents', quoted, [422]]] as const) {
    const how = kind === 'residents' ? TAKEN : { source: 'private:clinic', method: 'paper' };
    const digest = createHash('sha256').update(csv).digest('hex');
    const id = await act('/imports', [], staff.clerk, { kind, ...FILE, encoding: 'utf-8', digest, ...how, ...ABOUT });
    await ask('PUT', '/imports/{id}/content', [id], staff.clerk, csv, statuses, { 'content-type': 'text/csv' });
    await ask('GET', '/imports/{id}', [id], staff.clerk, undefined, [200]);
    await ask('GET', '/imports/{id}/rejects', [id], staff.clerk, undefined, [200]);
    await act('/imports/{id}/confirmations', [id], staff.chief, { ...FILE, ...ABOUT }, 200, 409);
  }

  await see('GET', '/log-reviews', [], staff.chief);
  await ask('POST', '/log-reviews/{id}/signings', [subject], staff.chief, { result: 'findings', remarks: C.remarks, ...ABOUT }, [404]); // no month has ended yet

  const moves = ['職員番号,異動の区分,発令日,氏名,職名,部署,役割,住所', `${C.employeeNumber},採用,2025-10-20,${C.staffName},${C.staffPost},health-promotion,clerk,${C.staffAddress}`, `${C.newEmployeeNumber},異動,2025-10-20,${C.rejectedName},${C.rejectedName},no-such-unit,clerk,${C.rejectedAddress}`, `${C.rejectedName},${C.rejectedName},${C.rejectedName},,,,,`, ''].join('\r\n');
  const feed = await act('/personnel-feeds', [], staff.operator, { encoding: 'utf-8', digest: createHash('sha256').update(moves).digest('hex'), ...ABOUT });
  await ask('PUT', '/imports/{id}/content', [feed], staff.operator, moves, [200], { 'content-type': 'text/csv' });
  await ask('GET', '/imports/{id}', [feed], staff.operator, undefined, [200]);
  await ask('GET', '/imports/{id}/rejects', [feed], staff.operator, undefined, [200]);

  await ask('GET', '/reports', [], staff.clerk, undefined, [200]);
  for (const { name } of reports) {
    for (const format of name.startsWith('audit-') || FOR_AUDITORS.includes(name) ? (['json'] as const) : FORMATS) {
      const { headers } = await ask('POST', `/reports/${name}?format=${format}`, [], staff.chief, { ...termsOf(name, subject), ...REPORT_TERMS[name] }, [200]);
      await ask('GET', '/reports/runs/{id}', [headers.get('akashi-report-run')!], staff.chief, undefined, [200]);
    }
  }
  // terminals: from now on nobody but those on the machine itself gets on without one
  const terminal = { terminal: 'counter-1', class: 'number-affairs', department: 'health-promotion', label: C.terminalLabel, certificates: [C.terminalCertificate] };
  await act('/terminals', [], staff.operator, { ...terminal, ...ABOUT });
  await act('/terminals', [], staff.operator, { ...terminal, ...ABOUT }, 409);
  await act('/terminals/changes', [], staff.operator, { terminal: 'counter-1', label: `${C.terminalLabel}の隣`, ...ABOUT });
  await see('GET', '/terminals', [], staff.operator);
  const another = await act('/staff', [], staff.operator, { name: C.staffName, post: C.staffPost, kind: 'staff', department: 'health-promotion', role: 'clerk', employeeNumber: freshEmployeeNumber() });
  await act('/access-policy/exceptions', [], staff.head, { system: 'health', users: [member, another], terminals: ['counter-1'], until: today, reason: C.reason });
  await act('/access-policy/confirmations', [], staff.chief, { proposal: 5, ...ABOUT });
  await act('/access-policy/exceptions/endings', [], staff.chief, { proposal: 5, ...ABOUT });
  await act('/terminals/removals', [], staff.operator, { terminal: 'counter-1', cause: 'broken', ...ABOUT });

  await ask('GET', '/registers', [], staff.clerk, undefined, [200]);
  for (const { name } of projections) await ask('POST', '/registers/{name}/rebuilds', [name], staff.operator, undefined, [200]);
  const unit = (category: string, id: string, of = subject): Units['units'][number] => ({ category, unit: id, subject: of });
  return { subject, units: [unit('vaccination', record), unit('vaccination', second2), unit('number', first), unit('number', second), unit('evidence', evidence), unit('subject', subject), unit('subject', other, other)] };
}

/** Plans, approves and carries out the erasure of all of it. */
export async function eraseAll(address: string, staff: Staff, { units }: Units, heard: Heard[]): Promise<void> {
  const act = async (route: string, path: string, token: string, body: object): Promise<Answer> => {
    const answer = expectStatus(await request(address, 'POST', path, token, body, WAIT), 200, 201);
    heard.push({ route: `POST ${route}`, shows: false, answer });
    return answer;
  };
  const { id } = (await act('/erasures', '/erasures', staff.clerk, { ...FILE, targets: units, ...ABOUT })).body as { id: string };
  await act('/erasures/{id}/approvals', `/erasures/${id}/approvals`, staff.chief, { ...FILE, ...ABOUT });
  await act('/erasures/{id}/executions', `/erasures/${id}/executions`, staff.operator, { ...FILE, ...ABOUT });
}
