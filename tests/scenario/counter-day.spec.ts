import { projections } from '../../projections/all.js';
import { MINATO, RECORD } from '../support/city.js';
import { overEachStore } from './story.js';

const wait = { prefer: 'wait=5' };

overEachStore((stage) => {
  it('goes through a day at the counter', async () => {
    const { city, clerk, other, chief, operator } = stage();
    const registered = await city.call('POST', '/subjects', clerk, MINATO, wait);
    expect(registered.body).toMatchObject({ revision: 0 });
    expect(registered.status).toBe(201);
    const subject = registered.body.id as string;

    const found = await city.call('POST', '/subjects/search?file=vaccination', clerk, { kana: 'たなべ', birthDate: '2025-04-02' });
    expect(found.status).toBe(200);
    expect(found.body.views).toEqual([expect.objectContaining({ subject, identity: expect.objectContaining({ name: MINATO.name }) })]);

    const stranger = await city.token({ role: 'clerk', department: 'pension' });
    const refused = await city.call('POST', '/subjects/search?file=vaccination', stranger, { addresseeNumber: '100000001' });
    expect(refused.status).toBe(403);
    expect(refused.body.detail).toBe('Ⅱ.3⑦使用部署（第3版）に記載がありません');

    const entered = await city.call('POST', '/vaccinations', clerk, { ...RECORD, subject }, wait);
    expect(entered.status).toBe(201);
    const record = entered.body.id as string;
    const self = await city.call('POST', `/vaccinations/${record}/confirmations`, clerk, { file: 'vaccination' });
    expect(self.status).toBe(403);
    const confirmed = await city.call('POST', `/vaccinations/${record}/confirmations`, other, { file: 'vaccination' }, wait);
    expect(confirmed.status).toBe(200);
    const corrected = await city.call('POST', `/vaccinations/${record}/corrections`, clerk, { ...RECORD, lot: 'AB1243', reason: '転記誤り' }, { 'if-match': confirmed.headers.get('etag')! });
    expect(corrected.status).toBe(200);
    const before = corrected.body.position as number;
    const agreed = await city.call('POST', `/vaccinations/${record}/confirmations`, other, { file: 'vaccination' }, wait);
    expect(agreed.status).toBe(200);
    const open = await city.call('GET', `/vaccinations/${record}?file=vaccination`, clerk);
    expect(open.body).toMatchObject({ status: 'confirmed', record: { lot: 'AB1243' } });

    const past = await city.call('GET', `/subjects/${subject}/vaccinations?file=vaccination&asOfPosition=${before}`, chief);
    expect(past.body.views).toEqual([expect.objectContaining({ pending: 'correction', record: expect.objectContaining({ lot: 'AB1234' }) })]);

    const planned = await city.call('POST', '/erasures', clerk, { file: 'vaccination', targets: [{ category: 'vaccination', unit: record, subject }], reason: '保管期間の満了' });
    expect(planned.status).toBe(201);
    const early = await city.call('POST', `/erasures/${planned.body.id}/executions`, operator, { file: 'vaccination' });
    expect(early.status).toBe(403);
    const approved = await city.call('POST', `/erasures/${planned.body.id}/approvals`, chief, { file: 'vaccination' });
    expect(approved.status).toBe(200);
    const erased = await city.call('POST', `/erasures/${planned.body.id}/executions`, operator, { file: 'vaccination' }, wait);
    expect(erased.body).toMatchObject({ erased: 1, already: 0 });
    const gone = await city.call('GET', `/subjects/${subject}/vaccinations?file=vaccination`, clerk);
    expect(gone.body.views).toEqual([expect.objectContaining({ status: 'erased', note: '消去済み' })]);
    const still = await city.call('GET', `/subjects/${subject}?file=vaccination`, clerk);
    expect(still.body.identity.name).toBe(MINATO.name);

    const log = await city.call('POST', '/handling-log/search', chief, { subject }, { 'akashi-after': String(still.body.position) });
    expect(log.body.views.map((line: { type: string }) => line.type)).toContain('HandlingRefused');
    for (const { name } of projections) {
      const rebuilt = await city.call('POST', `/registers/${name}/rebuilds`, operator);
      expect(rebuilt.body).toMatchObject({ register: name, identical: true });
    }
    expect(city.log.join('')).not.toContain('田辺');
  });
});
