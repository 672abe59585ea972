import { parentPort, workerData } from 'node:worker_threads';
import { perform, type Job } from './jobs.js';

/** Does one job, answers, and ends. */
parentPort!.postMessage(perform(workerData as Job));
