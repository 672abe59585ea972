import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { NestFactory } from '@nestjs/core';
import { Module, type DynamicModule } from '@nestjs/common';
import { commandHandler, dispatch } from '../../src/http/commands.js';
import type { OpenEngine } from '../../src/engine.js';
import { newId } from '../../src/ledger/ids.js';
import { readCommand } from '../../src/walks/command-class.js';
import { RegisterSubject } from '../../src/subjects/commands.js';
import { RecordVaccination } from '../../src/vaccinations/commands.js';
import { inDirectory, median, rate, type Measured } from './harness.js';
import { clerk, openBenchEngine } from './engine.js';
import { openRaw } from './raw.js';

@Module({})
class BusModule {
  static of(engine: OpenEngine): DynamicModule {
    const routes = engine.contexts.flatMap((context) => context.commands.map((spec) => ({ context, spec: spec as never })));
    return { module: BusModule, imports: [CqrsModule.forRoot()], providers: routes.map((route) => commandHandler(engine, route)) };
  }
}

/** Sixty-four callers through the Nest command bus: validate, load, decide, guard, seal, append. */
export async function commandScenario(scale: number): Promise<readonly Measured[]> {
  const count = Math.round(20_000 * scale);
  const values: number[] = [];
  const raws: number[] = [];
  let note = '';
  for (let run = 0; run < 5; run += 1) {
    await inDirectory(async (directory) => {
      const engine = await openBenchEngine(directory);
      const app = await NestFactory.createApplicationContext(BusModule.of(engine), { logger: false });
      await app.init();
      const bus = app.get(CommandBus);
      const call = { principal: clerk, correlationId: newId() };
      const subjects: string[] = [];
      for (let i = 0; i < 200; i += 1) subjects.push((await dispatch(bus, readCommand(RegisterSubject, subjectBody(i)), call)).id);
      const before = await engine.store.head();
      values.push(await rate(count, 64, (i) => dispatch(bus, readCommand(RecordVaccination, recordBody(subjects[i % subjects.length]!, i)), call)));
      const events = await engine.store.readAll({ after: before, limit: count });
      await app.close();
      await engine.close();
      const bytes = events.map((event) => Buffer.from(event.bytes));
      note = `events of ${Math.round(bytes.reduce((sum, { length }) => sum + length, 0) / bytes.length)} bytes, each a stream of its own`;
      const raw = openRaw(directory, events.map(({ stream }) => stream));
      raws.push(await rate(bytes.length, 64, (i) => raw.append(i, 0, bytes[i]!)));
      raw.close();
    });
  }
  const ratio = median(values.map((value, i) => value / raws[i]!));
  return [{ name: 'command-64', unit: 'commands/s', value: median(values), raw: median(raws), ratio, limit: '>= 0.2 x raw', met: ratio >= 0.2, note }];
}

export function subjectBody(i: number): object {
  return {
    file: 'vaccination', scope: 'resident', source: 'own-department:residents', method: 'internal-link', name: `架空 ${i}`, kana: 'カクウ', birthDate: '2020-01-01', sex: 'male',
    address: '汐浜市架空町', addresseeNumber: String(100_000_000 + i),
  };
}

function recordBody(subject: string, i: number): object {
  return { file: 'vaccination', source: 'private:clinic', method: 'paper', subject, vaccine: 'MR1', dose: 1, vaccinatedOn: '2024-11-02', executionClass: 'routine', lot: 'AB1234', ticketNumber: String(2_000_000_000 + i) };
}
