import { join } from 'node:path';
import { todayInJapan } from '../codes/plain-date.js';
import { Assessing } from './assessing.js';
import { CityHall, FILE, type SubjectView, type Views } from './city-hall.js';
import { DemoDesk } from './desk.js';
import { SECTIONS, SECTIONS_SINCE, STAFF, type StaffKey } from './staff.js';
import { japanTime, table } from '../cli/table.js';
import { OUTCOMES, THRESHOLD_WORDS, actOf, wordOf } from '../../projections/words.js';
import { readDeclaration } from '../handling/declaration-file.js';
import { unwrittenRules } from '../handling/broken-rules.js';
import { RULES } from '../handling/rules.js';
import type { People } from './generator/generator.js';

interface LogView {
  readonly recordedAt: string;
  readonly staff: string;
  readonly type: string;
  readonly kind: string;
  readonly extent: string | null;
  readonly outcome: string;
}

const WAIT = { prefer: 'wait=10' };

/** The steps of the day, each through HTTP as the person who does it. */
export class City extends CityHall {
  private assessing: Assessing | undefined;

  /** @param operator a token of the operator at the machine, who registers the first */
  async hireStaff(operator: string): Promise<void> {
    const keys = Object.keys(STAFF) as StaffKey[];
    const founders = keys.filter((key) => key !== 'hori');
    for (const key of keys) {
      const { purpose: _, ...person } = STAFF[key];
      this.ids.set(key, (await this.client.send<{ id: string }>('POST', '/staff', operator, { ...person, kind: 'staff' })).id);
    }
    const open = async (key: StaffKey, releaser: string): Promise<void> => {
      this.desks.set(key, await DemoDesk.open(this.client, this.clock, { operator, releaser }, { staff: this.staffOf(key), login: key, purpose: STAFF[key].purpose }));
    };
    for (const key of founders) await open(key, operator);
    await this.freshen();
    this.say(`  職員 ${this.ids.size} 人を登録し、${founders.length} 人のアカウントを開きました（氏名は封をして記録）。`);
    this.say(`  ${founders.length}人がパスワードと確認コードでサインインし、初期パスワードを変えました。「操作は全て記録されます」`);
    for (const key of founders) {
      const present = (['kuroda', 'morishita', 'ohno'] as const).filter((witness) => witness !== key).slice(0, 2).map((witness) => this.as(witness));
      await this.client.send('POST', `/staff/${this.staffOf(key)}/foundings`, operator, { role: STAFF[key].role, files: [FILE], present });
    }
    this.say('  最初の権限を、黒田（情報システム課長）、森下（情報セキュリティ管理者）、大野（課長）のうち、本人でない二人の立会いで設定しました。');
    for (const [unit, name] of Object.entries(SECTIONS)) await this.client.send('POST', '/units', this.as('kuroda'), { unit, name, from: SECTIONS_SINCE });
    this.say(`  黒田が部署を登録しました: ${Object.values(SECTIONS).join('、')}。`);
    await open('hori', this.as('morishita'));
    await this.freshen();
    this.say('  ここからは、アカウントも二人で開きます。堀の確認コードは運用者が発行し、森下が本人を確かめて初期パスワードを渡しました。堀には、まだ権限がありません。');
  }

  /** 申請 → 承認 → 設定: from here on there is no other way to a right. */
  async grant(): Promise<void> {
    const path = `/staff/${this.staffOf('hori')}`;
    const search = () => this.client.send('POST', `/subjects/search?file=${FILE}`, this.as('hori'), { addresseeNumber: '100000001' });
    this.say('\n4 権限: 堀（会計年度任用職員）に、担当職員の権限を個人番号なしで付けます。');
    await this.expectRefusal('堀がまだ権限なしで照会する', search);
    const wanted = { role: 'clerk', files: [FILE], access: 'update', number: false, from: todayInJapan(new Date(this.clock())) };
    const { events } = await this.client.send<{ events: readonly [string] }>('POST', `${path}/rights`, this.as('ohno'), wanted);
    const right = { right: events[0] };
    await this.expectRefusal('申請した大野が自ら承認する', () => this.client.send('POST', `${path}/right-approvals`, this.as('ohno'), right));
    await this.client.send('POST', `${path}/right-approvals`, this.as('morishita'), right);
    await this.client.send('POST', `${path}/right-settings`, this.as('kuroda'), right);
    await search();
    this.say('  大野が申請し、森下が承認し、黒田が設定しました。堀の照会はその場で通ります。');
    const change = { setting: 'people.atTheMachine', value: 'named', reason: 'デモの後に、この端末の CLI で職員を名乗って試すため' };
    await this.client.send('POST', '/access-policy/proposals', this.as('kuroda'), change);
    await this.client.send('POST', '/access-policy/confirmations', this.as('morishita'), { proposal: 1 });
    this.say('  設定の変更: この端末の CLI で、サインインせずに職員を名乗れる（--as）ようにします。黒田が提案、森下が承認（本番の既定は、サインイン必須）。');
  }

  async putInForce(document: string): Promise<void> {
    this.assessing = new Assessing(this.client, { author: () => this.as('nishino'), chief: () => this.as('ohno') }, document);
    await this.assessing.takeOver();
    const reading = readDeclaration(document);
    if (!reading.ok) throw new Error('the written items of the demo are not valid');
    const [file] = reading.declaration.files;
    const { items } = file!;
    const unwritten = unwrittenRules(file!);
    const observed = RULES.filter((rule) => items[rule]?.mode.mode === 'observe');
    this.say(`\n2 評価書 第3版（全項目評価書、令和8年10月1日公表）を取り込み、施行しました（西野が取込み、大野が施行）。照合規則 ${RULES.length}、うち記載なし ${unwritten.length}（記載のない取扱いは認めない）、記録のみ ${observed.length}（入手方法）。`);
  }

  /** 移行, the evening before. */
  async load(files: string): Promise<void> {
    this.say('\n3 移行: 住民ファイルと接種記録ファイルを取り込みます（11月19日 16:00）。');
    await this.take('kuroda', 'residents', join(files, 'residents.csv'), { source: 'own-department:residents', method: 'internal-link', migration: true });
    await this.take('kuroda', 'vaccinations', join(files, 'vaccinations.csv'), { source: 'private:clinic', method: 'paper', migration: true });
    const again = await this.take('kuroda', 'residents', join(files, 'residents.csv'), { source: 'own-department:residents', method: 'internal-link', migration: true });
    if (!again.already) throw new Error('the same file was taken in twice');
  }

  async changes(files: string): Promise<void> {
    this.say('\n5 住民異動（11月20日 8:40）:');
    const summary = await this.take('saeki', 'residents', join(files, 'changes-2026-11-20.csv'), { source: 'own-department:residents', method: 'internal-link' });
    await this.showRejects('saeki', summary);
  }

  async lookUps(people: People): Promise<void> {
    this.say('\n6 照会（佐伯。「操作は全て記録されます」）:');
    const { kana, birthDate } = people.minato;
    const found = await this.search('saeki', { kana: kana.slice(0, 3), birthDate });
    this.say(`  「${kana.slice(0, 3)}」と生年月日で検索: ${found.length} 件 → ${found[0]!.identity!.name}（一覧）`);
    const records = await this.recordsOf('saeki', found[0]!.subject);
    this.say(`  接種記録を開く: ${records.length} 件（開いた）`);
    await this.client.send('GET', `/subjects/${found[0]!.subject}/numbers?file=${FILE}`, this.as('saeki'));
    this.say('  個人番号を表示: 権限のある担当者だけ、別の取扱い（番号表示）として記録');
    await this.expectRefusal('個人番号なしの権限の堀が、同じ人の個人番号を表示する', () => this.client.send('GET', `/subjects/${found[0]!.subject}/numbers?file=${FILE}`, this.as('hori')));
    const hina = await this.subjectOf('saeki', people.hina.addresseeNumber);
    const protectedSince = await this.client.send<{ position: number }>('POST', `/subjects/${hina.subject}/protection`, this.as('ohno'), { file: FILE, protected: true, on: '2026-11-20', source: 'self', method: 'paper' }, WAIT);
    const [shown] = await this.search('saeki', { addresseeNumber: people.hina.addresseeNumber }, protectedSince.position);
    this.say(`  支援措置の開始: ${shown!.identity!.name} は見つかるが、住所は${shown!.identity!.address === undefined ? '表示されない' : '表示された'}。`);
    this.say(`    「${shown!.warning}」`);
  }

  async slips(files: string): Promise<void> {
    this.say('\n7 予診票データ 411 件を、暗号化した DVD-R で受け取りました（入手方法に記載なし）。');
    const summary = await this.take('saeki', 'vaccinations', join(files, 'slips-2026-11-20.csv'), { source: 'private:data-entry', method: 'media', reason: '受渡し方法の見直しまでの間の受領' });
    await this.showRejects('saeki', summary);
  }

  async refusals(people: People): Promise<void> {
    this.say('\n8 拒否:');
    await this.expectRefusal('江藤（国保年金課）が田辺湊を検索', () => this.search('eto', { addresseeNumber: people.minato.addresseeNumber }));
    await this.expectRefusal('黒田（情報システム課長）が田辺湊を検索', () => this.search('kuroda', { addresseeNumber: people.minato.addresseeNumber }));
    await this.expectRefusal('西野（保護評価担当）が田辺湊を検索', () => this.search('nishino', { addresseeNumber: people.minato.addresseeNumber }));
    await this.expectRefusal('宮内（教育委員会）が未接種児の番号つき一覧を求める', () =>
      this.client.send('POST', '/provisions', this.as('miyauchi'), { file: FILE, recipient: 'education-board', subjects: [], items: ['name', 'birthDate', 'number'], selection: '未接種の就学予定児', method: 'paper' }),
    );
    this.say('    適法な方法: 保護者に母子健康手帳で確認するか、条例の制定と評価書の変更を経る。');
  }

  async correction(people: People): Promise<void> {
    const { subject } = await this.subjectOf('hori', people.minato.addresseeNumber);
    const mr1 = (await this.recordsOf('hori', subject)).find(({ record }) => record?.lot === 'AB1234')!;
    const { vaccine, dose, vaccinatedOn, executionClass } = mr1.record!;
    const fields = { ...mr1.record!, vaccine, dose, vaccinatedOn, executionClass, lot: 'AB1243', file: FILE, source: 'private:clinic', method: 'paper', reason: '転記誤り' };
    await this.client.send('POST', `/vaccinations/${mr1.vaccination}/corrections`, this.as('hori'), fields, { 'if-match': `"${mr1.revision}"` });
    this.say('\n9 訂正: 堀が田辺湊のロット番号を訂正（AB1234→AB1243、転記誤り）。');
    await this.expectRefusal('堀が自分で確認', () => this.client.send('POST', `/vaccinations/${mr1.vaccination}/confirmations`, this.as('hori'), { file: FILE }));
    const { position } = await this.client.send<{ position: number }>('POST', `/vaccinations/${mr1.vaccination}/confirmations`, this.as('miwa'), { file: FILE }, WAIT);
    const now = (await this.recordsOf('hori', subject, position)).find(({ vaccination }) => vaccination === mr1.vaccination)!;
    this.say(`  三輪が確認。台帳のロット番号: ${now.record!.lot}（前の値は履歴に残る）`);
  }

  /** 乖離 → 修正 → 施行, and the next medium is taken in as written. */
  async assessment(people: People, files: string): Promise<void> {
    await this.freshen();
    const today = todayInJapan(new Date(this.clock()));
    this.say('\n10 評価書: 西野が記載と実態の突合を開きます。');
    const { subject, position } = await this.subjectAt('saeki', people.minato.addresseeNumber);
    await this.drifts(today, 3, position);
    const { subjects, handlers, result } = await this.assessing!.judgeThreshold(today);
    this.say(`  様式2 のしきい値判断を台帳の数で: 対象人数 ${subjects.toLocaleString()} 人、取扱者 ${handlers} 人 → ${THRESHOLD_WORDS[result]}`);
    this.say('  西野が様式4 第4版の案（修正）を作ります。');
    const rows = await this.assessing!.amend(today, subjects);
    for (const { itemPath, submission, explanation } of rows) this.say(`  別添3 ${itemPath.split(' ＞ ').slice(-2).join(' ')}: ${submission}、${explanation}`);
    this.say('  大野が※の項目の変更を判断して決裁し、西野が委員会へ提出（模擬）・公表し、大野が第4版を施行しました。');
    const record = { file: FILE, subject, vaccine: 'INF', dose: 1, vaccinatedOn: '2026-11-18', executionClass: 'voluntary', source: 'private:data-entry', method: 'media' };
    const { findings = [] } = await this.client.send<{ findings?: readonly object[] }>('POST', '/vaccinations', this.as('saeki'), record);
    this.say(`  次の電子記録媒体の記録: 記載外 ${findings.length} 件。`);
    for (const [form, path] of await this.assessing!.print(files)) this.say(`  ${form}: ${path}`);
  }

  /** What is written, and what the ledger shows otherwise. */
  private async drifts(day: string, version: number, upTo: number): Promise<void> {
    const { rows } = await this.onceCaughtUp(() => this.client.send<{ rows: readonly { verdict: string; item: string; shown: string }[] }>('POST', '/reports/conformance', this.as('nishino'), { version, from: `${day}T00:00:00+09:00`, upTo }));
    const counts = [...Map.groupBy(rows, ({ verdict }) => verdict)].map(([verdict, all]) => `${verdict} ${all.length}`);
    this.say(`  第${version}版の ${rows.length} 項目（今日の取扱い）: ${counts.join('、')}`);
    for (const { item, shown } of rows.filter(({ verdict }) => verdict === '乖離')) this.say(`    乖離 ${item.split('\n')[0]}: ${[...shown].length > 90 ? `${[...shown].slice(0, 90).join('')}…` : shown}`);
  }

  async erasure(people: People): Promise<void> {
    const { subject } = await this.subjectOf('saeki', people.ando.addresseeNumber);
    const records = await this.recordsOf('saeki', subject);
    const target = records.find(({ record }) => record?.vaccine === 'PPV')!;
    const targets = [{ category: 'vaccination', unit: target.vaccination, subject }];
    const { id } = await this.client.send<{ id: string }>('POST', '/erasures', this.as('saeki'), { file: FILE, targets, reason: '保管期間の満了（死亡後5年）' });
    this.say('\n11 消去: 安藤義男（令和3年10月2日死亡）の肺炎球菌の記録。佐伯が計画。');
    await this.expectRefusal('承認の前に黒田が実施', () => this.client.send('POST', `/erasures/${id}/executions`, this.as('kuroda'), { file: FILE }));
    await this.client.send('POST', `/erasures/${id}/approvals`, this.as('ohno'), { file: FILE });
    const done = await this.client.send<{ erased: number; completeOn: string; position: number }>('POST', `/erasures/${id}/executions`, this.as('kuroda'), { file: FILE }, WAIT);
    const after = await this.recordsOf('saeki', subject, done.position);
    const gone = after.find(({ vaccination }) => vaccination === target.vaccination)!;
    this.say(`  大野が承認、黒田が実施、確認済み ${done.erased} 件（鍵の控えまで含めて消えるのは ${done.completeOn}）。`);
    this.say(`  開くと「${gone.note}」。本人のほかの記録 ${after.length - 1} 件はそのまま残っています。`);
  }

  async asOf(day: string): Promise<void> {
    const count = async (query: string): Promise<{ readonly position: number; readonly first: SubjectView | undefined }> => {
      const page = await this.client.send<Views<SubjectView> & { registerPosition: number }>('GET', `/registers/subjects?file=${FILE}&limit=5${query}`, this.as('ohno'));
      return { position: page.registerPosition, first: page.views[0] };
    };
    const then = await count(`&asOf=${day}`);
    const now = await count('');
    this.say(`\n12 時点: 宛名台帳を ${day} の終わりの状態で表示（位置 ${then.position.toLocaleString()}、現在は ${now.position.toLocaleString()}）。先頭: ${then.first?.identity?.name ?? '-'}`);
  }

  async rebuild(): Promise<void> {
    this.say('\n13 台帳を記録の初めから作り直し、今の台帳と照合します。');
    for (const { name, label } of await this.client.send<readonly { name: string; label: string }[]>('GET', '/registers', this.as('kuroda'))) {
      const { rows, identical, milliseconds } = await this.client.send<{ rows: number; identical: boolean; milliseconds: number }>('POST', `/registers/${name}/rebuilds`, this.as('kuroda'));
      if (!identical) throw new Error(`the register ${name} differs from its rebuild`);
      this.say(`  ${label}: ${rows.toLocaleString()} 行、${(milliseconds / 1000).toFixed(1)} 秒、一致`);
    }
  }

  async logs(people: People): Promise<void> {
    const { views, position } = await this.client.send<Views<SubjectView>>('POST', `/subjects/search?file=${FILE}`, this.as('ohno'), { addresseeNumber: people.minato.addresseeNumber });
    this.say('\n14 取扱記録:');
    await this.printLog('田辺湊について', { subject: views[0]!.subject }, position);
    await this.printLog('佐伯拓の閲覧（今日）', { staff: this.ids.get('saeki')!, kind: 'use', from: '2026-11-20T00:00:00+09:00' }, position);
  }

  private async printLog(title: string, terms: object, after: number): Promise<void> {
    const { views, next } = await this.client.send<Views<LogView>>('POST', '/handling-log/search?limit=50', this.as('nishino'), terms, { 'akashi-after': String(after) });
    const names = new Map([...this.ids].map(([key, id]) => [id, STAFF[key].name.replace('（架空）', '')]));
    this.say(`  ${title}: ${views.length}${next ? ' 以上' : ''} 件`);
    const lines = views.slice(-10).map((line) => [`    ${japanTime(line.recordedAt)}`, names.get(line.staff) ?? '（エンジン）', actOf(line), wordOf(OUTCOMES, line.outcome)]);
    this.say(table(lines).join('\n'));
  }
}
