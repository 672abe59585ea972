import type { Projection } from './engine/projection.js';
import { handlingLog } from './handling-log/projection.js';
import { assessmentRegister } from './registers/assessments/projection.js';
import { outputRegister } from './registers/outputs/projection.js';
import { findingRegister } from './registers/findings/projection.js';
import { operations } from './registers/operations/projection.js';
import { staffRegister } from './registers/staff/projection.js';
import { accessLog } from './registers/access-log/projection.js';
import { subjectRegister } from './registers/subjects/projection.js';
import { vaccinationRegister } from './registers/vaccinations/projection.js';

/** Every register. A new one is a folder of its own and a line here. */
export const projections: readonly Projection[] = [subjectRegister, vaccinationRegister, staffRegister, handlingLog, accessLog, operations, outputRegister, findingRegister, assessmentRegister];
