import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { AkashiRequest } from './request.js';

export interface MetricsSources {
  readonly head: () => Promise<number>;
  readonly registers: () => Promise<readonly { readonly name: string; readonly lag: number }[]>;
  readonly alarms: () => number;
}

/** Counts and times by route, never by address or person. */
export function createMetrics(sources: MetricsSources): { readonly registry: Registry; readonly observe: (server: FastifyInstance) => void } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({ name: 'akashi_http_seconds', help: 'Time to answer, by route', labelNames: ['method', 'route', 'status'], buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5], registers: [registry] });
  const inFlight = new Gauge({ name: 'akashi_http_in_flight', help: 'Requests being answered', registers: [registry] });
  new Gauge({ name: 'akashi_ledger_position', help: 'Position of the last event', registers: [registry], collect: async function collect() { this.set(await sources.head()); } });
  new Gauge({ name: 'akashi_register_lag', help: 'Positions a register is behind', labelNames: ['register'], registers: [registry], collect: async function collect() { for (const { name, lag } of await sources.registers()) this.set({ register: name }, lag); } });
  new Counter({ name: 'akashi_alarms_total', help: 'Alarms raised since the start', registers: [registry], collect: function collect() { this.reset(); this.inc(sources.alarms()); } });
  return {
    registry,
    observe: (server) => {
      server.addHook('onRequest', (_request, reply, done) => {
        inFlight.inc();
        reply.raw.once('close', () => inFlight.dec()); // also when whoever asked has gone away
        done();
      });
      server.addHook('onResponse', (request: AkashiRequest, reply, done) => {
        duration.observe({ method: request.method, route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) }, reply.elapsedTime / 1000);
        done();
      });
    },
  };
}
