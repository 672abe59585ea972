import { eventType } from './event-type.js';
import { code, id } from './fields.js';

/** 評価実施機関: the organ that is answerable. One running engine serves one. */
export interface Agency {
  /** 団体コード, six digits */
  readonly municipality: string;
  /** mayor 市長 · education-board 教育委員会 · … */
  readonly organ: string;
}

/** 地方公共団体の機関 that may be a 評価実施機関. */
export const ORGANS: { readonly [code: string]: string } = {
  mayor: '市区町村長', 'education-board': '教育委員会', 'election-board': '選挙管理委員会', 'personnel-board': '人事委員会・公平委員会', auditors: '監査委員', 'agricultural-board': '農業委員会',
  'property-assessment-board': '固定資産評価審査委員会', 'public-enterprise': '公営企業管理者', 'fire-chief': '消防長', assembly: '議会',
};

/** The first event of every store: whose it is, and which vault belongs to it. */
export const StoreFounded = eventType({
  type: 'StoreFounded',
  handling: false,
  data: { store: id, vault: id, municipality: code, organ: code },
});
