import { assessmentEvents } from './assessments/events.js';
import { declarationEvents } from './declarations/events.js';
import { InformationProvided, InformationTransferred } from './exchange/events.js';
import { handlingShape } from './handling/block.js';
import { EvidenceRecorded } from './handling/evidence.js';
import { HandlingRefused } from './handling/refusal.js';
import { StoreFounded } from './ledger/agency.js';
import { ErasureOrdered, ErasureVerified } from './ledger/erasure.js';
import { importEvents } from './imports/events.js';
import { Registry } from './ledger/registry.js';
import { NumberRegistered } from './numbers/events.js';
import { erasureOrderEvents } from './retention/events.js';
import { accountEvents } from './access/accounts/events.js';
import { UnauthenticatedCounted, staffEvents } from './access/events.js';
import { foundingEvents } from './access/founding/events.js';
import { emergencyEvents } from './access/emergency/events.js';
import { findingEvents } from './access/findings/events.js';
import { unitEvents } from './access/organisation/events.js';
import { policyEvents } from './access/policies/events.js';
import { logReviewEvents } from './access/log-reviews/events.js';
import { reviewEvents } from './access/reviews/events.js';
import { outputEvents } from './outputs/events.js';
import { sessionEvents } from './access/sessions/events.js';
import { terminalEvents } from './access/terminals/events.js';
import { subjectEvents } from './subjects/events.js';
import { vaccinationEvents } from './vaccinations/events.js';
import { InformationUsed, NobodyWithheld, ReportEnded, SessionOpened } from './walks/events.js';

/** Every event type that may stand in the ledger; worker threads use the same list. */
export const registry = new Registry(
  [
    StoreFounded, ErasureOrdered, ErasureVerified,
    SessionOpened, InformationUsed, NobodyWithheld, ReportEnded, HandlingRefused, EvidenceRecorded,
    ...declarationEvents, ...assessmentEvents, ...staffEvents, ...unitEvents, ...reviewEvents, ...logReviewEvents, ...foundingEvents, ...findingEvents, UnauthenticatedCounted, ...accountEvents, ...sessionEvents, ...terminalEvents, ...policyEvents, ...emergencyEvents,
    ...subjectEvents, NumberRegistered, ...vaccinationEvents, InformationProvided, InformationTransferred,
    ...erasureOrderEvents, ...importEvents, ...outputEvents,
  ],
  handlingShape,
);

/** What the engine itself names in a handling, whatever is written: the members of its records, and the files of its own records. */
export const ownCodes: ReadonlySet<string> = new Set(['none', 'handling-log', 'staff-register', 'access-log', 'output-register', 'findings', ...registry.sealedMembers()]);
