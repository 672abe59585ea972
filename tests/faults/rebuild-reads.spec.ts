import { openCity, putInForce } from '../support/city.js';
import { DOCUMENT, PERSON, expectStatus } from './support/requests.js';

interface Calls {
  call(message: { readonly kind: string }): Promise<unknown>;
}

it('whoever reads between the removal of the old file of a register and the taking up of the new one is answered', async () => {
  const city = await openCity({ store: 'embedded' });
  try {
    await putInForce(city, DOCUMENT);
    expectStatus(await city.call('POST', '/subjects', await city.token(), { ...PERSON, addresseeNumber: '100000001' }, { prefer: 'wait=5' }), 201);
    const { registers } = city.server;
    const chief = await city.token();
    const calls = registers as unknown as Calls;
    const call = calls.call.bind(registers);
    const faults: string[] = [];
    let round = 0;
    calls.call = async (message) => {
      const result = await call(message);
      // The worker has swapped; here it is not known yet. Nobody has asked this register since the rebuild before.
      if (message.kind === 'adopt' && round === 2) {
        const answer = await city.call('POST', '/handling-log/search?limit=5', chief, {});
        if (answer.status !== 200) faults.push(`${answer.status} ${answer.body.code} ${city.log.findLast((line) => line.includes('unexpected'))}`);
      }
      return result;
    };
    for (round = 1; round <= 2; round += 1) await registers.rebuild('handling-log');
    expect(faults).toEqual([]);
  } finally {
    await city.close();
  }
}, 30_000);
